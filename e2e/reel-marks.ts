import type { Visitor } from './visitor.ts'

type Marks = Readonly<{ right: number; wrong: string[] }>

/** Runs in the page: from now on compares, in every frame and at every change, what stands under the mark of each standing reel with what the seat was given. */
export function watchMarks(): void {
  const marks = { right: 0, wrong: [] as string[] }
  const compare = (seat: Element) => {
    const { top, height } = seat.querySelector('.reel-window')!.getBoundingClientRect()
    const middle = [...seat.querySelectorAll('.reel-slot')].find((slot) => {
      const place = slot.getBoundingClientRect()
      return place.top <= top + height / 2 && place.bottom > top + height / 2
    })
    if (!middle) return // The box's contents are still on their way.
    const given = seat.querySelector<HTMLImageElement>('.seat-drops li:first-child img')?.src
    if (middle.querySelector('img')?.src === given) marks.right++
    else marks.wrong.push(seat.textContent)
  }
  const compareAll = () => {
    for (const seat of document.querySelectorAll('.seat:has(.reel.show)')) compare(seat)
  }
  const frame = () => {
    compareAll()
    requestAnimationFrame(frame)
  }
  const changes = { subtree: true, childList: true, attributeFilter: ['class'] }
  new MutationObserver(() => setTimeout(compareAll)).observe(document.body, changes)
  frame()
  Object.assign(globalThis, { marks })
}

/** What was seen since: how often a reel stood on what its seat was given, and the seats of those that did not. */
export function marksOf(who: Visitor): Promise<Marks> {
  return who.page.evaluate(() => (globalThis as unknown as { marks: Marks }).marks)
}

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { boxArt } from '../art/box.ts'
import { itemArt } from '../art/item.ts'
import { credits } from '../format/credits.ts'
import type { BattleView } from '../state/battle-view.ts'
import { contents, itemOf, type Item } from '../state/catalog.ts'
import { calm } from '../state/motion.ts'
import type { Stage } from '../state/reveal.ts'
import { landFrom, offsetAt, RING, spinFrom, targetOf, type Motion } from './reel-motion.ts'
import { fillRing, refill } from './reel-ring.ts'

type Props = Readonly<{ view: BattleView; stage: Stage; seat: number }>

/** A seat's reel. It spins without knowing what will come; only once the drop is told does it aim for it. */
export function Reel({ view, stage, seat }: Props) {
  const box = view.rounds[stage.round]!
  const told = stage.type === 'land' || stage.type === 'show' || stage.type === 'ticket'
  const drop = told ? view.drops.find((each) => each.round === stage.round && each.seat === seat) : undefined
  const item = drop && { ...itemOf(drop.sku), value: drop.value }
  const shown = stage.type !== 'land' && item ? item : null
  return (
    <div
      class={`seat-stage reel ${stage.type === 'ticket' ? 'show' : stage.type} ${shown?.rarity ?? ''}`}
      data-stage={stage.type}
    >
      <ReelFace box={box} stage={stage} seat={seat} item={item ?? null} />
    </div>
  )
}

type FaceProps = Readonly<{ box: string; stage: Stage; seat: number; item: Item | null }>

/** What a reel shows: the moving part, or for those who want no motion a picture, and the name of what it came to rest on. */
export function ReelFace({ box, stage, seat, item }: FaceProps) {
  const shown = stage.type === 'land' ? null : item
  return (
    <>
      {calm.value ? <StillReel box={box} item={shown} /> : <Strip box={box} stage={stage} seat={seat} item={item} />}
      <div class="reel-plate">
        {shown && (
          <>
            <b>{shown.name}</b>
            <span>{credits(shown.value)}</span>
          </>
        )}
      </div>
    </>
  )
}

function StillReel({ box, item }: { box: string; item: Item | null }) {
  return (
    <div class="reel-window still">
      {item ? (
        <img key={item.sku} src={itemArt(item.sku, item.name, item.rarity)} alt="" />
      ) : (
        <img src={boxArt(box)} alt="" />
      )}
    </div>
  )
}

/**
 * The moving part: it spins, and comes to rest on `item` once that is told. `seat` sets neighbours apart. Ring and motion follow a
 * stage before it is painted: however busy a machine is, what is named is what stands under the mark.
 */
function Strip({ box, stage, seat, item }: FaceProps) {
  const strip = useRef<HTMLDivElement>(null)
  const motion = useRef<Motion>({ type: 'still', offset: seat * 5 })
  const known = contents.value.get(box)
  const [ring, setRing] = useState<readonly Item[]>([])

  useLayoutEffect(() => {
    if (!known) return
    const middle = targetOf(motion.current)
    setRing((before) => refill(before, fillRing(known, `${stage.round} ${seat}`), middle))
  }, [known, stage.round])

  useLayoutEffect(() => {
    const at = performance.now()
    if (stage.type === 'spin') motion.current = spinFrom(motion.current, at)
    if (stage.type === 'land') motion.current = landFrom(motion.current, at, stage.land_ms)
    if (stage.type === 'show') motion.current = { type: 'still', offset: targetOf(motion.current) }
  }, [stage.type, stage.round])

  useLayoutEffect(() => {
    if (!item || known === undefined) return
    const target = ((targetOf(motion.current) % RING) + RING) % RING
    setRing((before) => (before.length === 0 ? before : before.with(target, item)))
  }, [item?.sku, item?.name, item?.rarity, stage.type, known, ring.length])

  useLayoutEffect(() => place(strip.current, motion.current, performance.now()))

  useEffect(() => {
    let frame = requestAnimationFrame(function paint(at) {
      place(strip.current, motion.current, at)
      frame = requestAnimationFrame(paint)
    })
    return () => cancelAnimationFrame(frame)
  }, [])

  return (
    <div class="reel-window" aria-hidden="true">
      <div class="reel-strip" ref={strip}>
        {[0, 1, 2].flatMap((turn) =>
          ring.map((each, i) => (
            <span key={`${turn} ${i}`} class={`reel-slot ${each.rarity}`}>
              <img src={itemArt(each.sku, each.name, each.rarity)} alt="" />
            </span>
          )),
        )}
      </div>
    </div>
  )
}

function place(slots: HTMLElement | null, motion: Motion, at_ms: number): void {
  const first = slots?.firstElementChild
  if (!slots || !(first instanceof HTMLElement)) return
  const offset = offsetAt(motion, at_ms) % RING
  slots.style.transform = `translate3d(0, ${-(offset + RING) * first.offsetHeight}px, 0)`
}

/** Lets one waiter sleep until somebody rings. A ring before the sleep is not lost: the sleep then ends at once. */
export class Wakeup {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Until the next ring, or `for_ms`, whichever comes first. */
  async sleep(for_ms?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        if (for_ms !== undefined) timer = setTimeout(resolve, for_ms)
      })
    }
    clearTimeout(timer)
    this.#wake = undefined
    this.#rung = false
  }
}

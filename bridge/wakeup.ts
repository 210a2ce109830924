/** Lets one waiter sleep until somebody rings. A ring before the sleep is not lost: the sleep then ends at once. */
export class Wakeup {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Until the next ring (then it returns true), or `for_ms`, whichever comes first. */
  async sleep(for_ms?: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        if (for_ms !== undefined) timer = setTimeout(resolve, for_ms)
      })
    }
    clearTimeout(timer)
    this.#wake = undefined
    const rung = this.#rung
    this.#rung = false
    return rung
  }

  /** The whole of `wait_ms`, however often it rings, unless `stop` is aborted; whoever aborts it rings too. */
  async pause(wait_ms: number, stop: AbortSignal): Promise<void> {
    const until = performance.now() + wait_ms
    for (let left = wait_ms; left > 0 && !stop.aborted; left = until - performance.now()) await this.sleep(left)
  }
}

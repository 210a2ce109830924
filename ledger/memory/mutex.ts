/** Mutual exclusion, first come first served. */
export class Mutex {
  #last: Promise<void> = Promise.resolve()

  /** Resolves once nobody else holds it, with the function that frees it; freeing twice does nothing. */
  async lock(): Promise<() => void> {
    const before = this.#last
    let free = (): void => {}
    this.#last = new Promise((resolve) => (free = resolve))
    await before
    return free
  }

  async run<T>(work: () => T): Promise<T> {
    const free = await this.lock()
    try {
      return work()
    } finally {
      free()
    }
  }
}

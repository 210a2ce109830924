/** Events that should have come and did not: `after` was read, `before` as well, and the topic had at least one between them. */
export type Gap = Readonly<{ after: bigint; before: bigint }>

/**
 * Follows the chain of a topic: each message names the seq before it in its topic, whichever partition that is in. Partitions
 * are read side by side, so links come out of order; those that do not reach back to the chain yet wait here.
 */
export class SeqChain {
  #at: bigint
  #moved_ms: number
  /** By the seq before it. */
  readonly #waiting = new Map<bigint, bigint>()

  /** `since`: what comes after it is expected, whatever comes first. */
  constructor(since: bigint, now_ms: number) {
    this.#at = since
    this.#moved_ms = now_ms
  }

  /** Everything up to here has come. */
  get at(): bigint {
    return this.#at
  }

  /** False: it has come before. */
  add(seq: bigint, previous: bigint, now_ms: number): boolean {
    if (seq <= this.#at || this.#waiting.get(previous) === seq) return false
    if (previous > this.#at) {
      if (this.#waiting.size === 0) this.#moved_ms = now_ms
      this.#waiting.set(previous, seq)
      return true
    }
    this.#move(seq, now_ms)
    return true
  }

  /** What is missing, when links have waited for it for `patience_ms`. */
  gap(now_ms: number, patience_ms: number): Gap | undefined {
    if (this.#waiting.size === 0 || now_ms - this.#moved_ms < patience_ms) return undefined
    const first = [...this.#waiting].reduce((least, link) => (link[0] < least[0] ? link : least))
    return { after: this.#at, before: first[1] }
  }

  /** Goes on behind a gap that was told. */
  skip({ before }: Gap, now_ms: number): void {
    for (const [previous, seq] of this.#waiting) if (seq === before) this.#waiting.delete(previous)
    this.#move(before, now_ms)
  }

  #move(to: bigint, now_ms: number): void {
    this.#at = to
    this.#moved_ms = now_ms
    for (let next = this.#waiting.get(this.#at); next !== undefined; next = this.#waiting.get(this.#at)) {
      this.#waiting.delete(this.#at)
      this.#at = next
    }
  }
}

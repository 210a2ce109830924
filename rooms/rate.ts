/** A client that goes on for ten seconds' worth of messages past its limit is no longer answered. */
const FLOOD_SECONDS = 10

/** How often one socket may speak: a bucket that holds one second's worth. */
export class Rate {
  readonly #per_second: number
  #tokens: number
  #filled_ms: number
  #refused = 0

  constructor(per_second: number, now_ms: number) {
    this.#per_second = per_second
    this.#tokens = per_second
    this.#filled_ms = now_ms
  }

  /** What becomes of one more message: it is heard, refused with an answer, or the last that is answered at all. */
  take(now_ms: number): 'heard' | 'refused' | 'flood' {
    const rate = this.#per_second
    this.#tokens = Math.min(rate, this.#tokens + (Math.max(0, now_ms - this.#filled_ms) * rate) / 1000)
    this.#filled_ms = now_ms
    // Only a whole second's silence makes up for what was too much: who goes on is not helped by what is heard in between.
    if (this.#tokens === rate) this.#refused = 0
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return 'heard'
    }
    this.#refused += 1
    return this.#refused > FLOOD_SECONDS * rate ? 'flood' : 'refused'
  }
}

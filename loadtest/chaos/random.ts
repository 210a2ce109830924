import { hash } from 'node:crypto'

/** Numbers that follow from a seed alone: the same seed gives the same run. */
export class Random {
  #state: number

  constructor(seed: number | string) {
    this.#state = Buffer.from(hash('sha256', String(seed), 'hex'), 'hex').readUInt32LE(0) || 1
  }

  /** A whole number in 0 … n−1 (xorshift32). */
  below(n: number): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x >>> 0
    return this.#state % n
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!
  }
}

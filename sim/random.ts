import { hash } from 'node:crypto'
import type { OutcomeId } from '../schema/uuid.ts'

/** Numbers that follow from a seed alone. Whoever needs some takes a fork, so that nobody's draws shift another's. */
export class Random {
  readonly #seed: string
  #state: number

  constructor(seed: string) {
    this.#seed = seed
    this.#state = hash('sha256', seed, 'buffer').readUInt32LE(0) || 1
  }

  fork(name: string): Random {
    return new Random(`${this.#seed}/${name}`)
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

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True so often in a thousand. */
  chance(permille: number): boolean {
    return this.below(1_000) < permille
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!
  }

  /** 32 bytes as 64 hex digits. */
  hex32(): string {
    return hash('sha256', `${this.#seed}/${this.below(2 ** 32)}/${this.below(2 ** 32)}`)
  }

  /** A UUIDv7 of this time. */
  uuid(unix_ms: number): OutcomeId {
    const time = unix_ms.toString(16).padStart(12, '0')
    const rest = this.hex32()
    const [a, b, c] = [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6, 18)]
    return `${time.slice(0, 8)}-${time.slice(8)}-7${a}-8${b}-${c}` as OutcomeId
  }
}

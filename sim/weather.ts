import type { Random } from './random.ts'

/** How the networks are today: delays, and how often something is lost or comes twice. */
export class Weather {
  readonly #random: Random
  isBad = false

  constructor(random: Random) {
    this.#random = random
  }

  /** One way between a node and the database. */
  get near_ms(): number {
    return this.isBad && this.#random.chance(150) ? this.#random.between(5, 400) : this.#random.below(3)
  }

  /** One way between a client and a node. */
  get far_ms(): number {
    return this.isBad ? this.#random.between(5, 600) : this.#random.between(1, 40)
  }

  /** Whether this one is lost. */
  get loses(): boolean {
    return this.isBad && this.#random.chance(40)
  }

  get doubles(): boolean {
    return this.isBad && this.#random.chance(100)
  }

  /** Whether what a process had begun to send when it died arrived all the same. */
  get survives(): boolean {
    return this.#random.chance(500)
  }
}

import { RollingDropError } from '../../schema/errors.ts'

export type CrowdLimits = Readonly<{
  /** Connections that this node holds at once, and those of one client address. */
  sockets_max: number
  sockets_per_address_max: number
}>

/** Those who are connected to a node over plain doors of all kinds, counted by where they come from. */
export class Crowd {
  readonly #limits: CrowdLimits
  readonly #counts = new Map<string, number>()
  #count = 0

  constructor(limits: CrowdLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#count
  }

  /** Counts one more; what is returned counts it out again. Throws `feed/full` or `request/too-many-sockets`. */
  enter(address: string): () => void {
    const { sockets_max, sockets_per_address_max } = this.#limits
    const here = this.#counts.get(address) ?? 0
    if (this.#count >= sockets_max) throw new RollingDropError('feed/full', { sockets_max })
    if (here >= sockets_per_address_max)
      throw new RollingDropError('request/too-many-sockets', { sockets_per_address_max })
    this.#count += 1
    this.#counts.set(address, here + 1)
    let isIn = true
    return () => {
      if (isIn) this.#leave(address)
      isIn = false
    }
  }

  #leave(address: string): void {
    this.#count -= 1
    const left = this.#counts.get(address)! - 1
    if (left > 0) this.#counts.set(address, left)
    else this.#counts.delete(address)
  }
}

import type { Slice } from '../ledger/ledger.ts'
import type { ClusterNode } from './node.ts'

/** Another node that takes battles: alive, not draining, its last beats not missed. `load` is what it has, by its last beat. */
export type Peer = Readonly<{ id: string; address: string; load: number }>

type Options = Readonly<{
  node: Pick<ClusterNode, 'id' | 'peers' | 'wayIn'>
  /** Battles that this node has still to bring to their end. */
  load(): number
  /** Battles that it has in memory, those that are over and still looked at as well. */
  held(): number
  /** More than this no node takes from those who ask. */
  rooms_max: number
}>

/** A difference in load that is worth a detour: this many battles, or this part of them. */
const CLEARLY = { battles: 2, part: 0.1 }
/** The least that is claimed, as a part of an even share, so that a node that does not come for its own holds nobody up. */
const LEAST_PART = 0.25

/**
 * Which node takes a battle that nobody acts for: the least loaded one. Each node decides by what the beats of the others
 * said; that may be a moment old, and a wrong guess costs a little evenness and nothing else.
 */
export class Placement {
  readonly #options: Options
  #peers = new Map<string, { readonly address: string; load: number }>()

  constructor(options: Options) {
    this.#options = options
  }

  /** Looks at the other nodes anew. */
  async refresh(): Promise<void> {
    const peers = await this.#options.node.peers()
    this.#peers = new Map(peers.map(({ id, address, load }) => [id, { address, load }]))
  }

  /** Whether this node takes no more from those who ask. */
  get isFull(): boolean {
    return this.#options.held() >= this.#options.rooms_max
  }

  /** The address of a node that should rather take the next battle; undefined when that is this one, or when nobody else can. */
  async elsewhere(): Promise<string | undefined> {
    const { node, load, rooms_max } = this.#options
    for (;;) {
      const [id, best] = this.#leastLoaded()
      if (best === undefined || best.load >= rooms_max) return undefined
      if (!this.isFull && load() <= best.load + Math.max(CLEARLY.battles, CLEARLY.part * load())) return undefined
      // Nobody is sent to a node that has begun to drain, or has gone, since it was last looked at.
      const address = await node.wayIn(id)
      if (address === undefined) this.#peers.delete(id)
      else {
        best.load += 1
        return address
      }
    }
  }

  /** The slice of what is claimable that this node takes first. */
  get slice(): Slice {
    const { id } = this.#options.node
    const all = [id, ...this.#peers.keys()].toSorted()
    return { nth: all.indexOf(id), of: all.length }
  }

  /** How many of `count` battles that nobody acts for this node claims at once, so that afterwards all nodes have as many. */
  share(count: number): number {
    const own = this.#options.load()
    const loads = [own, ...[...this.#peers.values()].map(({ load }) => load)]
    const even = loads.reduce((total, each) => total + each, count) / loads.length
    const lacking = loads.map((each) => Math.max(0, even - each))
    const part = lacking[0]! / lacking.reduce((total, each) => total + each, 0)
    return Math.ceil(count * Math.max(part || 0, LEAST_PART / loads.length))
  }

  #leastLoaded() {
    let least: [string, { readonly address: string; load: number } | undefined] = ['', undefined]
    for (const [id, peer] of this.#peers)
      if (peer.address !== '' && (least[1] === undefined || peer.load < least[1].load)) least = [id, peer]
    return least
  }
}

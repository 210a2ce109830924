import type { NotedOpening } from '../game/opening/verify.ts'
import type { SeedsState } from '../schema/session.ts'

/** Pairs remembered; the oldest make room. A note is a few hundred bytes. */
const PAIRS_MAX = 500

/**
 * What this client saw of pairs of seeds before they were used: a proof shows that its parts agree, only such a note shows that
 * the hash was told before the client seed was given. The first sight counts; what a server says later does not change it.
 */
export class OpeningNotes {
  #pairs = new Map<string, NotedOpening>()

  of(seeds: string): NotedOpening {
    return this.#pairs.get(seeds) ?? {}
  }

  saw({ seeds, seedHash, nextSeeds, nextSeedHash }: SeedsState): void {
    if (nextSeeds) this.#note(nextSeeds, { seedHash: nextSeedHash })
    if (seeds) this.#note(seeds, { seedHash })
  }

  /** A client seed that we gave to this pair. */
  gave(seeds: string, clientSeed: string): void {
    this.#note(seeds, { clientSeed })
  }

  #note(seeds: string, seen: NotedOpening): void {
    this.#pairs.set(seeds, { ...seen, ...this.of(seeds) })
    if (this.#pairs.size > PAIRS_MAX) this.#pairs.delete(this.#pairs.keys().next().value!)
  }
}

import type { PublicValue } from '../game/battle/reveal.ts'
import type { Beacon } from '../game/fairness/beacon.ts'
import type { ChainSchedule, EntropyFix } from '../game/fairness/chain.ts'
import type { EntropyRef } from '../schema/battle-event.ts'

/**
 * A source of public values that nobody outside can know before they are due. What a value decides is fixed first
 * (`fix`), the value comes later (`value`), and anyone can check it against the anchor published beforehand.
 */
export interface Entropy {
  /** The value that will decide what starts at `now_ms`: not due yet. Throws `matchmaking/unavailable` when there is none. */
  fix(now_ms: number): EntropyFix
  /** The value, once it is due, however long that takes; never before. Rejects when the source is not known. */
  value(ref: Pick<EntropyRef, 'source' | 'round'>): Promise<PublicValue>
  /** How long before it is due a value of this source must have been fixed by a commit, ms. */
  lead_ms(ref: Pick<EntropyRef, 'source'>): Promise<number>
  /** The chains whose heads are published and whose rounds have not all passed, in the order of their use. */
  published(): readonly ChainSchedule[]
  /** The beacon that decides new battles, with the relays that are asked for its rounds; left out where a chain decides. */
  readonly beacon?: Beacon & Readonly<{ urls: readonly string[] }>
  close(): void
}

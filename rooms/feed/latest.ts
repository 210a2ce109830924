import type { LedgerReader, Tail } from '../../ledger/ledger.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { FeedEvent } from '../../schema/feed.ts'
import { wants, type Wish } from './filter.ts'
import { tell } from './telling.ts'

/** Events kept; filters that match fewer than one in twenty get fewer than fifty. */
const KEPT_EVENTS = 1_000
/** Events from before the start that are looked through for the first snapshots. */
const BEFORE_EVENTS = 2_000
const SNAPSHOT_EVENTS = 50

/** The latest events that may be told to anyone, for those who come without a position or after too long. */
export class LatestEvents {
  readonly #reader: Pick<LedgerReader, 'events'>
  readonly #started: bigint
  #events: CommittedEvent[] = []
  #before: Promise<readonly CommittedEvent[]> | undefined

  constructor(tail: Tail, reader: Pick<LedgerReader, 'events'>) {
    this.#reader = reader
    this.#started = tail.seq
  }

  add(event: CommittedEvent): void {
    this.#events.push(event)
    // Trimmed by halves, so that keeping them costs nothing per event.
    if (this.#events.length > 2 * KEPT_EVENTS) this.#events = this.#events.slice(-KEPT_EVENTS)
  }

  /** The last events before this node started, while it has seen little itself; read once. */
  async beforeStart(): Promise<readonly CommittedEvent[]> {
    if (this.#events.length >= KEPT_EVENTS) return []
    const until = this.#started
    const since = until > BigInt(BEFORE_EVENTS) ? until - BigInt(BEFORE_EVENTS) : 0n
    this.#before ??= this.#reader.events({ since, until, limit: BEFORE_EVENTS })
    this.#before.catch(() => (this.#before = undefined))
    return this.#before
  }

  /** The last ones of a wish up to `to`. */
  snapshot(wish: Wish, to: bigint, before: readonly CommittedEvent[]): readonly FeedEvent[] {
    const told: FeedEvent[] = []
    for (const events of [this.#events, before]) {
      for (let i = events.length - 1; i >= 0 && told.length < SNAPSHOT_EVENTS; i--) {
        const event = events[i]!
        const one = event.seq <= to && wants(wish, event) ? tell(wish, event) : undefined
        if (one) told.push(one)
      }
    }
    return told.toReversed()
  }
}

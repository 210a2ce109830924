import type { FeedEvent, FeedFrame, FeedWelcome } from '../schema/feed.ts'
import { formatPosition, parsePosition, type Position } from '../schema/position.ts'
import type { FeedUpdate } from './api.ts'

/** What a frame comes to: news (null when there is nothing new), or a gap, lost or left out, that only joining anew can close. */
export type Step = Readonly<{ type: 'update'; update: FeedUpdate | null }> | Readonly<{ type: 'gap' }>

/**
 * Turns frames into each event exactly once, in order, whatever is lost, doubled or overlaps on the way. It holds the
 * position up to which everything has been told; a snapshot, which replaces what was told, is the one exception.
 */
export class FeedOrder {
  #position: Position | null

  /** `since` is where the reader stands already; null when it begins now. */
  constructor(since: string | null) {
    this.#position = since === null ? null : (parsePosition(since) ?? null)
  }

  get position(): string | null {
    return this.#position && formatPosition(this.#position)
  }

  /** The first frame after joining. */
  welcome(frame: FeedWelcome): Step {
    const before = this.#position
    const here = before !== null && before.lineage === frame.lineage
    const from = BigInt(frame.from)
    if (frame.recovered && here && from > before.seq) return { type: 'gap' }
    const events = frame.recovered && here ? newer(frame.events, before.seq) : frame.events
    const stale = frame.recovered && here && BigInt(frame.to) < before.seq
    if (!stale) this.#position = { lineage: frame.lineage, seq: BigInt(frame.to) }
    return this.#update(frame.recovered ? 'recovered' : 'snapshot', events)
  }

  frame(frame: FeedFrame): Step {
    const before = this.#position
    if (before === null || before.lineage !== frame.lineage || BigInt(frame.from) > before.seq) return { type: 'gap' }
    const to = BigInt(frame.to)
    // The server left something out for a reader that was slow: it is all there to be asked for again.
    if (frame.conflated !== undefined && to > before.seq) return { type: 'gap' }
    if (to <= before.seq) return { type: 'update', update: null }
    const events = newer(frame.events, before.seq)
    this.#position = { lineage: frame.lineage, seq: to }
    return events.length === 0 ? { type: 'update', update: null } : this.#update('events', events)
  }

  #update(type: FeedUpdate['type'], events: readonly FeedEvent[]): Step {
    return { type: 'update', update: { type, position: this.position!, events } }
  }
}

function newer(events: readonly FeedEvent[], seq: bigint): readonly FeedEvent[] {
  return events.filter((event) => BigInt(event.seq) > seq)
}

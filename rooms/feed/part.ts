import type { CommittedEvent } from '../../schema/event.ts'
import type { FeedEvent } from '../../schema/feed.ts'
import { wants, type Wish } from './filter.ts'
import { tell } from './telling.ts'

/** So many events are told at once of what was missed: the rest waits until these are taken, and is not held for the reader. */
const PART_EVENTS = 500

/** The first of the events that are wanted, and how far they reach: to `to`, or as far as a part does. */
export function partOf(
  wish: Wish,
  missed: readonly CommittedEvent[],
  to: bigint,
): Readonly<{ to: bigint; events: readonly FeedEvent[] }> {
  const events: FeedEvent[] = []
  for (const event of missed) {
    if (event.seq > to) break
    const told = wants(wish, event) ? tell(wish, event) : undefined
    if (told && events.length === PART_EVENTS) return { to: event.seq - 1n, events }
    if (told) events.push(told)
  }
  return { to, events }
}

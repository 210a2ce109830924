import type { CommittedEvent } from '../../schema/event.ts'
import type { FeedEvent, FeedFrame } from '../../schema/feed.ts'
import { wants, type Wish } from './filter.ts'
import { tell } from './telling.ts'

type Range = Readonly<{ lineage: string; from: bigint; to: bigint }>

/** What nobody may miss, however slowly they read: how a battle ended, and what came out of boxes of one's own. */
function isSettlement({ view, user }: Wish, { type }: CommittedEvent): boolean {
  return type === 'battle.settled' || (type === 'opening.opened' && (user !== undefined || view !== 'public'))
}

/** The frame that brings a reader who had frames skipped from where it stood to where the others are; `events` are those after. */
export function conflatedFrame(wish: Wish, { lineage, from, to }: Range, events: readonly CommittedEvent[]): FeedFrame {
  const kept: FeedEvent[] = []
  let conflated = 0
  for (const event of events) {
    if (event.seq <= from || event.seq > to || !wants(wish, event)) continue
    const told = tell(wish, event)
    if (!told) continue
    if (isSettlement(wish, event)) kept.push(told)
    else conflated += 1
  }
  const range = { lineage, from: from.toString(), to: to.toString(), events: kept }
  return conflated === 0 ? range : { ...range, conflated }
}

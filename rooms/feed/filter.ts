import type { TenantId } from '../../schema/account.ts'
import type { BattleSettled, Drop } from '../../schema/battle-event.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { FeedFilter } from '../../schema/feed.ts'
import { toCanonicalJson } from '../../schema/json.ts'

/** What a group of subscribers wants: a filter within one tenant. Groups with the same `key` share their frames. */
export type Wish = Readonly<{ key: string; tenant: TenantId; filter: FeedFilter }>

export function wishOf(tenant: TenantId, filter: FeedFilter = {}): Wish {
  const types = filter.types && [...new Set(filter.types)].toSorted()
  return { key: toCanonicalJson({ tenant, ...filter, ...(types && { types }) }), tenant, filter }
}

/**
 * Whether a public event is wanted. A box is asked of what names boxes (a battle's creation and its settlement); rarity and
 * value are asked of one and the same prize.
 */
export function wants({ tenant, filter }: Wish, event: CommittedEvent): boolean {
  if (event.tenant !== tenant) return false
  if (filter.types && !filter.types.includes(event.type)) return false
  if (filter.box !== undefined && !boxesIn(event).includes(filter.box)) return false
  if (filter.rarity === undefined && filter.minValue === undefined) return true
  const least = BigInt(filter.minValue ?? 0)
  return dropsIn(event).some(
    ({ box, rarity, value }) =>
      (filter.rarity === undefined || rarity === filter.rarity) &&
      (filter.box === undefined || box === filter.box) &&
      BigInt(value) >= least,
  )
}

function dropsIn({ type, payload }: CommittedEvent): readonly Drop[] {
  return type === 'battle.settled' ? (payload as unknown as BattleSettled).drops : []
}

function boxesIn(event: CommittedEvent): readonly string[] {
  if (event.type === 'battle.created') return event.payload['rounds'] as readonly string[]
  return dropsIn(event).map(({ box }) => box)
}

import type { TenantId } from '../../schema/account.ts'
import type { BattleSettled } from '../../schema/battle-event.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { FeedFilter } from '../../schema/feed.ts'
import { toCanonicalJson } from '../../schema/json.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import type { View } from '../../schema/topic.ts'
import { maskedUser } from '../../schema/masked-user.ts'

/**
 * What a group of subscribers wants: a filter within one tenant, as one view tells it. `user` is the one whose own events are
 * wanted, and none but theirs. Groups with the same `key` share their frames.
 */
export type Wish = Readonly<{
  key: string
  tenant: TenantId
  view: View
  filter: FeedFilter
  user: string | undefined
  /** The filter's least value of a prize, in smallest units. */
  least: bigint
}>

/**
 * Throws `auth/token-missing` where own events are asked for and nobody is signed in as `user`, `feed/filter` where a partner asks
 * for its own: to it all of its tenant are.
 */
export function wishOf(tenant: TenantId, filter: FeedFilter = {}, view: View = 'public', user?: string): Wish {
  const own = filter.mine === true
  if (own && view !== 'public') throw new RollingDropError('feed/filter', { reason: 'mine' })
  if (own && user === undefined) throw new RollingDropError('auth/token-missing')
  const types = filter.types && [...new Set(filter.types)].toSorted()
  const wanted = { ...filter, ...(types && { types }) }
  const whose = own ? user : undefined
  const key = toCanonicalJson({ tenant, view, wanted, ...(own && { user: whose }) })
  return { key, tenant, view, filter, user: whose, least: BigInt(filter.minValue ?? 0) }
}

/**
 * Whether an event is wanted; whether it may be told is another question. A box is asked of what names boxes (a battle's
 * creation, what came out of boxes); rarity and value are asked of one and the same prize.
 */
export function wants({ tenant, filter, user, least }: Wish, event: CommittedEvent): boolean {
  if (event.tenant !== tenant) return false
  if (filter.types && !filter.types.includes(event.type)) return false
  if (user !== undefined && event.user !== user && !usersIn(event).includes(user)) return false
  if (filter.user !== undefined && !usersIn(event).some((each) => maskedUser(each) === filter.user)) return false
  if (filter.box !== undefined && !boxesIn(event).includes(filter.box)) return false
  if (filter.rarity === undefined && filter.minValue === undefined) return true
  return prizesIn(event).some(
    ({ box, rarity, value }) =>
      (filter.rarity === undefined || rarity === filter.rarity) &&
      (filter.box === undefined || box === filter.box) &&
      BigInt(value) >= least,
  )
}

type Prize = Readonly<{ box: string; rarity: string; value: string }>

function prizesIn({ type, payload }: CommittedEvent): readonly Prize[] {
  if (type === 'battle.settled') return (payload as unknown as BattleSettled).drops
  if (type !== 'opening.opened') return []
  const { box, drops } = payload as unknown as OpeningOpened
  return drops.map(({ rarity, value }) => ({ box, rarity, value }))
}

function boxesIn(event: CommittedEvent): readonly string[] {
  if (event.type === 'battle.created') return event.payload['rounds'] as readonly string[]
  if (event.type === 'opening.opened') return [event.payload['box'] as string]
  return prizesIn(event).map(({ box }) => box)
}

/** The users that an event names. */
function usersIn({ type, payload }: CommittedEvent): readonly string[] {
  const seats = type === 'battle.settled' ? (payload as unknown as BattleSettled).seats : []
  return [payload['user'], payload['creator'], payload['buyer'], ...seats.map(({ user }) => user)].filter(
    (user) => typeof user === 'string',
  )
}

import { skuOf, toAsset } from '../../schema/asset.ts'
import type { CommittedEvent, EventType } from '../../schema/event.ts'
import type { TradeSide } from '../../schema/trade.ts'

/** So many of an item came to a user, or (below 0) left them. */
export type ItemChange = Readonly<{ userId: string; itemId: string; count: bigint }>

type Payload = CommittedEvent['payload']

/** What came into inventories and what left them with an event. What is kept aside for an offer has left. */
export function changesOf({
  type,
  payload,
  user,
}: Pick<CommittedEvent, 'type' | 'payload' | 'user'>): readonly ItemChange[] {
  const whose = user ?? nameIn(payload, 'user') ?? nameIn(payload, 'creator') ?? ''
  return (changes[type] ?? won)(payload, whose)
}

const changes: Partial<Record<EventType, (payload: Payload, user: string) => readonly ItemChange[]>> = {
  'item.sold': ({ asset, count }, user) => change(user, asset, -(whole(count) ?? 1n)),
  'listing.opened': ({ asset }, user) => change(user, asset, -1n),
  'listing.sold': (payload) => change(nameIn(payload, 'buyer') ?? '', payload['asset'], 1n),
  'listing.ended': ({ asset }, user) => change(user, asset, 1n),
  'redemption.held': ({ asset, count }, user) => change(user, asset, -(whole(count) ?? 0n)),
  'redemption.voided': ({ asset, count }, user) => change(user, asset, whole(count) ?? 0n),
  // Each of the two is told of their own side.
  'item.moved': ({ asset, count, from }, user) =>
    change(user, asset, (user === from ? -1n : 1n) * (whole(count) ?? 0n)),
  'trade.offered': ({ from, gives }, user) => (user === from ? side(user, gives, -1n) : []),
  'trade.accepted': ({ from, gives, wants }, user) =>
    user === from ? side(user, wants, 1n) : [...side(user, wants, -1n), ...side(user, gives, 1n)],
  'trade.ended': ({ from, gives }, user) => (user === from ? side(user, gives, 1n) : []),
}

/** A settled battle's shares, and what was drawn alone, stand in the payload. */
function won(payload: Payload, user: string): readonly ItemChange[] {
  const payouts = (payload['payouts'] as readonly Readonly<{ asset: string; amount: string }>[] | undefined) ?? []
  return payouts.flatMap(({ asset, amount }) => change(user, asset, BigInt(amount)))
}

function side(user: string, brought: unknown, sign: bigint): readonly ItemChange[] {
  const { items } = brought as TradeSide
  return items.flatMap(({ asset, count }) => change(user, asset, sign * BigInt(count)))
}

/** Nothing for what is no item. */
function change(userId: string, asset: unknown, count: bigint): readonly ItemChange[] {
  const itemId = typeof asset === 'string' ? skuOf(toAsset(asset)) : undefined
  return itemId === undefined || count === 0n ? [] : [{ userId, itemId, count }]
}

function whole(value: unknown): bigint | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return BigInt(value)
  throw new TypeError('a count is no number')
}

function nameIn(payload: Payload, name: string): string | undefined {
  const value = payload[name]
  return typeof value === 'string' ? value : undefined
}

import { moneyFor } from '../game/market/decision.ts'
import { PLAY_CREDIT, toAsset } from '../schema/asset.ts'
import type { ListingPage, ListingQuery, OrderPage } from '../schema/market.ts'
import { findListings, findOwnListings, findOwnOrders } from './book.ts'
import type { MarketParts, Who } from './parts.ts'
import { listingFor, orderFrom } from './rows.ts'

/** Which page of a list, newest first: what is older than `cursor`. */
export type Page = Readonly<{ cursor?: string | undefined; limit: number }>

/** Open listings; a page goes on after the price and the id of its last one. */
export async function listListings(
  { pool, catalog }: MarketParts,
  { tenant, user }: Who,
  { cursor, sort = 'price', money, limit, ...narrowed }: ListingQuery & Readonly<{ limit: number }>,
): Promise<ListingPage> {
  const [price = '', id = ''] = cursor?.split('.') ?? []
  const paid = money ?? (narrowed.asset === undefined ? PLAY_CREDIT : moneyFor(toAsset(narrowed.asset)))
  const after = cursor === undefined ? undefined : { price, id }
  const rows = await findListings(pool, tenant, { ...narrowed, money: paid, sort, after, limit: limit + 1 })
  const items = await catalog.items(tenant)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = rows.length > limit && last ? `${last.price}.${last.id}` : null
  return { listings: page.map((row) => listingFor(user, row, items)), next }
}

export async function listOwnListings(
  { pool, catalog }: MarketParts,
  { tenant, user }: Who,
  { role, cursor: before, limit }: Page & Readonly<{ role: 'sold' | 'bought' }>,
): Promise<ListingPage> {
  const who = role === 'sold' ? 'seller' : 'buyer'
  const rows = await findOwnListings(pool, { tenant, user, before, limit: limit + 1 }, who)
  const items = await catalog.items(tenant)
  const page = rows.slice(0, limit)
  const next = rows.length > limit ? (page.at(-1)?.id ?? null) : null
  return { listings: page.map((row) => listingFor(user, row, items)), next }
}

export async function listOwnOrders(
  { pool, catalog }: MarketParts,
  { tenant, user }: Who,
  { cursor: before, limit }: Page,
): Promise<OrderPage> {
  const rows = await findOwnOrders(pool, { tenant, user, before, limit: limit + 1 })
  const items = await catalog.items(tenant)
  const page = rows.slice(0, limit)
  const next = rows.length > limit ? (page.at(-1)?.id ?? null) : null
  return { orders: page.map((row) => orderFrom(row, items)), next }
}

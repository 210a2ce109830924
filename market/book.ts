import type { Pool } from 'pg'
import type { Waiting } from '../game/market/listing.ts'
import type { TenantId } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { ListingQuery } from '../schema/market.ts'
import { LISTING_COLUMNS, ORDER_COLUMNS, type ListingRow, type OrderRow } from './rows.ts'

/** Where a page goes on: after this price, and this id among those of the same price. */
type Key = Readonly<{ price: string; id: string }>

export type ListingsWanted = Omit<ListingQuery, 'cursor' | 'money' | 'limit' | 'sort'> &
  Readonly<{ money: string; sort: 'price' | 'newest'; after: Key | undefined; limit: number }>

const OPEN = `phase = 'open' and expires_at > now()`

/** Open listings, cheapest or newest first. */
export async function findListings(
  pool: Pool,
  tenant: TenantId,
  wanted: ListingsWanted,
): Promise<readonly ListingRow[]> {
  const values: unknown[] = [tenant]
  const given = (condition: string, ...each: readonly unknown[]): string[] => {
    if (each.includes(undefined)) return []
    return [each.reduce<string>((text, value) => text.replace('?', `$${values.push(value)}`), condition)]
  }
  const isByPrice = wanted.sort === 'price'
  const conditions = [
    'tenant = $1',
    OPEN,
    ...given('asset = ?', wanted.asset),
    ...(wanted.asset === undefined ? given('money = ?', wanted.money) : []),
    ...given('rarity = ?', wanted.rarity),
    ...given('price >= ?', wanted.minPrice),
    ...given('price <= ?', wanted.maxPrice),
    ...(isByPrice
      ? given('(price, id) > (?::bigint, ?)', wanted.after?.price, wanted.after?.id)
      : given('id < ?', wanted.after?.id)),
  ]
  const { rows } = await pool.query<ListingRow>(
    `select ${LISTING_COLUMNS} from market_listing where ${conditions.join(' and ')}
     order by ${isByPrice ? 'price, id' : 'id desc'} limit $${values.push(wanted.limit)}`,
    values,
  )
  return rows
}

type OwnPage = Readonly<{ tenant: TenantId; user: string; before: string | undefined; limit: number }>

/** What somebody sells and has sold, or has bought from others; newest first. */
export async function findOwnListings(
  pool: Pool,
  { tenant, user, before, limit }: OwnPage,
  who: 'seller' | 'buyer',
): Promise<readonly ListingRow[]> {
  const { rows } = await pool.query<ListingRow>(
    `select ${LISTING_COLUMNS} from market_listing
     where tenant = $1 and ${who} = $2 and ($3::text is null or id < $3) order by id desc limit $4`,
    [tenant, user, before ?? null, limit],
  )
  return rows
}

/** Throws `market/unknown`. */
export async function findListing(pool: Pool, tenant: TenantId, id: string): Promise<ListingRow> {
  const sql = `select ${LISTING_COLUMNS} from market_listing where id = $1 and tenant = $2`
  const { rows } = await pool.query<ListingRow>(sql, [id, tenant])
  if (!rows[0]) throw new RollingDropError('market/unknown')
  return rows[0]
}

export async function findOwnOrders(
  pool: Pool,
  { tenant, user, before, limit }: OwnPage,
): Promise<readonly OrderRow[]> {
  const { rows } = await pool.query<OrderRow>(
    `select ${ORDER_COLUMNS} from market_order
     where tenant = $1 and user_id = $2 and ($3::text is null or id < $3) order by id desc limit $4`,
    [tenant, user, before ?? null, limit],
  )
  return rows
}

/** An order of this user. Throws `market/unknown`. */
export async function findOrder(pool: Pool, tenant: TenantId, user: string, id: string): Promise<OrderRow> {
  const sql = `select ${ORDER_COLUMNS} from market_order where id = $1 and tenant = $2 and user_id = $3`
  const { rows } = await pool.query<OrderRow>(sql, [id, tenant, user])
  if (!rows[0]) throw new RollingDropError('market/unknown')
  return rows[0]
}

/** An order and the listing that it would buy. */
export type Match = Readonly<{ listing: string; waiting: Waiting }>

/**
 * The order that pays most, the oldest of those, with the cheapest listing for it, again the oldest; nobody buys from themselves.
 * Undefined when nothing fits.
 */
export async function findMatch(pool: Pool, tenant: TenantId, asset: string): Promise<Match | undefined> {
  const { rows } = await pool.query<{ listing: string; order: string; user: string; price: string }>(
    `select l.id as listing, o.id as order, o.user_id as user, o.price
     from market_order o
     cross join lateral (
       select id from market_listing
       where tenant = o.tenant and asset = o.asset and ${OPEN} and price <= o.price and seller <> o.user_id
       order by price, id limit 1) l
     where o.tenant = $1 and o.asset = $2 and o.phase = 'open' and o.expires_at > now() and o.unfilled > 0
     order by o.price desc, o.id limit 1`,
    [tenant, asset],
  )
  const [row] = rows
  return row && { listing: row.listing, waiting: { order: row.order, user: row.user, price: BigInt(row.price) } }
}

/** What lies unmatched: assets with an order and a listing that fit, and orders that are filled and not ended. */
export async function findLeft(pool: Pool): Promise<
  Readonly<{
    crossed: readonly Readonly<{ tenant: TenantId; asset: string }>[]
    filled: readonly Readonly<{ tenant: TenantId; id: string }>[]
  }>
> {
  const [crossed, filled] = await Promise.all([
    pool.query<{ tenant: string; asset: string }>(
      `select distinct o.tenant, o.asset from market_order o
       where o.phase = 'open' and o.expires_at > now() and o.unfilled > 0 and exists (
         select from market_listing where tenant = o.tenant and asset = o.asset and ${OPEN} and price <= o.price and seller <> o.user_id)`,
    ),
    pool.query<{ tenant: string; id: string }>(
      `select tenant, id from market_order where phase = 'open' and unfilled = 0`,
    ),
  ])
  return { crossed: crossed.rows, filled: filled.rows }
}

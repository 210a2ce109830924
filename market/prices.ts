import { moneyFor } from '../game/market/decision.ts'
import { toAsset } from '../schema/asset.ts'
import type { ItemPrices, MarketItem } from '../schema/market.ts'
import type { MarketParts, Who } from './parts.ts'
import { calledIn } from './rows.ts'

/** Prices shown of each side of the book, sales shown of an item, and days of its history. */
const LEVELS = 20
const SALES = 50
const DAYS = 90

type Level = Readonly<{ price: string; count: number }>

/** The best prices of an item, how many there are at which, and what was paid for the last one. */
export async function showMarketItem(parts: MarketParts, { tenant }: Who, asset: string): Promise<MarketItem> {
  const { pool, catalog } = parts
  const [asks, bids, last, items] = await Promise.all([
    pool.query<Level>(
      `select price, count(*)::integer as count from market_listing
       where tenant = $1 and asset = $2 and phase = 'open' and expires_at > now() group by price order by price limit $3`,
      [tenant, asset, LEVELS],
    ),
    pool.query<Level>(
      `select price, sum(unfilled)::integer as count from market_order
       where tenant = $1 and asset = $2 and phase = 'open' and expires_at > now() and unfilled > 0
       group by price order by price desc limit $3`,
      [tenant, asset, LEVELS],
    ),
    findSales(parts, tenant, asset, 1),
    catalog.items(tenant),
  ])
  const value = items.get(toAsset(asset))?.prize.value
  return {
    asset,
    ...calledIn(items, asset),
    value: value === undefined ? null : `${value}`,
    money: moneyFor(toAsset(asset)),
    ask: asks.rows[0]?.price ?? null,
    bid: bids.rows[0]?.price ?? null,
    last: last[0]?.price ?? null,
    asks: asks.rows,
    bids: bids.rows,
  }
}

/** The last sales of an item, and what it was sold for on each day (UTC) that had a sale, in the order of the commits. */
export async function showPrices(parts: MarketParts, { tenant }: Who, asset: string): Promise<ItemPrices> {
  const [sales, days] = await Promise.all([
    findSales(parts, tenant, asset, SALES),
    parts.pool.query<ItemPrices['days'][number]>(
      `select to_char(day, 'YYYY-MM-DD') as day, first::text as open, high::text, low::text, last::text as close, volume::integer, turnover::text
       from market_day where tenant = $1 and asset = $2 order by market_day.day desc limit $3`,
      [tenant, asset, DAYS],
    ),
  ])
  return { asset, money: moneyFor(toAsset(asset)), sales, days: days.rows.toReversed() }
}

async function findSales({ pool }: Pick<MarketParts, 'pool'>, tenant: string, asset: string, limit: number) {
  const { rows } = await pool.query<{ price: string; at_ms: string }>(
    `select price, (extract(epoch from ended_at) * 1000)::bigint as at_ms from market_listing
     where tenant = $1 and asset = $2 and phase = 'sold' order by ended_at desc, id desc limit $3`,
    [tenant, asset, limit],
  )
  return rows.map(({ price, at_ms }) => ({ price, at: Number(at_ms) }))
}

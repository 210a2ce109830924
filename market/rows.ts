import type { CatalogItem } from '../catalog/catalog.ts'
import type { AssetId } from '../schema/asset.ts'
import { skuOf, toAsset } from '../schema/asset.ts'
import type { Rarity } from '../schema/box.ts'
import type { ListingPhase, MarketListing, MarketOrder, OrderPhase } from '../schema/market.ts'
import { maskedUser } from '../schema/masked-user.ts'

/** A row of `market_listing` as `LISTING_COLUMNS` reads it; times in unix ms. */
export type ListingRow = Readonly<{
  id: string
  tenant: string
  seller: string
  asset: string
  rarity: Rarity | null
  money: string
  price: string
  fee: string
  phase: ListingPhase
  buyer: string | null
  created_ms: string
  expires_ms: string
  ended_ms: string | null
}>

const time = (column: string): string => `(extract(epoch from ${column}_at) * 1000)::bigint as ${column}_ms`
export const LISTING_COLUMNS = `id, tenant, seller, asset, rarity, money, price, fee, phase, buyer, ${time('created')}, ${time('expires')}, ${time('ended')}`
export const ORDER_COLUMNS = `id, asset, money, price, quantity, unfilled, spent, phase, ${time('created')}, ${time('expires')}, ${time('ended')}`

/** A row of `market_order` as `ORDER_COLUMNS` reads it. */
export type OrderRow = Readonly<{
  id: string
  asset: string
  money: string
  price: string
  quantity: number
  unfilled: number
  spent: string
  phase: OrderPhase
  created_ms: string
  expires_ms: string
  ended_ms: string | null
}>

type Items = ReadonlyMap<AssetId, CatalogItem>

/** How an item is called, where it is in a box on offer. */
export function calledIn(items: Items, asset: string) {
  const prize = items.get(toAsset(asset))?.prize
  return { sku: skuOf(toAsset(asset)) ?? asset, name: prize?.name ?? null, rarity: prize?.rarity ?? null }
}

/** A listing as `user` may see it. */
export function listingFor(user: string, row: ListingRow, items: Items): MarketListing {
  const { sku, name, rarity } = calledIn(items, row.asset)
  return {
    id: row.id,
    phase: row.phase,
    asset: row.asset,
    sku,
    name,
    rarity: rarity ?? row.rarity,
    money: row.money,
    price: row.price,
    fee: row.fee,
    seller: maskedUser(row.seller),
    own: row.seller === user,
    bought: row.buyer === user,
    ...timesOf(row),
  }
}

export function orderFrom(row: OrderRow, items: Items): MarketOrder {
  const { id, phase, asset, money, price, quantity, unfilled: left, spent } = row
  return { id, phase, asset, ...calledIn(items, asset), money, price, quantity, left, spent, ...timesOf(row) }
}

function timesOf({ created_ms, expires_ms, ended_ms }: Pick<ListingRow, 'created_ms' | 'expires_ms' | 'ended_ms'>) {
  const endedAt = ended_ms === null ? null : Number(ended_ms)
  return { createdAt: Number(created_ms), expiresAt: Number(expires_ms), endedAt }
}

import { z } from 'zod'
import { rarities } from './box.ts'
import { decimal, ownedItem } from './http.ts'

/** What is asked of the market, and what it answers. Amounts are decimal strings in smallest units; times unix ms. */

const offerId = z.string().regex(/^[0-9a-f-]{36}$/)
/** An amount that is asked or offered: more than nothing. */
const price = z.string().regex(/^[1-9][0-9]{0,17}$/, 'not a price in smallest units')
export const itemAssetText = z
  .string()
  .max(100)
  .regex(/^(play:)?item:[A-Za-z0-9][A-Za-z0-9._/-]{0,79}$/, 'not the asset of an item')
const expiresIn = z
  .int()
  .min(60)
  .max(31_536_000)
  .describe('seconds after which it ends by itself; 30 days unless given')

/** How items stand in their owner's inventory. */
export const inventoryItem = ownedItem.extend({
  held: decimal.describe('of count: locked or otherwise reserved, so that it cannot go anywhere'),
  locked: z.int().describe('how many of it the owner has locked'),
  shown: z.boolean().describe('whether strangers see it'),
})
export type InventoryItem = z.infer<typeof inventoryItem>
export const userInventory = z.object({
  user: z.object({ id: z.string().nullable().describe('null for strangers'), name: z.string() }),
  own: z.boolean(),
  items: z
    .array(inventoryItem)
    .describe('one’s own: all; of somebody else: what they show, nothing of it held or locked'),
})
export type UserInventory = z.infer<typeof userInventory>

export const transferItem = z.strictObject({
  to: z.string().max(36).describe('a user of the same tenant'),
  asset: itemAssetText,
  count: z.int().min(1).max(1000),
})
export type TransferItem = z.infer<typeof transferItem>
export const transferred = z.object({
  to: z.string(),
  asset: z.string(),
  count: z.int(),
  left: decimal.describe('how many of it the giver still has'),
})
export type Transferred = z.infer<typeof transferred>

export const markItem = z
  .strictObject({
    locked: z.int().min(0).max(1_000_000).optional().describe('so many of it shall stay whatever happens; 0 unlocks'),
    shown: z.boolean().optional().describe('whether strangers shall see it'),
    price: price.optional().describe('puts one of it up for sale'),
    expiresIn: expiresIn.optional(),
  })
  .refine(({ locked, shown, price: asked }) => locked !== undefined || shown !== undefined || asked !== undefined, {
    message: 'nothing is asked for',
  })
export type MarkItem = z.infer<typeof markItem>

export const listingPhases = ['open', 'sold', 'cancelled', 'expired', 'removed'] as const
export type ListingPhase = (typeof listingPhases)[number]
/** One item that somebody sells. `removed`: by the staff. */
export const marketListing = z.object({
  id: offerId,
  phase: z.enum(listingPhases),
  asset: z.string(),
  sku: z.string(),
  name: z.string().nullable(),
  rarity: z.enum(rarities).nullable(),
  money: z.string().describe('the asset that is paid with'),
  price: decimal.describe('what is asked; once sold, what was paid: a waiting order may have offered more'),
  fee: decimal.describe('of the price, what the house keeps'),
  seller: z.string().describe('as strangers see them'),
  own: z.boolean().describe('yours'),
  bought: z.boolean().describe('you have bought it'),
  createdAt: z.number(),
  expiresAt: z.number(),
  endedAt: z.number().nullable(),
})
export type MarketListing = z.infer<typeof marketListing>
export const listingPage = z.object({ listings: z.array(marketListing), next: z.string().nullable() })
export type ListingPage = z.infer<typeof listingPage>

/** `bought`: what one bought from others. */
export const ownListingRoles = ['sold', 'bought'] as const
export const listingSorts = ['price', 'newest'] as const
/** Prices are decimal strings, both ends included. */
export type ListingQuery = Readonly<{
  asset?: string | undefined
  rarity?: (typeof rarities)[number] | undefined
  /** The asset that is paid with; that of `asset`, or play credits. */
  money?: string | undefined
  minPrice?: string | undefined
  maxPrice?: string | undefined
  sort?: (typeof listingSorts)[number] | undefined
  cursor?: string | undefined
  limit?: number | undefined
}>

export const openListing = z.strictObject({ asset: itemAssetText, price, expiresIn: expiresIn.optional() })
export type OpenListing = z.infer<typeof openListing>
export const buyListing = z.strictObject({ price: price.describe('what you have seen it for: nothing else is paid') })
export const bought = z.object({
  listing: marketListing,
  balance: decimal.describe('of the money, after it'),
})
export type Bought = z.infer<typeof bought>
export const marked = z.object({ item: inventoryItem, listing: marketListing.nullable() })
export type Marked = z.infer<typeof marked>

export const orderPhases = ['open', 'filled', 'cancelled', 'expired'] as const
export type OrderPhase = (typeof orderPhases)[number]
/** What somebody would pay for so many of an item, kept aside meanwhile. */
export const marketOrder = z.object({
  id: offerId,
  phase: z.enum(orderPhases),
  asset: z.string(),
  sku: z.string(),
  name: z.string().nullable(),
  rarity: z.enum(rarities).nullable(),
  money: z.string(),
  price: decimal.describe('the most that is paid for one'),
  quantity: z.int(),
  left: z.int().describe('of quantity, how many are not bought yet'),
  spent: decimal.describe('what those bought came to'),
  createdAt: z.number(),
  expiresAt: z.number(),
  endedAt: z.number().nullable(),
})
export type MarketOrder = z.infer<typeof marketOrder>
export const orderPage = z.object({ orders: z.array(marketOrder), next: z.string().nullable() })
export type OrderPage = z.infer<typeof orderPage>
export const openOrder = z.strictObject({
  asset: itemAssetText,
  price: price.describe('the most that is paid for one'),
  quantity: z.int().min(1).max(100).default(1),
  expiresIn: expiresIn.optional(),
})
export type OpenOrder = z.input<typeof openOrder>

const level = z.object({ price: decimal, count: z.int() })
/** An item on the market: `asks` cheapest first, `bids` dearest first, each price with how many there are. */
export const marketItem = z.object({
  asset: z.string(),
  sku: z.string(),
  name: z.string().nullable(),
  rarity: z.enum(rarities).nullable(),
  value: decimal.nullable().describe('what the house buys one back for; null: it is in no box on offer'),
  money: z.string(),
  ask: decimal.nullable().describe('the lowest price asked'),
  bid: decimal.nullable().describe('the highest price offered'),
  last: decimal.nullable().describe('what was paid for the last one'),
  asks: z.array(level),
  bids: z.array(level),
})
export type MarketItem = z.infer<typeof marketItem>
export const itemPrices = z.object({
  asset: z.string(),
  money: z.string(),
  sales: z.array(z.object({ price: decimal, at: z.number() })).describe('the last ones, newest first'),
  days: z
    .array(
      z.object({
        day: z.string().describe('2026-01-31, UTC'),
        open: decimal,
        high: decimal,
        low: decimal,
        close: decimal,
        volume: z.int().describe('items sold'),
        turnover: decimal.describe('what all of them came to'),
      }),
    )
    .describe('days with a sale, oldest first'),
})
export type ItemPrices = z.infer<typeof itemPrices>

/** Payloads of the market's events, as JSON. */
export type ListingOpened = Readonly<{
  listing: string
  user: string
  asset: string
  /** As it is called in the catalogue. */
  name: string | null
  rarity: string | null
  money: string
  price: string
  expires_ms: number
}>
/** `order` is that of the buyer, where one was waiting. */
export type ListingSold = Readonly<{
  listing: string
  user: string
  buyer: string
  asset: string
  name: string | null
  rarity: string | null
  money: string
  price: string
  fee: string
  order: string | null
}>
export type ListingEnded = Readonly<{ listing: string; user: string; asset: string; reason: ListingPhase }>

import { z } from 'zod'
import { decimal } from './http.ts'
import { itemAssetText } from './market.ts'

/** Trades between two users: items and money of one for items and money of the other. Amounts are decimal strings; times unix ms. */

const count = z.int().min(1).max(1000)
const tradedItem = z.strictObject({
  asset: itemAssetText,
  count,
})
const money = z.strictObject({
  asset: z
    .string()
    .max(24)
    .regex(/^(play:)?[A-Z][A-Z0-9]{1,15}$/, 'not money'),
  amount: z.string().regex(/^[1-9][0-9]{0,17}$/, 'not an amount'),
})
/** What one side brings. Each item stands once. */
const side = z.strictObject({
  items: z
    .array(tradedItem)
    .max(20)
    .default([])
    .refine((items) => new Set(items.map(({ asset }) => asset)).size === items.length, 'an item stands here twice'),
  money: money.nullable().default(null),
})
export type TradeSide = z.output<typeof side>

export const offerTrade = z.strictObject({
  to: z.string().max(36).describe('a user of the same tenant'),
  gives: side.describe('kept aside until the trade has ended'),
  wants: side,
  expiresIn: z.int().min(60).max(2_592_000).optional().describe('seconds; a day unless given'),
})
/** A trade as it is asked for; what is left out of a side is nothing. */
export type OfferTrade = z.input<typeof offerTrade>

export const tradePhases = ['open', 'accepted', 'declined', 'cancelled', 'expired'] as const
export type TradePhase = (typeof tradePhases)[number]
const told = z.object({
  items: z.array(z.object({ asset: z.string(), sku: z.string(), name: z.string().nullable(), count: z.int() })),
  money: z.object({ asset: z.string(), amount: decimal }).nullable(),
})
/** `from` gives and `to` is asked. */
export const trade = z.object({
  id: z.string().regex(/^[0-9a-f-]{36}$/),
  phase: z.enum(tradePhases),
  from: z.object({ id: z.string(), name: z.string() }),
  to: z.object({ id: z.string(), name: z.string() }),
  own: z.boolean().describe('you have offered it'),
  gives: told,
  wants: told,
  createdAt: z.number(),
  expiresAt: z.number(),
  endedAt: z.number().nullable(),
})
export type Trade = z.infer<typeof trade>
export const tradePage = z.object({ trades: z.array(trade), next: z.string().nullable() })
export type TradePage = z.infer<typeof tradePage>
export type TradeQuery = Readonly<{
  status?: 'open' | 'ended' | undefined
  cursor?: string | undefined
  limit?: number | undefined
}>

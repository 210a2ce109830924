import { z } from 'zod'

/** A sum in smallest units: wider than what it adds up. */
const decimal = z.string().regex(/^-?[0-9]{1,39}$/)

/** The figures of `AnalyticsReader` as JSON: amounts are decimal strings in smallest units. */

export const moneyFigures = z.object({
  asset: z.string(),
  openings: z.int().describe('boxes opened alone'),
  battles: z.int().describe('battles settled; of one user the seats in them'),
  wagered: decimal.describe('the price of boxes opened and of seats taken'),
  won: decimal.describe('worth of what was drawn in openings and shared out in battles'),
  granted: decimal.describe('from the faucet'),
  sold: decimal.describe('paid for items sold back'),
  fees: decimal.describe('kept of sales between users'),
  commission: decimal.describe('posted to partners'),
  deposited: decimal.describe('paid in'),
  withdrawn: decimal.describe('paid out'),
  refunded: decimal.describe('of what was paid in, given back'),
  reversed: decimal.describe('of what was paid in, charged back'),
})
export const userStats = z.object({
  lastAt: z.number().nullable().describe('unix ms of the last thing that counts'),
  assets: z.array(moneyFigures),
})
export type UserStatsBody = z.infer<typeof userStats>
export const overview = z.object({
  users: z.int().describe('who ever did something that counts'),
  assets: z.array(moneyFigures),
})
export const dayFigures = moneyFigures.extend({ day: z.string(), users: z.int() })
const day = z.iso.date()
/** Both counted, and at most 400 days from the first to the last. */
export const dayRange = z.object({ from: day, to: day })

const returned = {
  openings: z.int(),
  paid: decimal,
  won: decimal,
  returnToPlayer: z.number().nullable().describe('won / paid; null before the first opening'),
  expected: z
    .number()
    .nullable()
    .describe('what won / paid would be by the exact odds; null for contents not known here'),
  low: z.number().nullable().describe('between low and high it lies 95 times of a hundred, if openings are many'),
  high: z.number().nullable(),
  outside: z.boolean().describe('it lies outside of these: of twenty fair boxes one does'),
}
export const boxFigures = z.object({
  box: z.string(),
  asset: z.string(),
  ...returned,
  draws: z.int().describe('in battles'),
  drawn: decimal.describe('worth of those'),
  versions: z.array(z.object({ version: z.int(), ...returned })),
})
export type BoxFiguresBody = z.infer<typeof boxFigures>

export const revenueDay = dayFigures.extend({
  gross: decimal.describe('wagered less won'),
  net: decimal.describe('gross and fees, less commission and what was granted, unless it is play money'),
})
export type RevenueDay = z.infer<typeof revenueDay>
export const revenue = z.object({
  days: z.array(revenueDay).describe('days first, then assets'),
  total: z.array(revenueDay.omit({ day: true, users: true })).describe('of all these days, by asset'),
})
export type Revenue = z.infer<typeof revenue>

export const partnerRevenue = z.object({
  days: z.array(
    z.object({
      partner: z.string().describe('its name'),
      sandbox: z.boolean(),
      tenant: z.string(),
      ...revenueDay.shape,
    }),
  ),
})
export type PartnerRevenue = z.infer<typeof partnerRevenue>

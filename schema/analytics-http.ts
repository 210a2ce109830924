import { z } from 'zod'
import { decimal } from './http.ts'

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
export const boxFigures = z.object({
  box: z.string(),
  asset: z.string(),
  openings: z.int(),
  paid: decimal,
  won: decimal,
  returnToPlayer: z.number().nullable().describe('won / paid; null before the first opening'),
  draws: z.int().describe('in battles'),
  drawn: decimal.describe('worth of those'),
})

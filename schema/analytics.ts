import type { TenantId } from './account.ts'
import type { AssetId } from './asset.ts'

/**
 * What one asset went through. Amounts are in smallest units. `wagered` is the price of boxes opened and of seats taken,
 * whoever paid for a seat; `won` is what was drawn in openings and shared out in battles; `granted` came from the faucet, `sold`
 * was paid for items sold back. `openings` counts boxes opened alone; `battles` counts battles settled, or for one user the
 * seats in them.
 */
export type MoneyFigures = Readonly<{
  asset: AssetId
  openings: number
  battles: number
  wagered: bigint
  won: bigint
  granted: bigint
  sold: bigint
}>

/** `last_ms` is when they last did something that counts, in unix ms. */
export type UserStats = Readonly<{ last_ms: number | null; assets: readonly MoneyFigures[] }>

/** `users`: those who ever did something that counts. */
export type Overview = Readonly<{ users: number; assets: readonly MoneyFigures[] }>

/** One day of UTC and one asset; `users` did something with it on that day. */
export type DayFigures = Readonly<{ day: string; users: number }> & MoneyFigures

/**
 * What a box gave back: `won / paid` over its `openings` is the return to player. In battles it was drawn `draws` times for
 * `drawn` in all; what a single round of a battle cost is no fact of its own.
 */
export type BoxFigures = Readonly<{
  box: string
  asset: AssetId
  openings: number
  paid: bigint
  won: bigint
  draws: number
  drawn: bigint
}>

/** From and to as days of UTC (`2026-01-31`), both counted. */
export type DayRange = Readonly<{ from: string; to: string }>

/**
 * What analysts ask of one tenant's history. Two stores answer it, and the same: what has committed is in the answer a moment
 * later, each event once. Lists are ordered by asset, days first, boxes first.
 */
export interface AnalyticsReader {
  user(tenant: TenantId, user: string): Promise<UserStats>
  overview(tenant: TenantId): Promise<Overview>
  days(tenant: TenantId, range: DayRange): Promise<readonly DayFigures[]>
  boxes(tenant: TenantId): Promise<readonly BoxFigures[]>
}

import type { TenantId } from './account.ts'
import type { AssetId } from './asset.ts'

/** What is counted, as numbers of things. */
export const counts = ['openings', 'battles'] as const
/** What is added up, in smallest units. */
export const amounts = [
  'wagered',
  'won',
  'granted',
  'sold',
  'fees',
  'commission',
  'deposited',
  'withdrawn',
  'refunded',
  'reversed',
] as const

/**
 * What one asset went through. Amounts are in smallest units. `wagered` is the price of boxes opened and of seats taken,
 * whoever paid for a seat; `won` is what was drawn in openings and shared out in battles; `granted` came from the faucet, `sold`
 * was paid for items sold back; `fees` were kept of sales between users, `commission` went to partners; `deposited` and `withdrawn`
 * came in and went out, and of what came in `refunded` was given back and `reversed` was charged back. `openings` counts boxes
 * opened alone; `battles` counts battles settled, or for one user the seats in them.
 */
export type MoneyFigures = Readonly<{ asset: AssetId }> &
  Readonly<Record<(typeof counts)[number], number>> &
  Readonly<Record<(typeof amounts)[number], bigint>>

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

/** What one version of a box gave back in `openings` boxes opened alone. */
export type VersionFigures = Readonly<{
  box: string
  version: number
  asset: AssetId
  openings: number
  paid: bigint
  won: bigint
}>

/** The same as `DayFigures`, of one tenant among several. */
export type TenantDay = Readonly<{ tenant: TenantId }> & DayFigures

/** What users do that machines do faster: boxes opened, money paid in and asked to be paid out, things bought, sold and traded. */
export const paced = ['openings', 'deposits', 'withdrawals', 'trades'] as const
export type Paced = (typeof paced)[number]

/** How long a pace is measured: by the minutes, hours and days of UTC, so that each thing counts in one of each. */
export const paceUnits = ['minute', 'hour', 'day'] as const
export type PaceUnit = (typeof paceUnits)[number]

/** What one user did within one minute, hour or day that began at `at_ms`. */
export type Pace = Readonly<{ user: string; unit: PaceUnit; at_ms: number }> & Readonly<Record<Paced, number>>

/** More than this within one unit is told; what is left out has no bound. */
export type PaceBounds = Readonly<Partial<Record<Paced, number>>>

/** Times in unix ms, `from_ms` counted. `limit`: the latest of them. */
export type PaceQuery = Readonly<{ unit: PaceUnit; bounds: PaceBounds; from_ms: number; limit: number }>

/** What one of an item is worth. */
export type ItemValue = Readonly<{ asset: AssetId; money: AssetId; value: bigint }>

/**
 * What `user` has given `other` in `gifts` goes, by gifts, trades and sales: items at their value, and money; `back` is what came
 * the other way.
 */
export type Given = Readonly<{
  user: string
  other: string
  asset: AssetId
  gifts: number
  given: bigint
  back: bigint
  last_ms: number
}>

/** Items that are not among `values` count for nothing. `least` more given than came back. */
export type GivenQuery = Readonly<{ values: readonly ItemValue[]; least: bigint; limit: number }>

/** A user of whose deposits some were charged back. */
export type Reversed = Readonly<{ user: string; asset: AssetId; deposited: bigint; reversed: bigint }>

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
  /** The days of several tenants, by tenant. */
  tenantDays(tenants: readonly TenantId[], range: DayRange): Promise<readonly TenantDay[]>
  boxes(tenant: TenantId): Promise<readonly BoxFigures[]>
  /** By box and version. */
  versions(tenant: TenantId): Promise<readonly VersionFigures[]>
  /** Who passed one of the bounds, the latest first, then by user. */
  paces(tenant: TenantId, query: PaceQuery): Promise<readonly Pace[]>
  /** By how much more was given than came back, the most first; then by user, other and asset. */
  given(tenant: TenantId, query: GivenQuery): Promise<readonly Given[]>
  /** The most first, then by user and asset. */
  reversed(tenant: TenantId, limit: number): Promise<readonly Reversed[]>
}

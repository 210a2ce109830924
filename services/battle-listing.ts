import type { Pool } from 'pg'
import type { TenantId } from '../schema/account.ts'
import type { BattleMode } from '../schema/battle-mode.ts'

/** Which battles are wanted. Prices, both ends included, are of one seat, in smallest units of whatever the battle is paid with. */
export type Listing = Readonly<{
  tenant: TenantId
  status: keyof typeof phases
  mode?: BattleMode | undefined
  /** The id of a box that is opened in it. */
  box?: string | undefined
  minPrice?: bigint | undefined
  maxPrice?: bigint | undefined
  /** At least this many seats are free. */
  freeSeats?: number | undefined
  /** Battles that are older than this one. */
  before?: string | undefined
  limit: number
}>

/** The phases of each status, as they stand in the conditions of the indexes. */
const phases = {
  open: `phase in ('waiting', 'drawing', 'revealing')`,
  waiting: `phase in ('waiting', 'drawing', 'revealing') and phase = 'waiting'`,
  running: `phase in ('waiting', 'drawing', 'revealing') and phase <> 'waiting'`,
  finished: `phase in ('settled', 'cancelled')`,
} as const

/** Ids of listed battles, newest first. */
export async function listedBattles(pool: Pool, wanted: Listing): Promise<readonly string[]> {
  const values: unknown[] = []
  const given = (condition: string, value: unknown): string[] =>
    value === undefined ? [] : [condition.replace('?', `$${values.push(value)}`)]
  const conditions = [
    ...given('tenant = ?', wanted.tenant),
    phases[wanted.status],
    'not unlisted',
    ...given('id < ?', wanted.before),
    ...given('mode = ?', wanted.mode),
    ...given('? = any (boxes)', wanted.box),
    ...given('price >= ?', wanted.minPrice),
    ...given('price <= ?', wanted.maxPrice),
    ...given('seats_free >= ?', wanted.freeSeats),
  ]
  const sql = `select id from battle_listing where ${conditions.join(' and ')} order by id desc limit $${values.push(wanted.limit)}`
  const { rows } = await pool.query<{ id: string }>(sql, values)
  return rows.map(({ id }) => id)
}

/** How many battles of this creator are not over, unlisted ones too. */
export async function openBattlesOf(pool: Pool, tenant: TenantId, creator: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::integer count from battle_listing
     where tenant = $1 and creator = $2 and phase in ('waiting', 'drawing', 'revealing')`,
    [tenant, creator],
  )
  return rows[0]!.count
}

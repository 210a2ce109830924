import type { Pool } from 'pg'
import type { Ledger } from '../../ledger/ledger.ts'
import { debtOwner, userOwner, type TenantId } from '../../schema/account.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { UserPage, UserRecord, UserSummary } from '../../schema/staff.ts'
import { isOutcomeId } from '../../schema/uuid.ts'
import { emailKey } from '../accounts/person.ts'
import type { Role } from '../permissions.ts'

export type UserQuery = Readonly<{ query: string; cursor?: string | undefined; limit: number }>

type Row = Readonly<{
  id: string
  name: string
  email: string | null
  guest: boolean
  roles: Role[]
  created_ms: string
  frozen: boolean
  erased: boolean
}>

const SELECT = `select u.id, u.name, p.email, u.guest, u.roles, u.created_ms,
  exists (select from frozen_user f where f.user_id = u.id) as frozen,
  exists (select from erasure e where e.user_id = u.id) as erased
  from app_user u left join person p on p.user_id = u.id`
const SESSIONS_MAX = 100

/** People of a tenant by id, by mail address, by how their name begins, or, for an empty query, the newest. */
export async function findUsers(pool: Pool, tenant: TenantId, { query, cursor, limit }: UserQuery): Promise<UserPage> {
  const wanted = query.trim()
  const { rows } = await pool.query<Row>(...statementOf(tenant, wanted, cursor, limit + 1))
  const users = rows.slice(0, limit).map(summaryOf)
  return { users, next: rows.length > limit ? users.at(-1)!.id : null }
}

function statementOf(tenant: string, wanted: string, cursor: string | undefined, limit: number): [string, unknown[]] {
  if (isOutcomeId(wanted.toLowerCase())) return [`${SELECT} where u.tenant = $1 and u.id = $2`, [tenant, wanted]]
  if (wanted.includes('@')) return [`${SELECT} where p.tenant = $1 and p.email_key = $2`, [tenant, emailKey(wanted)]]
  if (wanted === '')
    return [
      `${SELECT} where u.tenant = $1 and ($2::uuid is null or u.id < $2) order by u.id desc limit $3`,
      [tenant, cursor ?? null, limit],
    ]
  const begins = `${wanted.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return [
    `${SELECT} where u.tenant = $1 and lower(u.name) collate "C" like $2
     and ($3::uuid is null or (lower(u.name) collate "C", u.id) > (select lower(name) collate "C", id from app_user where id = $3))
     order by lower(u.name) collate "C", u.id limit $4`,
    [tenant, begins, cursor ?? null, limit],
  ]
}

/** Everybody of a tenant who may do more than play. */
export async function findStaff(pool: Pool, tenant: TenantId): Promise<readonly UserSummary[]> {
  const { rows } = await pool.query<Row>(
    `${SELECT} where u.tenant = $1 and not (u.roles <@ '{player}') order by u.id`,
    [tenant],
  )
  return rows.map(summaryOf)
}

/** Throws `user/unknown` for one that is not of this tenant. */
export async function readUser(pool: Pool, tenant: TenantId, user: string): Promise<UserSummary> {
  const { rows } = isOutcomeId(user)
    ? await pool.query<Row>(`${SELECT} where u.tenant = $1 and u.id = $2`, [tenant, user])
    : { rows: [] }
  if (!rows[0]) throw new RollingDropError('user/unknown')
  return summaryOf(rows[0])
}

/** What the staff is shown of one, besides the acts. Throws `user/unknown`. */
export async function readRecord(
  { pool, ledger }: Readonly<{ pool: Pool; ledger: Pick<Ledger, 'reader'> }>,
  tenant: TenantId,
  user: string,
): Promise<Omit<UserRecord, 'acts'>> {
  const summary = await readUser(pool, tenant, user)
  const [balances, owed, factor, sessions] = await Promise.all([
    ledger.reader.balances(tenant, userOwner(user)),
    ledger.reader.balances(tenant, debtOwner(user)),
    pool.query('select from totp where user_id = $1 and confirmed_ms is not null', [user]),
    pool.query<{ id: string; device: string | null; created_ms: string }>(
      'select id, device, created_ms from session where user_id = $1 and revoked_ms is null order by id desc limit $2',
      [user, SESSIONS_MAX],
    ),
  ])
  return {
    user: summary,
    secondFactor: factor.rowCount === 1,
    sessions: sessions.rows.map(({ id, device, created_ms }) => ({ id, device, createdAt: Number(created_ms) })),
    balances: balances.map(({ asset, balance, held, frozen }) => ({
      asset,
      balance: `${balance}`,
      held: `${held}`,
      frozen,
    })),
    debts: owed.flatMap(({ asset, balance }) => (balance < 0n ? [{ asset, owed: `${-balance}` }] : [])),
  }
}

function summaryOf({ created_ms, ...row }: Row): UserSummary {
  return { ...row, createdAt: Number(created_ms) }
}

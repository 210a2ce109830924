import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import type { TenantId } from '../../schema/account.ts'
import type { OutcomeId } from '../../schema/uuid.ts'
import type { PartnerQuota, PartnerStage } from '../partner.ts'

/** A partner as it is stored; a quota that was not set for it alone is null. `tenant` is the world of its users. */
export type StoredPartner = Readonly<{ id: string; name: string; tenant: TenantId; stage: PartnerStage }> & {
  readonly [limit in keyof PartnerQuota]: number | null
}

/** A key as it is listed: without its secret. `sandbox`: it opens the world of test data. `ends_ms` null: until somebody ends it. */
export type ListedKey = Readonly<{ id: string; sandbox: boolean; created_ms: number; ends_ms: number | null }>

/** A key, its partner and the world it opens. `outcome` and `told` say how its last change is told to the nodes. */
export type StoredKey = ListedKey &
  Readonly<{ partner: StoredPartner; world: TenantId; sealed_secret: string; outcome: OutcomeId; told: boolean }>

type Row = Readonly<{
  id: string
  partner: string
  name: string
  tenant: TenantId
  stage: PartnerStage
  world: TenantId
  sandbox: boolean
  sealed_secret: string
  created_ms: string
  ends_ms: string | null
  outcome: OutcomeId
  told: boolean
  connections_max: number | null
  requests_per_minute: number | null
  messages_per_s: number | null
}>

const SELECT = `select k.*, w.tenant as world, p.name, p.tenant, p.stage, p.connections_max, p.requests_per_minute, p.messages_per_s
  from partner_key k join partner p on p.id = k.partner join partner_world w on w.partner = k.partner and w.sandbox = k.sandbox`

/** The context under which a key's secret rests. */
export const secretContext = (key: string): string => `partner-key/${key}`

/** Crockford's base32 in small letters: nothing in it is taken for something else. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** A key's id: whose it is, and eight random letters, or those that come of `bytes`. */
export function keyIdOf(name: string, bytes: Uint8Array = randomBytes(8)): string {
  return `${name}-${Array.from(bytes.subarray(0, 8), (byte) => LETTERS[byte % 32]).join('')}`
}

type NewPartner = Pick<StoredPartner, 'id' | 'name' | 'tenant' | 'stage'> & Readonly<{ sandbox?: TenantId | undefined }>

/** A partner with the world of its users and, where one is named, that of its test data. False: there is a partner of this name. */
export async function insertPartner(
  pool: Pool,
  { id, name, tenant, stage, sandbox }: NewPartner,
  now_ms: number,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with made as (insert into partner(id, name, tenant, stage, created_ms) values ($1, $2, $3, $4, $5)
       on conflict (name) do nothing returning id)
     insert into partner_world(partner, sandbox, tenant)
     select made.id, w.sandbox, w.tenant from made, (values (false, $3), (true, $6)) w(sandbox, tenant) where w.tenant is not null`,
    [id, name, tenant, stage, now_ms, sandbox ?? null],
  )
  return rowCount !== 0
}

export async function findPartner(pool: Pool, name: string): Promise<StoredPartner | undefined> {
  const { rows } = await pool.query<StoredPartner>(
    `select id, name, tenant, stage, connections_max, requests_per_minute, messages_per_s from partner where name = $1`,
    [name],
  )
  return rows[0]
}

/** False: there is a key of this id. */
export async function insertKey(
  pool: Pool,
  key: Pick<StoredKey, 'id' | 'sandbox' | 'sealed_secret' | 'created_ms' | 'outcome'> & Readonly<{ partner: string }>,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into partner_key(id, partner, sandbox, sealed_secret, created_ms, outcome) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    [key.id, key.partner, key.sandbox, key.sealed_secret, key.created_ms, key.outcome],
  )
  return rowCount === 1
}

/** Lets keys end at `ends_ms`, or where they end sooner, then; `outcome` will tell it. Ended keys stay as they are. */
export async function endKeys(pool: Pool, keys: readonly string[], ends_ms: number, outcome: OutcomeId): Promise<void> {
  await pool.query(
    'update partner_key set ends_ms = least(coalesce(ends_ms, $2), $2), outcome = $3, told = false where id = any($1)',
    [keys, ends_ms, outcome],
  )
}

export async function setQuota(pool: Pool, partner: string, quota: Partial<PartnerQuota>): Promise<void> {
  await pool.query(
    `update partner set connections_max = coalesce($2, connections_max),
       requests_per_minute = coalesce($3, requests_per_minute), messages_per_s = coalesce($4, messages_per_s) where id = $1`,
    [partner, quota.connections_max, quota.requests_per_minute, quota.messages_per_s],
  )
}

/** Keys of every partner, oldest first. */
export async function findKeys(pool: Pool): Promise<readonly StoredKey[]> {
  return (await pool.query<Row>(`${SELECT} order by k.created_ms`)).rows.map(keyOf)
}

export async function findKeysOf(pool: Pool, partner: string): Promise<readonly StoredKey[]> {
  return (await pool.query<Row>(`${SELECT} where p.id = $1 order by k.created_ms`, [partner])).rows.map(keyOf)
}

export async function findKey(pool: Pool, id: string): Promise<StoredKey | undefined> {
  return (await pool.query<Row>(`${SELECT} where k.id = $1`, [id])).rows.map(keyOf)[0]
}

export async function markTold(pool: Pool, outcome: OutcomeId): Promise<void> {
  await pool.query('update partner_key set told = true where outcome = $1', [outcome])
}

function keyOf(row: Row): StoredKey {
  const { partner, name, tenant, stage, connections_max, requests_per_minute, messages_per_s, ...key } = row
  return {
    ...key,
    created_ms: Number(row.created_ms),
    ends_ms: row.ends_ms === null ? null : Number(row.ends_ms),
    partner: { id: partner, name, tenant, stage, connections_max, requests_per_minute, messages_per_s },
  }
}

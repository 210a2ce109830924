import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { Gathering } from '../ledger/gathering.ts'
import type { TenantId } from '../schema/account.ts'
import { isOutcomeId, uuidv7 } from '../schema/uuid.ts'
import { friendlyName } from './friendly-name.ts'
import type { Role } from './permissions.ts'

/** Somebody with an account. `id` is a UUIDv7; money belongs to the owner `user:<id>`. */
export type User = Readonly<{ id: string; tenant: TenantId; name: string; guest: boolean; roles: readonly Role[] }>

/** A new guest with a name of ours and the role of a player. */
export async function createGuest(pool: Pool, tenant: TenantId, now_ms: number): Promise<User> {
  const user: User = { id: uuidv7(now_ms), tenant, name: friendlyName(randomBytes(3)), guest: true, roles: ['player'] }
  await pool.query('insert into app_user(id, tenant, name, guest, roles, created_ms) values ($1, $2, $3, $4, $5, $6)', [
    user.id,
    tenant,
    user.name,
    user.guest,
    user.roles,
    now_ms,
  ])
  return user
}

/** The one user with this handle (shown under it, too); made when there is none, also when many ask at once. */
export async function ensureHandle(pool: Pool, tenant: TenantId, handle: string, now_ms: number) {
  await pool.query(
    `insert into app_user(id, tenant, name, guest, roles, handle, created_ms) values ($1, $2, $3, false, '{player}', $3, $4)
     on conflict (tenant, handle) where handle is not null do nothing`,
    [uuidv7(now_ms), tenant, handle, now_ms],
  )
  const { rows } = await pool.query<User & { welcomed: boolean }>(
    'select id, tenant, name, guest, roles, welcomed from app_user where tenant = $1 and handle = $2',
    [tenant, handle],
  )
  const { welcomed, ...user } = rows[0]!
  return { user, welcomed }
}

export async function markWelcomed(pool: Pool, { id }: User): Promise<void> {
  await pool.query('update app_user set welcomed = true where id = $1', [id])
}

export async function findNames(
  pool: Pool,
  tenant: TenantId,
  users: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = users.filter(isOutcomeId)
  if (ids.length === 0) return new Map()
  const known = namings.get(pool)
  if (known) return known.ask({ tenant, ids })
  const naming = new Gathering((all: readonly Named[]) => findNamesOfEach(pool, all), TOGETHER)
  namings.set(pool, naming)
  return naming.ask({ tenant, ids })
}

type Named = Readonly<{ tenant: TenantId; ids: readonly string[] }>

const namings = new WeakMap<Pool, Gathering<Named, ReadonlyMap<string, string>>>()
const TOGETHER = { batch_max: 100, at_once_max: 2 }

async function findNamesOfEach(pool: Pool, all: readonly Named[]): Promise<readonly ReadonlyMap<string, string>[]> {
  const { rows } = await pool.query<{ id: string; tenant: string; name: string }>({
    name: 'find-names',
    text: 'select id, tenant, name from app_user where id = any($1::uuid[])',
    values: [[...new Set(all.flatMap(({ ids }) => ids))]],
  })
  const found = new Map(rows.map((row) => [row.id, row]))
  return all.map(({ tenant, ids }) => {
    const own = ids.flatMap((id) => found.get(id.toLowerCase()) ?? []).filter((row) => row.tenant === tenant)
    return new Map(own.map(({ id, name }) => [id, name]))
  })
}

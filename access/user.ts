import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
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
  const { rows } = await pool.query<{ id: string; name: string }>(
    'select id, name from app_user where tenant = $1 and id = any($2::uuid[])',
    [tenant, ids],
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

import type { Pool, PoolClient } from 'pg'
import type { Ledger } from '../../ledger/ledger.ts'
import { MAIN_TENANT, type TenantId } from '../../schema/account.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { RoleChange } from '../../schema/staff.ts'
import { recordAct, type Act } from '../acts.ts'
import { roles, type Role } from '../permissions.ts'
import { transaction } from '../transaction.ts'

type Parts = Readonly<{ pool: Pool; ledger: Ledger; clock: () => number }>
type Found = Readonly<{ roles: Role[]; guest: boolean }>

/**
 * Gives and takes roles of a user of the tenant. Returns those they have now, and whether that is a change: then their sessions are to
 * be ended, so that no token still says otherwise. Throws `user/unknown`, or `auth/role`: for a guest, a role that the tenant does not
 * have, one's own role of an admin, or that of the last one.
 */
export async function changeRoles(
  { pool, ledger, clock }: Parts,
  by: Act['by'],
  { tenant, user }: Readonly<{ tenant: TenantId; user: string }>,
  { add, remove }: RoleChange,
): Promise<Readonly<{ roles: readonly Role[]; changed: boolean }>> {
  return transaction(pool, async (client) => {
    // One change at a time: of two admins who take each other's role at once one stays.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`roles ${tenant}`])
    const { rows } = await client.query<Found>(
      'select roles, guest from app_user where id = $1 and tenant = $2 for update',
      [user, tenant],
    )
    if (!rows[0]) throw new RollingDropError('user/unknown')
    const before = rows[0].roles
    const after = roles.filter((role) => (before.includes(role) || add.includes(role)) && !remove.includes(role))
    if (after.length === before.length && after.every((role) => before.includes(role)))
      return { roles: before, changed: false }
    assertPossible({ tenant, guest: rows[0].guest, before, after })
    if (before.includes('admin') && !after.includes('admin')) await assertNotLast(client, by, { tenant, user })
    const act = { action: 'user.roles', object: `user:${user}`, before: { roles: before }, after: { roles: after } }
    await recordAct(ledger, { by: { ...by, tenant }, ...act }, clock())
    await client.query('update app_user set roles = $2 where id = $1', [user, after])
    return { roles: after, changed: true }
  })
}

type Wanted = Readonly<{ tenant: TenantId; guest: boolean; before: readonly Role[]; after: readonly Role[] }>

/** Staff is somebody who can prove who they are; a partner's world is run by its partner-admins, ours by the others. */
function assertPossible({ tenant, guest, before, after }: Wanted): void {
  const given = after.filter((role) => !before.includes(role) && role !== 'player')
  const elsewhere = given.some((role) => (role === 'partner-admin') === (tenant === MAIN_TENANT))
  if (!after.includes('player') || (guest && given.length > 0) || elsewhere) throw new RollingDropError('auth/role')
}

async function assertNotLast(
  client: PoolClient,
  by: Act['by'],
  { tenant, user }: Readonly<{ tenant: TenantId; user: string }>,
): Promise<void> {
  const { rowCount } = await client.query(
    `select from app_user where tenant = $1 and id <> $2 and not (roles <@ '{player}') and 'admin' = any(roles) limit 1`,
    [tenant, user],
  )
  if (by.user === user || rowCount === 0) throw new RollingDropError('auth/role')
}

import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import type { TenantId } from '../../schema/account.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { friendlyName } from '../friendly-name.ts'
import type { User } from '../user.ts'

const COLUMNS = 'u.id, u.tenant, u.name, u.guest, u.roles'

/** The user of ours that a partner's own id stands for; undefined when there is none. */
export async function findPartnerUser(pool: Pool, tenant: TenantId, externalId: string): Promise<User | undefined> {
  const { rows } = await pool.query<User>(
    `select ${COLUMNS} from partner_user x join app_user u on u.id = x.user_id where x.tenant = $1 and x.external_id = $2`,
    [tenant, externalId],
  )
  return rows[0]
}

/** The partner's own id of a user of ours; undefined for one that is not the partner's. */
export async function findExternalId(pool: Pool, tenant: TenantId, user: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ external_id: string }>(
    'select external_id from partner_user where tenant = $1 and user_id = $2',
    [tenant, user],
  )
  return rows[0]?.external_id
}

/**
 * The one user that a partner's own id stands for, made when there is none, also when many ask at once. It is shown under a name of
 * ours: the partner's id may say more than everybody is to know.
 */
export async function ensurePartnerUser(
  pool: Pool,
  tenant: TenantId,
  externalId: string,
  now_ms: number,
): Promise<User> {
  for (;;) {
    const known = await findPartnerUser(pool, tenant, externalId)
    if (known) return known
    // One statement: the user and what stands for it come together. Of two at once the later inserts neither.
    await pool.query(
      `with mapped as (insert into partner_user(tenant, external_id, user_id) values ($2, $4, $1) on conflict do nothing returning user_id)
       insert into app_user(id, tenant, name, guest, roles, created_ms) select user_id, $2, $3, false, '{player}', $5 from mapped`,
      [uuidv7(now_ms), tenant, friendlyName(randomBytes(3)), externalId, now_ms],
    )
  }
}

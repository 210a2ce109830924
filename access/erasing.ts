import type { Pool, PoolClient } from 'pg'
import type { Ledger } from '../ledger/ledger.ts'
import type { TenantId } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import { uuidv7, type OutcomeId } from '../schema/uuid.ts'
import { acted, type Act } from './acts.ts'
import { personalTables, type Leaving, type PersonalTable } from './erasure.ts'
import type { AccessOperations } from './open.ts'
import type { Sealer } from './seal.ts'
import { transaction } from './transaction.ts'
import { unsettledOf } from './unsettled.ts'
import { commitSurely } from './welcome.ts'

type Parts = Readonly<{
  pool: Pool
  ledger: Ledger
  access: Pick<AccessOperations, 'revoke'>
  sealer: Sealer
  clock: () => number
}>

/** An erasure as it is kept until it has been told. */
type Erasure = Readonly<{ id: OutcomeId; tenant: TenantId; user_id: string; by_user: string }>

/**
 * Erases people: what says who they are goes from every table of `personalTables` in one transaction; the id stays, with all that the
 * ledger says of it. Then their sessions end everywhere, and `person.erased` is committed.
 */
export class Erasing {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Throws `user/unknown` (also for one who is erased already), `user/unsettled` with `open`: what has to be settled first, or `auth/role`
   * for the last admin. `by` is the person, or somebody of the staff.
   */
  async erase(by: Pick<Act['by'], 'user'>, whom: Readonly<{ tenant: TenantId; user: string }>): Promise<void> {
    const { pool, ledger, sealer, clock } = this.#parts
    const now_ms = clock()
    const erasure: Erasure = { id: uuidv7(now_ms), tenant: whom.tenant, user_id: whom.user, by_user: by.user }
    await transaction(pool, async (client) => {
      await lock(client, whom)
      const open = await unsettledOf({ client, reader: ledger.reader }, whom)
      if (open.length > 0) throw new RollingDropError('user/unsettled', { open })
      for (const table of personalTables) await eraseFrom(client, table, { ...whom, sealer })
      await client.query('insert into erasure(id, tenant, user_id, by_user, at_ms) values ($1, $2, $3, $4, $5)', [
        erasure.id,
        whom.tenant,
        whom.user,
        by.user,
        now_ms,
      ])
    })
    await this.#tell(erasure)
  }

  /** Tells of erasures that a crash has left untold. To be called at the start. */
  async resume(): Promise<void> {
    const { rows } = await this.#parts.pool.query<Erasure>(
      'select id, tenant, user_id, by_user from erasure where not told order by at_ms',
    )
    for (const erasure of rows) await this.#tell(erasure)
  }

  async #tell({ id, tenant, user_id: user, by_user }: Erasure): Promise<void> {
    const { pool, ledger, access } = this.#parts
    await access.revoke(tenant, { user })
    const act = { action: 'user.erase', object: `user:${user}`, before: { erased: false }, after: { erased: true } }
    await commitSurely(ledger, {
      id,
      kind: 'person.erase',
      tenant,
      request: digestOf({ erase: user }),
      transfers: [],
      events: [
        { type: 'person.erased', payload: { user } },
        ...(by_user === user ? [] : [acted({ by: { user: by_user, tenant }, ...act })]),
      ],
    })
    await pool.query('update erasure set told = true where id = $1', [id])
  }
}

async function lock(client: PoolClient, { tenant, user }: Readonly<{ tenant: TenantId; user: string }>): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`roles ${tenant}`])
  const { rows } = await client.query<{ admin: boolean; others: boolean }>(
    `select 'admin' = any(u.roles) as admin, exists (
       select from app_user o where o.tenant = $2 and o.id <> $1 and not (o.roles <@ '{player}') and 'admin' = any(o.roles)) as others
     from app_user u where u.id = $1 and u.tenant = $2 and not exists (select from erasure where user_id = u.id) for update of u`,
    [user, tenant],
  )
  if (!rows[0]) throw new RollingDropError('user/unknown')
  if (rows[0].admin && !rows[0].others) throw new RollingDropError('auth/role')
}

async function eraseFrom(client: PoolClient, { table, user, how }: PersonalTable, leaving: Leaving): Promise<void> {
  if (how === 'stays') return
  if (how === 'delete') await client.query(`delete from ${table} where ${user} = $1`, [leaving.user])
  else if (typeof how === 'function') await how(client, leaving)
  else {
    const columns = Object.keys(how).map((column, i) => `${column} = $${i + 2}`)
    const values = [leaving.user, ...Object.values(how)]
    await client.query(`update ${table} set ${columns.join(', ')} where ${user} = $1`, values)
  }
}

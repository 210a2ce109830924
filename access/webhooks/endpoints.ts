import type { Pool, PoolClient } from 'pg'
import type { Outbound } from '../outbound.ts'
import type { Sealer } from '../seal.ts'
import type { TenantId } from '../../schema/account.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { eventTypes, type EventType } from '../../schema/event.ts'
import { isTold } from '../../schema/topic.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { newSecret, secretContext } from './secret.ts'

/** `types` null: all that a partner may see. `since`: events after this seq; without it those from now on. */
export type NewEndpoint = Readonly<{
  tenant: TenantId
  url: string
  types: readonly string[] | null
  since?: bigint | undefined
  /** Where the caller has an id for it: the same again changes nothing. */
  id?: string | undefined
}>

export type EndpointState = Readonly<{
  id: string
  tenant: TenantId
  url: string
  types: readonly EventType[] | null
  /** Why nothing is sent any more; null while it is. */
  disabled: string | null
  seq: bigint
  /** Events of the cell that lie beyond `seq`, for this endpoint or not. */
  lag_events: bigint
  /** In a row, and what the last of them was. */
  failures: number
  last_error: string | null
  retries: number
  dead: number
}>

export type DeadDelivery = Readonly<{ endpoint: string; seq: bigint; attempts: number; error: string; at: Date }>

type Parts = Readonly<{ pool: Pool; sealer: Sealer; outbound: Pick<Outbound, 'check'>; per_tenant_max: number }>

/**
 * Adds an endpoint and returns its secret, which is shown for this command only.
 * @throws RollingDropError `outbound/refused` for a URL that may not be called, `request/invalid` for a type that partners are
 * not told, `request/too-many` when the tenant has as many as it may
 */
export async function addEndpoint(
  { pool, sealer, outbound, per_tenant_max }: Parts,
  { tenant, url, types, since, id = uuidv7() }: NewEndpoint,
): Promise<Readonly<{ id: string; secret: string }>> {
  const { href } = outbound.check(url)
  const untold = types?.find((type) => !Object.hasOwn(eventTypes, type) || !isTold(type as EventType))
  if (untold !== undefined) throw new RollingDropError('request/invalid', { type: untold })
  const fresh = newSecret()
  const secret = await changed(pool, async (client) => {
    // Two at once must not both find room for the last one.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('webhook ' || $1, 0))`, [tenant])
    const known = await client.query<{ sealed_secret: string }>(
      'select sealed_secret from webhook_endpoint where id = $1 and tenant = $2',
      [id, tenant],
    )
    if (known.rows[0]) return sealer.open(known.rows[0].sealed_secret, secretContext(id))
    const { rowCount } = await client.query(
      `insert into webhook_endpoint (id, tenant, url, sealed_secret, types, seq)
       select $1, $2, $3, $4, $5, least(coalesce($6::bigint, head.seq), head.seq) from head
       where (select count(*) from webhook_endpoint where tenant = $2) < $7`,
      [id, tenant, href, sealer.seal(fresh, secretContext(id)), types, since, per_tenant_max],
    )
    if (rowCount !== 1) throw new RollingDropError('request/too-many', { endpoints_max: per_tenant_max })
    return fresh
  })
  return { id, secret }
}

type Row = Omit<EndpointState, 'seq' | 'lag_events'> & Readonly<{ seq: string; lag_events: string }>

/** All endpoints, or a tenant's, oldest first. */
export async function listEndpoints(pool: Pool, tenant?: TenantId): Promise<readonly EndpointState[]> {
  const { rows } = await pool.query<Row>(
    `select e.id, e.tenant, e.url, e.types, e.disabled, e.seq, greatest(head.seq - e.seq, 0) as lag_events, e.failures,
       e.last_error, (select count(*)::int from webhook_retry r where r.endpoint = e.id) as retries,
       (select count(*)::int from webhook_dead d where d.endpoint = e.id) as dead
     from webhook_endpoint e, head where $1::text is null or tenant = $1 order by e.id`,
    [tenant ?? null],
  )
  return rows.map((row) => Object.assign(row, { seq: BigInt(row.seq), lag_events: BigInt(row.lag_events) }))
}

/**
 * Sends everything from `since` on once more, under the same ids, to one endpoint or to all; what was given up or put off
 * among it is forgotten. Returns to how many.
 */
export async function replay(pool: Pool, since: bigint, endpoint?: string): Promise<number> {
  return changed(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `update webhook_endpoint set seq = least(seq, $1::bigint - 1), failures = 0
       where $2::uuid is null or id = $2 returning id`,
      [since, endpoint ?? null],
    )
    const ids = rows.map(({ id }) => id)
    await client.query('delete from webhook_retry where endpoint = any($1::uuid[]) and seq >= $2', [ids, since])
    await client.query('delete from webhook_dead where endpoint = any($1::uuid[]) and seq >= $2', [ids, since])
    return ids.length
  })
}

/** Has a disabled endpoint sent to again, from where it stopped. False when there is none of this id. */
export async function enableEndpoint(pool: Pool, id: string): Promise<boolean> {
  return changed(pool, async (client) => {
    const { rowCount } = await client.query(
      'update webhook_endpoint set disabled = null, failures = 0, last_error = null where id = $1',
      [id],
    )
    return rowCount === 1
  })
}

/** The tenant's own only, where one is named. False when there is none. */
export async function removeEndpoint(pool: Pool, id: string, tenant?: TenantId): Promise<boolean> {
  return changed(pool, async (client) => {
    const { rowCount } = await client.query(
      'delete from webhook_endpoint where id = $1 and ($2::text is null or tenant = $2)',
      [id, tenant ?? null],
    )
    return rowCount === 1
  })
}

/** What was given up, newest first. */
export async function listDead(pool: Pool, limit: number, endpoint?: string): Promise<readonly DeadDelivery[]> {
  const { rows } = await pool.query<Omit<DeadDelivery, 'seq'> & { seq: string }>(
    `select endpoint, seq, attempts, error, at from webhook_dead
     where $1::uuid is null or endpoint = $1 order by at desc, seq desc limit $2`,
    [endpoint ?? null, limit],
  )
  return rows.map((row) => Object.assign(row, { seq: BigInt(row.seq) }))
}

/** Changes endpoints in one transaction, and has the node that sends look at them. */
async function changed<T>(pool: Pool, change: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await change(client)
    await client.query(`update sink_cursor set commands = commands + 1 where name = 'webhooks'`)
    await client.query('commit')
    return result
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    // One that failed midway is closed, which rolls it back.
    client.release(broken)
  }
}

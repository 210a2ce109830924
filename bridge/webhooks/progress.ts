import type { Pool } from 'pg'
import type { TenantId } from '../../schema/account.ts'

/** An endpoint as the node that sends holds it. */
export type Endpoint = Readonly<{
  id: string
  tenant: TenantId
  url: string
  sealed_secret: string
  types: readonly string[] | null
  seq: bigint
  failures: number
}>

/** An event put off. `wait_ms` until it is due: 0 or less when it is. */
export type Retry = Readonly<{ seq: bigint; attempts: number; wait_ms: number }>
/** How many are put off, and the one that is due first. */
export type Retries = Readonly<{ count: number; first: Retry | undefined }>

/** One attempt, or as many as failed, of one event at one endpoint. */
export type Attempt = Readonly<{ endpoint: string; seq: bigint; attempts: number; error: string }>

type Row = Omit<Endpoint, 'seq'> & Readonly<{ seq: string }>
const COLUMNS = 'id, tenant, url, sealed_secret, types, seq, failures'

/** Those that are sent to, or the one of this id if it is. */
export async function activeEndpoints(pool: Pool, id?: string): Promise<readonly Endpoint[]> {
  const { rows } = await pool.query<Row>(
    `select ${COLUMNS} from webhook_endpoint where disabled is null and ($1::uuid is null or id = $1)`,
    [id ?? null],
  )
  return rows.map((row) => Object.assign(row, { seq: BigInt(row.seq) }))
}

export async function readRetries(pool: Pool, endpoint: string): Promise<Retries> {
  const { rows } = await pool.query<{ count: number; seq: string | null; attempts: number; wait_ms: number }>(
    `select (select count(*)::int from webhook_retry where endpoint = $1) as count, r.seq, r.attempts,
       (extract(epoch from r.next_at - clock_timestamp()) * 1000)::float8 as wait_ms
     from (select 1) one left join lateral (
       select * from webhook_retry where endpoint = $1 order by next_at, seq limit 1) r on true`,
    [endpoint],
  )
  const { count, seq, attempts, wait_ms } = rows[0]!
  return { count, first: seq === null ? undefined : { seq: BigInt(seq), attempts, wait_ms } }
}

/** From where to where an endpoint's own cursor moves. */
export type Step = Readonly<{ endpoint: string; from: bigint; to: bigint }>

/** Moves past events that are not for it. False when it is no longer where it was: somebody replays, or it is disabled. */
export async function skip(pool: Pool, { endpoint, from, to }: Step): Promise<boolean> {
  const { rowCount } = await pool.query(
    'update webhook_endpoint set seq = $3 where id = $1 and seq = $2 and disabled is null',
    [endpoint, from, to],
  )
  return rowCount === 1
}

/** So many failures in a row are the endpoint's, not one event's. */
const OUTAGE_FAILURES = 10

/** Moves past an event that was delivered. After an outage, what was put off is due at once: the endpoint is back. */
export async function delivered(pool: Pool, { endpoint, from, to }: Step): Promise<boolean> {
  const { rows } = await pool.query<{ failures: number }>(
    `update webhook_endpoint e set seq = $3, failures = 0, last_error = null, delivered_at = now()
     from (select failures from webhook_endpoint where id = $1 for update) before
     where id = $1 and seq = $2 and disabled is null returning before.failures`,
    [endpoint, from, to],
  )
  if (rows[0] && rows[0].failures >= OUTAGE_FAILURES) await hasten(pool, endpoint)
  return rows[0] !== undefined
}

/** Moves past an event that could not be delivered, and puts it off. */
export async function putOff(
  pool: Pool,
  { from, attempt, wait_ms }: Readonly<{ from: bigint; attempt: Attempt; wait_ms: number }>,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with moved as (
       update webhook_endpoint set seq = $3, failures = failures + 1, last_error = $5
       where id = $1 and seq = $2 and disabled is null returning id)
     insert into webhook_retry (endpoint, seq, attempts, error, next_at)
     select id, $3, $4, $5, clock_timestamp() + $6::float8 * interval '1 ms' from moved
     on conflict (endpoint, seq) do update
       set attempts = excluded.attempts, error = excluded.error, next_at = excluded.next_at`,
    [attempt.endpoint, from, attempt.seq, attempt.attempts, attempt.error, wait_ms],
  )
  return rowCount === 1
}

/** An event that was put off has been delivered. */
export async function retried(pool: Pool, endpoint: string, seq: bigint): Promise<void> {
  const { rows } = await pool.query<{ failures: number }>(
    `with gone as (delete from webhook_retry where endpoint = $1 and seq = $2)
     update webhook_endpoint e set failures = 0, last_error = null, delivered_at = now()
     from (select failures from webhook_endpoint where id = $1 for update) before
     where id = $1 returning before.failures`,
    [endpoint, seq],
  )
  if (rows[0] && rows[0].failures >= OUTAGE_FAILURES) await hasten(pool, endpoint)
}

/** An event that was put off has failed again. */
export async function putOffAgain(
  pool: Pool,
  { endpoint, seq, attempts, error }: Attempt,
  wait_ms: number,
): Promise<void> {
  await pool.query(
    `with failed as (update webhook_endpoint set failures = failures + 1, last_error = $4 where id = $1)
     update webhook_retry set attempts = $3, error = $4, next_at = clock_timestamp() + $5::float8 * interval '1 ms'
     where endpoint = $1 and seq = $2`,
    [endpoint, seq, attempts, error, wait_ms],
  )
}

/** The last attempt has failed: the event is given up, and stands among the dead letters of the bridge. */
export async function giveUp(pool: Pool, lineage: string, { endpoint, seq, attempts, error }: Attempt): Promise<void> {
  await pool.query(
    `with gone as (delete from webhook_retry where endpoint = $2 and seq = $3 returning endpoint, seq),
     failed as (
       update webhook_endpoint e set failures = failures + 1, last_error = $5 from gone where e.id = gone.endpoint),
     letter as (
       insert into dead_letter (sink, lineage, seq, type, tenant, reason)
       select 'webhooks', $1, event.seq, type, tenant, $2 || ': ' || $5 from gone join event on event.seq = gone.seq
       on conflict do nothing)
     insert into webhook_dead (endpoint, seq, attempts, error)
     select endpoint, seq, $4, $5 from gone on conflict do nothing`,
    [lineage, endpoint, seq, attempts, error],
  )
}

/** The endpoint wants nothing more (410 Gone). What was put off is given up. */
export async function disable(pool: Pool, endpoint: string, reason: string): Promise<void> {
  await pool.query(
    `with off as (update webhook_endpoint set disabled = $2, last_error = $2 where id = $1),
     gone as (delete from webhook_retry where endpoint = $1 returning *)
     insert into webhook_dead (endpoint, seq, attempts, error)
     select endpoint, seq, attempts, $2 from gone on conflict do nothing`,
    [endpoint, reason],
  )
}

async function hasten(pool: Pool, endpoint: string): Promise<void> {
  await pool.query('update webhook_retry set next_at = now() where endpoint = $1 and next_at > now()', [endpoint])
}

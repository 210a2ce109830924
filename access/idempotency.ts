import type { Pool } from 'pg'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import { toJson } from '../schema/json.ts'
import { uuidv7, type OutcomeId } from '../schema/uuid.ts'
import type { Principal } from './access.ts'

/** A command as it came: who sent which body to which route, under which Idempotency-Key. */
export type Command = Readonly<{ principal: Principal; route: string; key: string; body: unknown }>

/** What a command stands for: its outcome's id and request, and what was settled when it first came. */
export type Claim<Plan> = Readonly<{ outcome: OutcomeId; request: string; plan: Plan; first: boolean }>

type Row = Readonly<{ outcome: OutcomeId; digest: string; plan: unknown }>

/**
 * Ties the command's key to an outcome id, once: the same key with the same body gets the same id and plan for KEPT_DAYS, at
 * the same moment, on another node or after a crash. So whoever commits under that id is paid, or charged, once.
 * The key does not wait for the disk: the outcome's own commit comes later in the same log and takes it along, and a crash before
 * that forgets both. `settle` gives the plan, JSON or null, and runs only when the key is new; what it throws leaves no trace.
 * Throws `request/key-reused` when the key came with another body before.
 */
export async function claim<Plan>(
  pool: Pool,
  command: Command,
  now_ms: number,
  settle: () => Promise<Plan>,
): Promise<Claim<Plan>> {
  const { principal, route, key, body } = command
  const name = [principal.tenant, principal.user, route, key]
  const request = digestOf({ route, body })
  for (;;) {
    const known = await find(pool, name)
    if (known && known.digest !== request) throw new RollingDropError('request/key-reused')
    if (known) return { outcome: known.outcome, request, plan: known.plan as Plan, first: false }
    const plan = await settle()
    const outcome = uuidv7(now_ms)
    const { rowCount } = await pool.query(
      `insert into idempotency_key(tenant, principal, route, key, outcome, digest, plan)
       select $1, $2, $3, $4, $5, $6, $7 from set_config('synchronous_commit', 'off', true) on conflict do nothing`,
      [...name, outcome, request, toJson(plan)],
    )
    // When another request with this key was faster, the next round finds what it settled.
    if (rowCount === 1) return { outcome, request, plan, first: true }
  }
}

/** How long a key is remembered. */
export const KEPT_DAYS = 7

/** Forgets keys older than KEPT_DAYS. To be called now and then. */
export async function dropOldKeys(pool: Pool): Promise<void> {
  await pool.query('delete from idempotency_key where created_at < now() - make_interval(days => $1)', [KEPT_DAYS])
}

async function find(pool: Pool, name: readonly string[]): Promise<Row | undefined> {
  const { rows } = await pool.query<Row>(
    `select outcome, digest, plan from idempotency_key where tenant = $1 and principal = $2 and route = $3 and key = $4`,
    [...name],
  )
  return rows[0]
}

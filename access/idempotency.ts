import type { Pool } from 'pg'
import { Gathering } from '../ledger/gathering.ts'
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
 * that forgets both. `settle` gives the plan, JSON or null. It changes nothing, for it may be asked although the key is known; what it
 * throws then is nothing to the caller, and otherwise leaves no trace.
 * Throws `request/key-reused` when the key came with another body before.
 */
export async function claim<Plan>(
  pool: Pool,
  command: Command,
  now_ms: number,
  settle: () => Promise<Plan>,
): Promise<Claim<Plan>> {
  const { principal, route, key, body } = command
  const name = [principal.tenant, principal.user, route, key] as const
  const request = digestOf({ route, body })
  const knownBefore = async (): Promise<Claim<Plan> | undefined> => {
    const known = await find(pool, name)
    if (known && known.digest !== request) throw new RollingDropError('request/key-reused')
    return known && { outcome: known.outcome, request, plan: known.plan as Plan, first: false }
  }
  for (;;) {
    let plan: Plan
    try {
      plan = await settle()
    } catch (refused) {
      const known = await knownBefore()
      if (known) return known
      throw refused
    }
    const outcome = uuidv7(now_ms)
    const isFirst = await insertsOf(pool).ask({ name, outcome, digest: request, plan: toJson(plan) })
    if (isFirst) return { outcome, request, plan, first: true }
    // Unless it was forgotten just now, it is there.
    const known = await knownBefore()
    if (known) return known
  }
}

type Fresh = Readonly<{ name: Name; outcome: OutcomeId; digest: string; plan: string }>
type Name = readonly [tenant: string, principal: string, route: string, key: string]

const gatherings = new WeakMap<Pool, Gathering<Fresh, boolean>>()
/** Commands of many users are written down together: most of what one costs is the way there and back. */
const TOGETHER = { batch_max: 200, at_once_max: 2 }

/** Whether each was new. */
function insertsOf(pool: Pool): Gathering<Fresh, boolean> {
  const known = gatherings.get(pool)
  if (known) return known
  const gathering = new Gathering((fresh: readonly Fresh[]) => insert(pool, fresh), TOGETHER)
  gatherings.set(pool, gathering)
  return gathering
}

async function insert(pool: Pool, fresh: readonly Fresh[]): Promise<readonly boolean[]> {
  const column = (nth: number): string[] => fresh.map(({ name }) => name[nth]!)
  const values = [column(0), column(1), column(2), column(3)]
  const { rows } = await pool.query<{ outcome: string }>({
    name: 'insert-idempotency-keys',
    // In one order on all nodes: two batches with the same keys wait for each other, and not in a circle.
    text: `insert into idempotency_key(tenant, principal, route, key, outcome, digest, plan)
      select tenant, principal, route, key, outcome, digest, plan
      from set_config('synchronous_commit', 'off', true),
        unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::json[])
          as fresh(tenant, principal, route, key, outcome, digest, plan)
      order by tenant, principal, route, key
      on conflict do nothing
      returning outcome`,
    values: [
      ...values,
      fresh.map((each) => each.outcome),
      fresh.map((each) => each.digest),
      fresh.map((each) => each.plan),
    ],
  })
  const made = new Set(rows.map(({ outcome }) => outcome))
  return fresh.map(({ outcome }) => made.has(outcome))
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

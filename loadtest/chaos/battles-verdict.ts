import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { query } from '../bench/bench-database.ts'

/** `lost`: created and acknowledged, and neither settled nor refunded; `double`: settled or refunded more than once. */
export type Verdict = Readonly<{ battles: number; lost: number; double: number }>

/** Longer than a table that does not fill waits before it is refunded, and than a node needs to take it up. */
const ENDS_WITHIN_MS = 30_000

/** Waits until nothing is open any more, then counts ends. */
export async function verdictOn(databaseUrl: string, created: ReadonlySet<string>): Promise<Verdict> {
  const until = performance.now() + ENDS_WITHIN_MS
  let open = await openBattles(databaseUrl)
  while (open.length > 0 && performance.now() < until) {
    await delay(100)
    open = await openBattles(databaseUrl)
  }
  const finished = await query<{ id: string }>(databaseUrl, `select id from actor_finished where kind = 'battle'`)
  const known = new Set(finished.map(({ id }) => id))
  const lost = new Set(open)
  for (const battle of created) if (!known.has(`battle-${battle}`)) lost.add(`battle-${battle}`)
  const ends = await query<{ actor: string; n: number }>(
    databaseUrl,
    `select actor, count(*)::int n from event where type in ('battle.settled', 'battle.cancelled') group by actor`,
  )
  const ended = new Map(ends.map(({ actor, n }) => [actor, n]))
  for (const id of known) if (!ended.has(id)) lost.add(id)
  return { battles: known.size, lost: lost.size, double: ends.filter(({ n }) => n > 1).length }
}

async function openBattles(databaseUrl: string): Promise<string[]> {
  const rows = await query<{ id: string }>(databaseUrl, `select id from actor where kind = 'battle'`)
  return rows.map(({ id }) => id)
}

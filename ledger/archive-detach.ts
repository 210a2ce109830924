import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Link } from './audit/walk.ts'
import { run, statement } from './postgres/statement.ts'

const ATTEMPTS_MAX = 20
/** Shorter than the writers' own patience, so that they wait for us, and we give way, before they fail. */
const LOCK_MS = 300

/** What is in a file, proven, and may leave the tables. */
export type Leaving = Readonly<{
  after: Link
  last: Link
  /** Partitions that end at or before this seq go. */
  below: number
  file: string
  sha256: Buffer
  ended: number
  /** How long after its end a day of outcomes is kept. */
  kept_ms: number
}>

/**
 * Takes the partitions out in one transaction, which also moves the base from which balances and the chain go on. Tries again
 * when writers are in the way. Returns the names of the partitions that went.
 */
export async function detach(pool: pg.Pool, leaving: Leaving): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect()
    try {
      await client.query(`begin; set local lock_timeout = ${LOCK_MS}`)
      const names = await detachAll(client, leaving)
      await client.query('commit')
      return names
    } catch (error) {
      await client.query('rollback').catch(() => {}) // the connection may be what failed
      if ((error as { code?: string }).code !== '55P03' || attempt === ATTEMPTS_MAX) throw error
    } finally {
      client.release()
    }
    await delay(LOCK_MS)
  }
}

async function detachAll(client: pg.PoolClient, leaving: Leaving): Promise<string[]> {
  const { after, last, below, file, sha256, ended, kept_ms } = leaving
  await run(client, statement('archive-balances'), [last.seq, after.seq])
  await run(client, statement('archive-batches'), [last.seq])
  const values = [last.seq, after.seq, last.hash, last.at_ms, ended, file, sha256]
  await run(client, statement('write-archive'), values)
  const names: string[] = []
  // Dropping comes last: it is what writers must wait for.
  for (const [parent, name] of await run(client, statement('partitions-below'), [below])) {
    await drop(client, parent!, name!)
    names.push(name!)
  }
  for (const [name, low, high] of await run(client, statement('outcome-days'), [Date.now() - kept_ms])) {
    await client.query(`lock table ${client.escapeIdentifier(name!)} in access exclusive mode`)
    const [needed] = await run(client, { name: `needed-${name}`, text: neededText(client, name!) }, [
      last.seq,
      low,
      high,
    ])
    if (needed![0] === 't') continue
    await drop(client, 'outcome', name!)
    names.push(name!)
  }
  return names
}

/** Whether a day of outcomes still has one that is not archived, or an actor or hold that will commit under an id of that day. */
function neededText(client: pg.PoolClient, name: string): string {
  return statement('outcome-day-needed').text.replaceAll('outcome_day', client.escapeIdentifier(name))
}

async function drop(client: pg.PoolClient, parent: string, name: string): Promise<void> {
  const partition = client.escapeIdentifier(name)
  await client.query(`alter table ${client.escapeIdentifier(parent)} detach partition ${partition}`)
  await client.query(`drop table ${partition}`)
}

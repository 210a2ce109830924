import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'

export type TestDatabase = Readonly<{ url: string; drop: () => Promise<void> }>

/**
 * A migrated database of its own for one test file, copied from the template in some 30 ms. Call it in `beforeAll`, and `drop`
 * it in `afterAll`: connections that are still open are closed by force.
 */
export async function createDatabase(): Promise<TestDatabase> {
  const { url: templateUrl, problem } = inject('template')
  if (problem) throw new Error(`the template database is not migrated: ${problem}`)
  const template = new URL(templateUrl)
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(template, `create database ${name} template ${template.pathname.slice(1)} strategy file_copy`)
  const url = Object.assign(new URL(template), { pathname: `/${name}` }).href
  return { url, drop: () => drop(template, name) }
}

/** A closed connection takes Postgres a moment to notice; cutting it then would end in an error that nobody asked for. */
const CLOSING_MS = 3_000

async function drop(template: URL, name: string): Promise<void> {
  const until = Date.now() + CLOSING_MS
  const open = `select 1 from pg_stat_activity where datname = '${name}' and backend_type = 'client backend'`
  while (Date.now() < until && (await administer(template, open)) > 0) await delay(20)
  await administer(template, `drop database if exists ${name} with (force)`)
}

/** Returns how many rows the statement gave. */
async function administer(template: URL, statement: string): Promise<number> {
  // Never over the template itself: a connection to it would keep others from copying it.
  const client = new pg.Client({ connectionString: Object.assign(new URL(template), { pathname: '/postgres' }).href })
  await client.connect()
  try {
    return (await client.query(statement)).rowCount ?? 0
  } finally {
    await client.end()
  }
}

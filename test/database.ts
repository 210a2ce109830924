import { randomBytes } from 'node:crypto'
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
  return { url, drop: () => administer(template, `drop database if exists ${name} with (force)`) }
}

async function administer(template: URL, statement: string): Promise<void> {
  // Never over the template itself: a connection to it would keep others from copying it.
  const client = new pg.Client({ connectionString: Object.assign(new URL(template), { pathname: '/postgres' }).href })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

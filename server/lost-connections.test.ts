import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../client-sdk/connect.ts'
import { memoryTokens } from '../client-sdk/tokens.ts'
import { startServer, type Server } from '../loadtest/server.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'

let database: TestDatabase
let server: Server

beforeAll(async () => {
  database = await createDatabase()
  server = await startServer({ env: { DATABASE_URL: database.url } })
}, 120_000)

afterAll(async () => {
  await server?.stop()
  await database?.drop()
})

/** Ends every connection of the server, again and again, whatever it is in the middle of. */
async function cut(ms: number): Promise<void> {
  const admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
  for (const until = performance.now() + ms; performance.now() < until; await delay(5)) {
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
  }
  await admin.end()
}

test('a server whose connections are cut in the middle of whatever they do goes on when they can be made again', async () => {
  const calm = new AbortController()
  const newcomers = Array.from({ length: 20 }, async () => {
    while (!calm.signal.aborted)
      await connect(server.url, { tokens: memoryTokens() })
        .user()
        .catch(() => {}) // refused while it is cut
  })
  await cut(2_500)
  calm.abort()
  await Promise.all(newcomers)
  expect(await connect(server.url, { tokens: memoryTokens() }).user()).toMatchObject({ guest: true })
}, 60_000)

import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from './database.ts'

const databases: TestDatabase[] = []

beforeAll(async () => {
  databases.push(...(await Promise.all([createDatabase(), createDatabase()])))
})
afterAll(() => Promise.all(databases.map((database) => database.drop())))

test('two test files have two databases that know nothing of each other', async () => {
  const clients = databases.map(({ url }) => new pg.Client({ connectionString: url }))
  await Promise.all(clients.map((client) => client.connect()))
  await clients[0]?.query('create table mine (n int)')
  const seen = await clients[1]?.query("select to_regclass('mine') as mine")
  expect(seen?.rows).toEqual([{ mine: null }])
  await Promise.all(clients.map((client) => client.end()))
})

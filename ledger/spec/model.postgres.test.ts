import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { auditLedger } from '../audit/audit.ts'
import { commands } from './commands.ts'
import { Model } from './model.ts'
import { openPostgresSpecStore } from './postgres-store.ts'
import type { SpecLedger, SpecStore } from './store.ts'

let database: TestDatabase
let store: SpecStore
let nodes: SpecLedger[]
beforeAll(async () => {
  database = await createDatabase()
  store = await openPostgresSpecStore(database.url)
  nodes = [await store.open({ lanes: 1 }), await store.open({ lanes: 1 })]
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()))
  await store.close()
  await database.drop()
})

test('200 random sequences agree with the oracle, in Postgres', { timeout: 120_000 }, async () => {
  const run = fc.asyncProperty(commands(16), (sequence) => new Model(store, nodes).run(sequence))
  await fc.assert(run, { numRuns: 200 }) // a failure prints its seed and path: put them beside numRuns to see it again
  expect(await auditLedger({ databaseUrl: database.url })).toEqual(expect.objectContaining({ audit: 'ok' }))
})

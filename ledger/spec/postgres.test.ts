import { afterAll, beforeAll, describe } from 'vitest'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { openPostgresSpecStore } from './postgres-store.ts'
import { ledgerSpec } from './spec.ts'

describe('the ledger in Postgres', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.drop())
  ledgerSpec(() => openPostgresSpecStore(database.url))
})

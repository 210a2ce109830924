import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { auditLedger } from '../audit/audit.ts'
import { openPostgresSpecStore } from './postgres-store.ts'
import { ledgerSpec } from './spec.ts'

describe('the ledger in Postgres', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.drop())
  ledgerSpec(() => openPostgresSpecStore(database.url))

  test('after all of this the audit finds nothing wrong', { timeout: 60_000 }, async () => {
    expect(await auditLedger({ databaseUrl: database.url })).toEqual(expect.objectContaining({ audit: 'ok' }))
  })
})

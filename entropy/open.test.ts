import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSealer } from '../access/seal.ts'
import { QUICKNET } from '../game/fairness/beacon.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { openEntropy } from './open.ts'

let database: TestDatabase
let opened: OpenLedger
let pool: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  opened = await openLedger({ databaseUrl: database.url })
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await opened.close()
  await pool.end()
  await database.drop()
})

const silent = { error() {}, warn() {} }
const open = (source: 'chain' | 'drand') =>
  openEntropy({
    pool,
    ledger: opened.ledger,
    sealer: createSealer(new Uint8Array(32).fill(7)),
    period_ms: 20,
    length: 1_000,
    source,
    drandUrls: ['http://127.0.0.1:1', 'https://reader:secret@relay.example/drand?key=secret'],
    log: silent,
  })

test('the source of the configuration decides what starts, and the one named at its start what has started', async () => {
  const chain = await open('chain')
  const drand = await open('drand')
  try {
    const fix = chain.fix(Date.now())
    expect(fix.source).toMatch(/^chain:/)
    expect(chain.published()).toHaveLength(1)
    expect(chain.beacon).toBeUndefined()
    expect(drand.fix(Date.now()).source).toMatch(/^drand:/)
    expect(drand.published()).toEqual([])
    const urls = ['http://127.0.0.1:1', 'https://relay.example/drand']
    expect(drand.beacon).toEqual({ ...QUICKNET, urls })
    expect(await drand.value(fix)).toEqual(await chain.value(fix))
  } finally {
    chain.close()
    drand.close()
  }
})

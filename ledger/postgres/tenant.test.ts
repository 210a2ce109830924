import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { openLedger, type OpenLedger } from '../open.ts'

let database: TestDatabase
let open: OpenLedger
let client: pg.Client

const tables = [
  'account',
  'account_closed',
  'outcome',
  'transfer',
  'event',
  'hold',
  'hold_closed',
  'actor',
  'actor_finished',
]

beforeAll(async () => {
  database = await createDatabase()
  open = await openLedger({ databaseUrl: database.url })
  for (const tenant of ['acme', 'umbra'])
    await open.ledger.commit({
      id: uuidv7(),
      kind: 'test.grant',
      tenant,
      request: 'ab'.repeat(32),
      owner: 'user:1',
      actor: { id: `thing-${tenant}`, kind: 'thing', epoch: 0, version: 0, state: '{}' },
      transfers: [{ asset: PLAY_CREDIT, debit: 'faucet:play', credit: 'user:1', amount: toAmount(500n) }],
      events: [{ type: 'money.moved', payload: { tenant } }],
    })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await open.close()
  await database.drop()
})

/** Runs statements as the role that services read with. */
async function asReader(tenant: string | null, text: string): Promise<unknown[]> {
  await client.query('begin')
  try {
    if (tenant !== null) await client.query(`select set_config('rollingdrop.tenant', $1, true)`, [tenant])
    await client.query(`select set_config('role', 'rollingdrop_reader', true)`)
    return (await client.query(text)).rows
  } finally {
    await client.query('rollback')
  }
}

it('shows nothing at all while no tenant is named', async () => {
  for (const table of tables) expect(await asReader(null, `select * from ${table}`)).toEqual([])
})

it('shows the rows of the named tenant and of no other', async () => {
  expect(await asReader('acme', 'select tenant from account group by tenant')).toEqual([{ tenant: 'acme' }])
  expect(await asReader('acme', 'select tenant from transfer group by tenant')).toEqual([{ tenant: 'acme' }])
  expect(await asReader('acme', `select id from actor`)).toEqual([{ id: 'thing-acme' }])
  expect(await asReader('acme', `select payload from event where tenant = 'umbra' or true`)).toEqual([
    { payload: { tenant: 'acme' } },
  ])
})

it('cannot be walked around over a partition, the batches or the head', async () => {
  const partitions = await client.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent in ('event'::regclass, 'transfer'::regclass, 'outcome'::regclass)`,
  )
  expect(partitions.rows.length).toBeGreaterThan(3)
  for (const name of [...partitions.rows.map((row) => row.name), 'batch', 'head'])
    await expect(asReader('acme', `select * from ${name}`)).rejects.toThrow(/permission denied/)
})

it('can write nothing, and cannot switch the policies off', async () => {
  for (const text of [
    `insert into actor values ('x', 'acme', 'thing', 0, 0, '{}', null, null)`,
    `update account set balance = 1`,
    `delete from event`,
    `alter table account disable row level security`,
  ])
    await expect(asReader('acme', text)).rejects.toThrow(/permission denied|must be owner/)
})

it('leaves no tenant behind on a connection that is used again', async () => {
  const { reader } = open.ledger
  const [acme, nobody, umbra] = await Promise.all([
    reader.balances('acme', 'user:1'),
    reader.balances('main', 'user:1'),
    reader.balances('umbra', 'user:1'),
  ])
  expect([acme.length, nobody.length, umbra.length]).toEqual([1, 0, 1])
  expect(await asReader(null, 'select * from account')).toEqual([])
})

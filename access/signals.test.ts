import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { createSealer } from './seal.ts'
import { createSignals } from './signals.ts'

const ANN = { tenant: 'main', user: 'ann' }
const BOB = { tenant: 'main', user: 'bob' }
let database: TestDatabase
let pool: pg.Pool
let now_ms = 1_000
const warned: unknown[] = []
const log = { warn: (line: unknown) => void warned.push(line) }
const sealer = createSealer(randomBytes(32))
const open = (more: Readonly<{ waiting_max?: number; pool?: pg.Pool }> = {}) =>
  createSignals({ pool, sealer, clock: () => now_ms, log, ...more })

beforeAll(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 4 })
})
afterEach(async () => {
  warned.length = 0
  await pool.query('truncate signal, signal_group')
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const groups = async () =>
  (await pool.query('select tenant, kind, users::int from signal_group order by tenant, kind, users')).rows

test('what two users of a tenant share is one group, and what it is stands nowhere', async () => {
  const signals = open()
  await Promise.all([
    signals.record(ANN, 'address', '192.0.2.7'),
    signals.record(ANN, 'device', '192.0.2.7'),
    signals.record(BOB, 'address', '192.0.2.7'),
    signals.record({ tenant: 'acme', user: 'cy' }, 'address', '192.0.2.7'),
  ])
  expect(await groups()).toEqual([
    { tenant: 'acme', kind: 'address', users: 1 },
    { tenant: 'main', kind: 'address', users: 2 },
    { tenant: 'main', kind: 'device', users: 1 },
  ])
  const { rows } = await pool.query('select *, encode(digest, $1) as text from signal', ['escape'])
  expect(new Set(rows.map(({ text }) => text as string)).size).toBe(3)
  expect(JSON.stringify(rows)).not.toContain('192.0.2.7')
  await signals.close()
})

test('the same again is counted, with its first and its last time, by however many nodes', async () => {
  const [one, other] = [open(), open()]
  now_ms = 1_000
  await Promise.all([one.record(ANN, 'device', 'd'), one.record(ANN, 'device', 'd'), other.record(ANN, 'device', 'd')])
  now_ms = 5_000
  await other.record(ANN, 'device', 'd')
  const { rows } = await pool.query('select first_ms, last_ms, count from signal')
  expect(rows).toEqual([{ first_ms: '1000', last_ms: '5000', count: '4' }])
  expect(await groups()).toEqual([{ tenant: 'main', kind: 'device', users: 1 }])
  await Promise.all([one.close(), other.close()])
})

test('nodes that write the same ones in any order at once do not stand in each other’s way', async () => {
  const nodes = Array.from({ length: 4 }, () => open())
  const values = Array.from({ length: 60 }, (_, i) => `v${i}`)
  await Promise.all(
    nodes.flatMap((node, n) =>
      (n % 2 ? values : values.toReversed()).map((value) =>
        node.record({ tenant: 'main', user: `u${n}` }, 'address', value),
      ),
    ),
  )
  expect(warned).toEqual([])
  expect(await groups()).toEqual(values.map(() => ({ tenant: 'main', kind: 'address', users: 4 })))
  await Promise.all(nodes.map((node) => node.close()))
})

test('nobody is held up or refused when it cannot be kept: it is logged, and there is a limit to what waits', async () => {
  const away = new pg.Pool({ connectionString: 'postgres://x@127.0.0.1:1/x' })
  const signals = open({ waiting_max: 2, pool: away })
  await Promise.all(['a', 'b', 'c', 'd'].map((value) => signals.record(ANN, 'device', value)))
  await signals.close()
  expect(warned).toEqual([{ dropped: 2 }, { err: expect.anything() }])
  await away.end()
})

test('whoever is erased, or has not come for long, is in no group any more', async () => {
  const signals = open()
  now_ms = 1_000
  await Promise.all([signals.record(ANN, 'device', 'd'), signals.record(BOB, 'device', 'd')])
  await pool.query('delete from signal where user_id = $1', ['ann'])
  expect(await groups()).toEqual([{ tenant: 'main', kind: 'device', users: 1 }])
  now_ms += 401 * 86_400_000
  await signals.dropOld()
  expect(await groups()).toEqual([])
  await signals.close()
})

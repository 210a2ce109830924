import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createSealer } from '../access/seal.ts'
import { verifyChainValue } from '../game/fairness/chain.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { stillClock, type StillClock } from '../test/still-clock.ts'
import type { Entropy } from './entropy.ts'
import { COMMIT_MS, createEntropy } from './hash-chain.ts'

let database: TestDatabase
let opened: OpenLedger
let pool: pg.Pool
const sealer = createSealer(new Uint8Array(32).fill(7))
const running: Entropy[] = []

beforeAll(async () => {
  database = await createDatabase()
  opened = await openLedger({ databaseUrl: database.url })
  pool = new pg.Pool({ connectionString: database.url })
})
afterEach(() => running.splice(0).forEach((entropy) => entropy.close()))
afterAll(async () => {
  await opened.close()
  await pool.end()
  await database.drop()
})

let tenants = 0
async function open(clock: StillClock, tenant = `t${++tenants}`): Promise<Entropy & { tenant: string }> {
  const entropy = await createEntropy({
    pool,
    ledger: opened.ledger,
    sealer,
    period_ms: 100,
    length: 40,
    tenant,
    clock,
  })
  running.push(entropy)
  return Object.assign(entropy, { tenant })
}
const now = () => Math.floor(Date.now())
const heads = (entropy: Entropy) => entropy.published().map(({ head }) => head)

test('the head is published as an event before anything is decided by it', async () => {
  const entropy = await open(stillClock(now()))
  const [chain] = entropy.published()
  const events = await opened.ledger.reader.events({ since: 0n, tenant: entropy.tenant, limit: 10 })
  expect(events).toMatchObject([
    { type: 'entropy.published', audience: 'public', payload: { chain: chain!.id, head: chain!.head } },
  ])
  expect(entropy.fix(now()).anchor).toBe(chain!.head)
})

test('what is fixed is not due yet, comes when it is due and not before, and leads to the anchor', async () => {
  const start = now()
  const clock = stillClock(start)
  const entropy = await open(clock)
  const fix = entropy.fix(start + 30)
  expect(fix.due_ms - (start + 30)).toBeGreaterThanOrEqual(100)
  const told: string[] = []
  const value = entropy.value(fix).then(({ entropyValue }) => told.push(entropyValue))
  clock.move(fix.due_ms - start - 1)
  await new Promise(setImmediate)
  expect(told).toEqual([])
  clock.move(1)
  await value
  expect(verifyChainValue(fix.anchor, fix.round, told[0]!)).toBe(true)
})

test('a due time that somebody claims makes no value come earlier', async () => {
  const clock = stillClock(now())
  const entropy = await open(clock)
  const { source, round } = entropy.fix(clock.now())
  let came = false
  void entropy.value({ source, round, due_ms: 0 } as { source: string; round: number }).then(() => (came = true))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(came).toBe(false)
})

test('nodes share one chain, and a restarted one goes on with it', async () => {
  const clock = stillClock(now())
  const tenant = 'shared'
  const nodes = await Promise.all([open(clock, tenant), open(clock, tenant), open(clock, tenant)])
  const later = await open(clock, tenant)
  expect(new Set([...nodes, later].flatMap(heads)).size).toBe(1)
  const fix = nodes[0].fix(clock.now())
  clock.move(1_000)
  expect(await later.value(fix)).toEqual(await nodes[1].value(fix))
})

test('the next chain is published while the last one is in use, and follows it without a gap', async () => {
  const clock = stillClock(now())
  const entropy = await open(clock)
  const left_ms = () => entropy.published().at(-1)!.starts_at_ms + 4_000 - clock.now()
  const seen = new Set<string>()
  await vi.waitFor(
    () => {
      if (left_ms() > 400) clock.move(40)
      const fix = entropy.fix(clock.now())
      expect(fix.due_ms - clock.now()).toBeGreaterThanOrEqual(100 + COMMIT_MS)
      expect(fix.due_ms - clock.now()).toBeLessThanOrEqual(200 + COMMIT_MS)
      expect(seen.add(fix.anchor).size).toBe(3)
    },
    // Between two moves a look has some time to come to its end: the clock must not run away from it.
    { timeout: 15_000, interval: 8 },
  )
  const { rows } = await pool.query('select starts_at_ms from entropy_chain where tenant = $1 order by 1', [
    entropy.tenant,
  ])
  const starts = rows.map(({ starts_at_ms }) => Number(starts_at_ms))
  expect(starts.slice(1).map((start, i) => start - starts[i]!)).toEqual(starts.slice(1).map(() => 4_000))
})

test('an old value can still be had when its chain has ended', async () => {
  const clock = stillClock(now())
  const entropy = await open(clock)
  const fix = entropy.fix(clock.now())
  clock.move(20_000)
  const after = await open(clock, entropy.tenant)
  expect(heads(after)).not.toContain(fix.anchor)
  const { entropyValue } = await after.value(fix)
  expect(verifyChainValue(fix.anchor, fix.round, entropyValue)).toBe(true)
  await expect(after.value({ source: 'chain:00000000-0000-7000-8000-000000000000', round: 0 })).rejects.toThrow()
  await expect(after.value({ source: 'drand:x', round: 0 })).rejects.toThrow()
})

test('the seed rests sealed', async () => {
  const entropy = await open(stillClock(now()))
  const fix = entropy.fix(now())
  const { rows } = await pool.query<{ row: string }>(
    'select row_to_json(entropy_chain)::text row from entropy_chain where tenant = $1',
    [entropy.tenant],
  )
  const { sealed_seed, id } = JSON.parse(rows[0]!.row) as { sealed_seed: string; id: string }
  expect(sealer.open(sealed_seed, `entropy-chain/${id}`)).toMatch(/^[0-9a-f]{64}$/)
  expect(rows[0]!.row).not.toContain(sealer.open(sealed_seed, `entropy-chain/${id}`))
  expect(fix.anchor).toBe(entropy.published()[0]!.head)
})

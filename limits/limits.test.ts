import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Principal } from '../access/access.ts'
import { createSealer } from '../access/seal.ts'
import { BUDGET_ISSUER } from '../game/limits/budget.ts'
import { auditLedger } from '../ledger/audit/audit.ts'
import { createOpenings, type Openings } from '../openings/openings.ts'
import { PLAY_CREDIT, toAsset } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { toRollingDropError } from '../schema/errors.ts'
import { MINUTES } from '../schema/limits.ts'
import type { Transfer } from '../schema/outcome.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { openTestLimits } from '../test/limits.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'
import type { Limits } from './limits.ts'

const USD = toAsset('USD')
const box = 'pocket-change'

let node: TestNode
/** Another node over the same database, which hears of nothing until it is told to. */
let deaf: { limits: Limits; openings: Openings; clock_ms: number }
beforeAll(async () => {
  node = await openTestNode()
  const { pool, ledger, catalog, secretKey } = node
  const parts = { pool, ledger, sealer: createSealer(secretKey), clock: () => Date.now() + deaf.clock_ms }
  const limits = openTestLimits({ ...parts, tail: { subscribe: () => () => {} } })
  deaf = { clock_ms: 0, limits, openings: createOpenings({ ...parts, catalog, limits }) }
})
afterAll(() => node.close())

let keys = 0
const key = () => `k${++keys}`

async function player(): Promise<Principal> {
  const principal = await node.access.authenticate((await newGuest(node)).token)
  const { next } = await node.openings.seeds(principal)
  await node.openings.begin(principal, { seeds: next.seeds, clientSeed: (++keys).toString(16).padStart(64, '0') })
  return principal
}

const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'no refusal',
    (cause: unknown) => toRollingDropError(cause).code,
  )
const set = (ann: Principal, amount: string | null, on = node.limits) =>
  on.set(ann, key(), { kind: 'loss', asset: PLAY_CREDIT, amount })
const open = (ann: Principal, on = node.openings, count = 1) => codeOf(on.open(ann, key(), { box, count }))
const leftOf = async (ann: Principal) => (await node.limits.own(ann)).limits[0]?.left

describe('a loss limit', () => {
  test('holds against openings on every node at once, to the cent', async () => {
    const ann = await player()
    expect((await set(ann, '1000')).limits).toMatchObject([{ amount: '1000', left: '1000', raise: null }])
    const codes = await Promise.all(
      Array.from({ length: 10 }, (_, i) => open(ann, i % 2 ? deaf.openings : node.openings)),
    )
    expect(codes.toSorted()).toEqual([...Array(6).fill('limit/exceeded'), ...Array(4).fill('no refusal')])
    expect(await leftOf(ann)).toBe('0')
  })

  test('is kept by the ledger where a node has not heard that it was lowered', async () => {
    const ann = await player()
    await set(ann, '100000')
    expect(await open(ann, deaf.openings)).toBe('no refusal')
    await set(ann, '300')
    expect(await open(ann, deaf.openings)).toBe('limit/exceeded')
    const stale = await deaf.limits.spend(ann, PLAY_CREDIT, 51n)
    const outcome = { id: uuidv7(Date.now()), kind: 'x', tenant: 'main', request: digestOf(1), transfers: stale }
    const commit = node.ledger.commit({ ...outcome, events: [{ type: 'money.moved', payload: {} }] })
    await expect(commit).rejects.toMatchObject({ code: 'ledger/insufficient' })
  })

  test('is lowered at once and raised a day later, each command once', async () => {
    const ann = await player()
    await set(ann, '1000')
    const wanted = { kind: 'loss', asset: PLAY_CREDIT, amount: '2000' } as const
    const raised = await node.limits.set(ann, 'b', wanted)
    expect(raised.limits).toMatchObject([{ amount: '1000', raise: { amount: '2000' } }])
    expect(await node.limits.set(ann, 'b', wanted)).toEqual(raised)
    expect(await codeOf(set(ann, '3000'))).toBe('limit/raise-too-soon')
    expect((await set(ann, '500')).limits).toMatchObject([{ amount: '500', left: '500', raise: null }])
    const budget = await node.ledger.reader.balances('main', `budget:loss:${ann.user}`)
    expect(budget.map(({ balance }) => balance)).toEqual([500n])
  })

  test('is filled anew once on a new day, however many nodes find that at once', async () => {
    const ann = await player()
    await set(ann, '500')
    expect(await open(ann, node.openings, 2)).toBe('no refusal')
    // The ledger refuses ids of times ahead: the day that is over is one that is made to be.
    await node.pool.query(`update actor set state = replace(state, $2, '2020-01-01') where id = $1`, [
      `limits-${ann.user}`,
      new Date().toISOString().slice(0, 10),
    ])
    const others = [1, 2, 3].map(() => {
      const { pool, ledger, tail, secretKey } = node
      return openTestLimits({ pool, ledger, tail, sealer: createSealer(secretKey) })
    })
    const takes = await Promise.all(others.map((each) => each.spend(ann, PLAY_CREDIT, 1n)))
    expect(takes.map((transfers) => transfers.length)).toEqual([1, 1, 1])
    expect(await leftOf(ann)).toBe('500')
    for (const each of others) each.close()
  })

  test('counts what came back, when it is needed', async () => {
    const ann = await player()
    await set(ann, '500')
    expect(await open(ann, node.openings, 2)).toBe('no refusal')
    const { asset } = (await node.limits.spend(ann, PLAY_CREDIT, 1n))[0] as Transfer
    const back = { asset, debit: BUDGET_ISSUER, credit: `budget:returned-loss:${ann.user}`, amount: 250n as never }
    const outcome = { id: uuidv7(Date.now()), kind: 'x', tenant: 'main', request: digestOf(1), transfers: [back] }
    await node.ledger.commit({ ...outcome, events: [{ type: 'money.moved', payload: {} }] })
    expect(await leftOf(ann)).toBe('250')
    expect([await open(ann), await open(ann)]).toEqual(['no refusal', 'limit/exceeded'])
  })
})

test('what a node remembers costs a spend no look at the database', async () => {
  const [ann, bob] = [await player(), await player()]
  await set(ann, '100000')
  const { pool, tail, secretKey } = node
  let looks = 0
  const find = (id: string) => {
    looks += 1
    return node.ledger.actors.find(id)
  }
  const ledger = { ...node.ledger, actors: { ...node.ledger.actors, find } }
  const limits = openTestLimits({ pool, ledger, tail, sealer: createSealer(secretKey) })
  for (let i = 0; i < 1_000; i++) {
    expect(await limits.spend(ann, PLAY_CREDIT, 1n)).toHaveLength(1)
    expect(await limits.spend(bob, PLAY_CREDIT, 1n)).toEqual([])
  }
  expect(looks).toBe(2)
  limits.close()
})

describe('a session limit', () => {
  test('ends play for the day when its minutes are used up', async () => {
    const ann = await player()
    await node.limits.set(ann, key(), { kind: 'session', asset: MINUTES, amount: '1' })
    deaf.clock_ms = -55_000 - (Date.now() % 60_000)
    expect([await open(ann, deaf.openings), await open(ann, deaf.openings)]).toEqual(['no refusal', 'no refusal'])
    deaf.clock_ms += 60_000
    expect(await open(ann, deaf.openings)).toBe('limit/session')
    deaf.clock_ms = 0
  })
})

describe('an exclusion', () => {
  test('refuses spends and deposits on every node within a second, and cannot be shortened', async () => {
    const ann = await player()
    const { pool, ledger, tail, secretKey } = node
    const other = openTestLimits({ pool, ledger, tail, sealer: createSealer(secretKey) })
    expect(await other.spend(ann, PLAY_CREDIT, 1n)).toEqual([])
    const { exclusion } = await node.limits.exclude(ann, key(), { kind: 'cool-off', hours: 24 })
    expect(exclusion!.until_ms).toBeGreaterThan(Date.now() + 23 * 3_600_000)
    const excluded = (asked: Promise<unknown>) => expect(codeOf(asked)).resolves.toBe('limit/excluded')
    await vi.waitFor(() => excluded(other.spend(ann, PLAY_CREDIT, 1n)), { timeout: 1000 })
    await excluded(node.limits.deposit(ann, PLAY_CREDIT, 1n))
    expect(await open(ann)).toBe('limit/excluded')
    expect((await node.limits.exclude(ann, key(), { kind: 'cool-off', hours: 1 })).exclusion).toEqual(exclusion)
    const longer = await node.limits.exclude(ann, key(), { kind: 'self-exclusion', days: 183 })
    expect(longer.exclusion!.kind).toBe('self-exclusion')
    expect(await codeOf(node.limits.exclude(ann, key(), { kind: 'cool-off', hours: 7 }))).toBe('request/invalid')
    other.close()
  })

  test('empties budgets, so that the ledger refuses where a node has not heard of it', async () => {
    const ann = await player()
    await set(ann, '1000')
    expect(await open(ann, deaf.openings)).toBe('no refusal')
    await node.limits.exclude(ann, key(), { kind: 'cool-off', hours: 1 })
    expect(await open(ann, deaf.openings)).toBe('limit/excluded')
    expect(await leftOf(ann)).toBe('750')
  })
})

describe('real money', () => {
  test('is spent and paid in by those who are old enough, where it may be', async () => {
    const ann = await player()
    expect(await codeOf(node.limits.spend(ann, USD, 1n))).toBe('person/age-unknown')
    await node.persons.state(ann, { birthDate: '1990-02-28', country: 'DE' })
    expect(await codeOf(node.limits.deposit(ann, USD, 1n))).toBe('no refusal')
    await node.persons.state(ann, { birthDate: '1990-02-28', country: 'BE' })
    expect(await codeOf(node.limits.deposit(ann, USD, 1n))).toBe('box/not-sold-here')
    const bob = await player()
    const young = new Date(Date.now() - 17.9 * 365.25 * 86_400_000).toISOString().slice(0, 10)
    await node.persons.state(bob, { birthDate: young, country: 'DE' })
    expect(await codeOf(node.limits.spend(bob, USD, 1n))).toBe('person/too-young')
    expect(await codeOf(node.limits.spend(bob, PLAY_CREDIT, 1n))).toBe('no refusal')
  })

  test('paid in takes from a limit of its own', async () => {
    const ann = await player()
    await node.persons.state(ann, { birthDate: '1990-02-28', country: 'DE' })
    await node.limits.set(ann, key(), { kind: 'deposit', asset: USD, amount: '2000' })
    expect(await node.limits.spend(ann, USD, 100n)).toEqual([])
    expect(await node.limits.deposit(ann, USD, 1500n)).toEqual([
      { asset: 'budget:USD', debit: `budget:deposit:${ann.user}`, credit: BUDGET_ISSUER, amount: 1500n },
    ])
  })
})

test('what is no limit is refused', async () => {
  const ann = await player()
  for (const asset of ['play:item:lucky-penny', 'nonsense!', 'play:budget:CREDIT', MINUTES])
    expect(await codeOf(node.limits.set(ann, key(), { kind: 'loss', asset, amount: '1' }))).toBe('request/invalid')
  expect(await codeOf(node.limits.set(ann, key(), { kind: 'session', asset: USD, amount: '1' }))).toBe(
    'request/invalid',
  )
  expect(await codeOf(set(ann, null))).toBe('request/invalid')
})

test('all of it leaves the ledger whole', async () => {
  expect(await auditLedger({ databaseUrl: node.url })).toMatchObject({ audit: 'ok' })
})

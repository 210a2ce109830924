import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toAsset } from '../../schema/asset.ts'
import type { HoldStep, Transfer } from '../../schema/outcome.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import {
  askRefund,
  beginDeposit,
  giveUp,
  hear,
  isKnown,
  refundable,
  type DepositFact,
  type DepositState,
} from './deposit.ts'
import { freezesOf, payIn, takesFrom, type Purse } from './purse.ts'

const USD = toAsset('USD')
const HOLD = uuidv7()

const begun = (): DepositState =>
  beginDeposit(
    { id: uuidv7(), user: 'ann', provider: 'sandbox', asset: 'USD', amount: '1000', begun_ms: 0, expires_ms: 10 },
    [],
  )

/** What a user has, owes and has in holds; the ledger's part of it. */
type World = { purse: Purse; outside: bigint; holds: Map<string, bigint> }

const world = (free: bigint): World => ({
  purse: { user: 'ann', money: USD, free, owed: 0n, frozen: false, byStaff: false },
  outside: 0n,
  holds: new Map(),
})

/** Does to the world what the ledger would, and refuses what it would refuse. */
function apply(
  world: World,
  transfers: readonly Transfer[],
  holds: readonly HoldStep[],
  freezes: readonly { frozen: boolean }[],
) {
  const thaws = freezes.some(({ frozen }) => !frozen)
  let { free, owed } = world.purse
  for (const { debit, credit, amount, asset } of transfers) {
    if (asset !== USD) continue
    if (debit === 'user:ann') expect(world.purse.frozen && !thaws).toBe(false)
    if (debit === 'user:ann') free -= amount
    if (credit === 'user:ann') free += amount
    if (debit === 'debt:user:ann') owed += amount
    if (credit === 'debt:user:ann') owed -= amount
    if (debit === 'world') world.outside -= amount
    if (credit === 'world') world.outside += amount
  }
  for (const step of holds) {
    if (step.type === 'place') {
      free -= step.amount
      world.holds.set(step.hold, step.amount)
      continue
    }
    const held = world.holds.get(step.hold)!
    const posted = step.type === 'post' ? (step.amount ?? held) : 0n
    free += held - posted
    world.outside += posted
    world.holds.delete(step.hold)
  }
  const last = freezes.at(-1)?.frozen ?? world.purse.frozen
  world.purse = { ...world.purse, free, owed, frozen: last }
  expect(free >= 0n && owed >= 0n).toBe(true)
}

/** Hears the facts in order, each as the wallet does: what is owed is settled after each. */
function heard(facts: readonly DepositFact[], free: bigint): Readonly<{ state: DepositState; world: World }> {
  const now = world(free)
  let state = begun()
  for (const fact of facts) {
    if (!isKnown(state, fact)) {
      const change = hear(state, fact, now.purse)
      apply(now, change.transfers, change.holds, change.freezes)
      state = change.state
      expect(change.events.length).toBeGreaterThan(0)
    }
    const { purse, transfers } = payIn(now.purse, 0n)
    apply(now, transfers, [], freezesOf(now.purse, purse, takesFrom(now.purse, transfers)))
  }
  return { state, world: now }
}

const fact = (type: DepositFact['type'], id: string, amount: number): DepositFact => ({
  type,
  fact: { id, amount: `${amount}`, at_ms: 1 },
})

describe('what providers tell', () => {
  const facts = fc.record({
    refunds: fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 3 }),
    backs: fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 2 }),
    free: fc.integer({ min: 0, max: 2000 }),
    order: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
    again: fc.array(fc.nat(), { maxLength: 6 }),
  })

  test('ends the same in every order, however often it is told', () => {
    fc.assert(
      fc.property(facts, ({ refunds, backs, free, order, again }) => {
        const all = [
          fact('paid', 'p', 1000),
          ...refunds.map((amount, i) => fact('refunded', `r${i}`, amount)),
          ...backs.map((amount, i) => fact('charged-back', `c${i}`, amount)),
        ]
        const repeated = [...all, ...again.map((n) => all[n % all.length]!)]
        const shuffled = repeated
          .map((each, i) => [order[i % order.length]! + i * 0.001, each] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, each]) => each)
        const [one, other] = [heard(all, BigInt(free)), heard(shuffled, BigInt(free))]
        expect(other.world.purse).toEqual(one.world.purse)
        expect(other.world.outside).toBe(one.world.outside)
        expect({ status: other.state.status, back: other.state.back }).toEqual({
          status: one.state.status,
          back: one.state.back,
        })
        expect(one.world.purse.free - one.world.purse.owed).toBe(BigInt(free) - one.world.outside)
        expect(one.world.purse.frozen).toBe(one.world.purse.owed > 0n)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a refund that comes before the payment is applied with it', () => {
    const early = heard([fact('refunded', 'r', 400)], 0n)
    expect([early.state.status, early.world.outside]).toEqual(['begun', 0n])
    const { state, world: after } = heard([fact('refunded', 'r', 400), fact('paid', 'p', 1000)], 0n)
    expect([state.status, state.back, after.purse.free]).toEqual(['paid', '400', 600n])
  })

  test('more never goes back than came in', () => {
    const { state, world: after } = heard(
      [fact('paid', 'p', 1000), fact('refunded', 'r', 900), fact('charged-back', 'c', 900)],
      0n,
    )
    expect([state.back, after.outside, after.purse.free]).toEqual(['1000', 0n, 0n])
  })

  test('money that comes after a payment was given up counts all the same', () => {
    const given = giveUp(begun(), 'expired', [])
    expect(given.state.status).toBe('expired')
    const { state } = hear(given.state, fact('paid', 'p', 1000), world(0n).purse)
    expect(state.status).toBe('paid')
  })
})

describe('a refund that staff asks for', () => {
  const paid = () => heard([fact('paid', 'p', 1000)], 0n)

  test('lies in a hold until the provider has done it', () => {
    const { state, world: now } = paid()
    const asked = askRefund(state, HOLD, 400n)
    apply(now, asked.transfers, asked.holds, asked.freezes)
    expect([now.purse.free, refundable(asked.state)]).toEqual([600n, 600n])
    const done = hear(asked.state, fact('refunded', HOLD, 400), now.purse)
    apply(now, done.transfers, done.holds, done.freezes)
    expect([now.purse.free, now.outside, done.state.back, done.state.asked]).toEqual([600n, -600n, '400', []])
    const failed = hear(asked.state, fact('refund-failed', HOLD, 400), now.purse)
    expect(failed.holds).toEqual([{ type: 'void', hold: HOLD }])
    expect(refundable(failed.state)).toBe(1000n)
  })

  test('is void when a charge-back took all of it before', () => {
    const { state, world: now } = paid()
    const asked = askRefund(state, HOLD, 400n)
    apply(now, asked.transfers, asked.holds, asked.freezes)
    const back = hear(asked.state, fact('charged-back', 'c', 1000), now.purse)
    apply(now, back.transfers, back.holds, back.freezes)
    expect([now.purse.owed, now.purse.frozen]).toEqual([400n, true])
    const done = hear(back.state, fact('refunded', HOLD, 400), now.purse)
    apply(now, done.transfers, done.holds, done.freezes)
    expect([now.purse.free, now.purse.owed, now.outside]).toEqual([400n, 400n, 0n])
  })
})

describe('freezing', () => {
  const purse = { user: 'ann', money: USD, free: 10n, owed: 5n, frozen: true, byStaff: false }

  test('ends when nothing is owed any more, unless staff wants it to last', () => {
    expect(freezesOf(purse, { ...purse, owed: 0n }, false)).toMatchObject([{ frozen: false }])
    const paid = { ...purse, owed: 0n }
    expect(freezesOf(paid, paid, false)).toMatchObject([{ frozen: false }])
    expect(freezesOf({ ...purse, byStaff: true }, paid, false)).toEqual([])
    expect(freezesOf({ ...purse, byStaff: true }, paid, true)).toMatchObject([{ frozen: false }, { frozen: true }])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { MINUTES, type LimitKind } from '../../schema/limits.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { budgetOwner, dayOf, givenBack, moved, returnedOwner, taken } from './budget.ts'
import { isOld, keysOf, shownAt } from './count.ts'
import { exclude, isNewMinute, play, RAISE_MS, refill, setLimit } from './decide.ts'
import { exclusionAt, keyOf, noLimits, type Decision, type Holdings, type PersonalLimits } from './state.ts'

const NOON = Date.UTC(2026, 0, 31, 12)
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const user = 'u'

/** What the ledger and the actor's state would be; budgets may not go below zero. */
class World {
  limits: PersonalLimits = noLimits(user, 'main')
  readonly accounts = new Map<string, bigint>()
  now_ms = NOON

  left(kind: LimitKind, asset: string = PLAY_CREDIT): bigint {
    return this.accounts.get(`${budgetOwner(kind, user)} ${moved(asset, 'a', 'b', toAmount(1n)).asset}`) ?? 0n
  }

  holdings(asked?: { kind: LimitKind; asset: string }): Holdings {
    const lies = (owner: string, asset: string) =>
      this.accounts.get(`${owner} ${moved(asset, 'a', 'b', toAmount(1n)).asset}`) ?? 0n
    return new Map(
      keysOf(this.limits, asked).map((key) => {
        const [kind, asset] = key.split(' ') as [LimitKind, string]
        return [key, { left: lies(budgetOwner(kind, user), asset), returned: lies(returnedOwner(kind, user), asset) }]
      }),
    )
  }

  /** All of it, or false and none of it. */
  commit(transfers: readonly Transfer[]): boolean {
    const after = new Map(this.accounts)
    for (const { debit, credit, asset, amount } of transfers) {
      for (const [owner, by] of [
        [debit, 0n - amount],
        [credit, amount],
      ] as const) {
        const balance = (after.get(`${owner} ${asset}`) ?? 0n) + by
        if (balance < 0n && owner.startsWith('budget:')) return false
        after.set(`${owner} ${asset}`, balance)
      }
    }
    for (const [key, balance] of after) this.accounts.set(key, balance)
    return true
  }

  do(decision: Decision): string {
    if (decision.type === 'refuse') return decision.code
    if (decision.type === 'commit') expect(this.commit(decision.transfers)).toBe(true)
    this.limits = decision.limits
    return 'ok'
  }

  set(amount: string | null, kind: LimitKind = 'loss', asset: string = PLAY_CREDIT): string {
    const asked = { kind, asset }
    return this.do(setLimit(this.limits, { ...asked, amount }, this.holdings(asked), this.now_ms))
  }

  exclude(hours: number): string {
    const until_ms = this.now_ms + hours * HOUR_MS
    return this.do(exclude(this.limits, { kind: 'cool-off', until_ms }, this.holdings(), this.now_ms))
  }

  /** As `Limits.within` does it; what was taken, or undefined. */
  spend(amount: bigint): readonly Transfer[] | undefined {
    if (exclusionAt(this.limits, this.now_ms)) return undefined
    if (isNewMinute(this.limits, this.now_ms)) {
      if (this.do(play(this.limits, this.holdings(), this.now_ms)) !== 'ok') return undefined
    } else if (isOld(this.limits, this.now_ms)) this.do(refill(this.limits, this.holdings(), this.now_ms))
    const take = () => (this.limits.budgets[keyOf('loss', PLAY_CREDIT)] ? taken('loss', user, PLAY_CREDIT, amount) : [])
    if (this.commit(take())) return take()
    this.do(refill(this.limits, this.holdings(), this.now_ms))
    return this.commit(take()) ? take() : undefined
  }

  giveBack(transfers: readonly Transfer[], taken_ms: number): void {
    expect(this.commit(givenBack(transfers, { taken_ms, now_ms: this.now_ms }))).toBe(true)
  }

  shown(kind: LimitKind = 'loss') {
    return shownAt(this.limits, this.holdings(), this.now_ms).find((each) => each.kind === kind)
  }
}

const limited = (amount: string) => {
  const world = new World()
  expect(world.set(amount)).toBe('ok')
  return world
}

describe('a loss limit', () => {
  test('stops what goes past it, on every day anew', () => {
    const world = limited('600')
    expect(world.spend(500n)).toHaveLength(1)
    expect(world.spend(101n)).toBeUndefined()
    expect(world.shown()).toMatchObject({ amount: '600', left: '100' })
    world.now_ms += DAY_MS
    expect(world.shown()).toMatchObject({ left: '600' })
    expect(world.spend(600n)).toHaveLength(1)
    expect(world.left('loss')).toBe(0n)
  })

  test('is lowered at once, what was spent counting, and raised or taken away a day later', () => {
    const world = limited('1000')
    world.spend(500n)
    world.set('600')
    expect(world.shown()).toMatchObject({ amount: '600', left: '100' })
    world.set('300')
    expect(world.shown()).toMatchObject({ amount: '300', left: '0' })
    expect(world.set('2000')).toBe('ok')
    expect(world.set(null)).toBe('limit/raise-too-soon')
    world.now_ms += RAISE_MS - 1
    expect(world.spend(301n)).toBeUndefined()
    world.now_ms += 1
    expect(world.spend(2000n)).toHaveLength(1)
    expect(world.set(null)).toBe('ok')
    world.now_ms += RAISE_MS
    expect(world.spend(99_999n)).toEqual([])
    expect(world.limits.budgets).toEqual({})
    expect(world.set(null)).toBe('request/invalid')
  })

  test('gets back what was taken for nothing, on the same day only, and never more than it was lowered to', () => {
    const world = limited('1000')
    const stake = world.spend(700n)!
    world.set('400')
    expect(world.shown()).toMatchObject({ left: '0' })
    world.giveBack(stake, world.now_ms)
    expect(world.shown()).toMatchObject({ left: '400' })
    expect(world.spend(401n)).toBeUndefined()
    const late = world.spend(400n)!
    const taken_ms = world.now_ms
    world.now_ms += DAY_MS
    world.giveBack(late, taken_ms)
    expect(world.spend(401n)).toBeUndefined()
  })

  test('asked for lower forgets a raise that is awaited', () => {
    const world = limited('600')
    world.set('2000')
    world.set('500')
    world.now_ms += RAISE_MS
    expect(world.shown()).toMatchObject({ amount: '500', raise: null })
  })
})

describe('an exclusion', () => {
  test('empties the budgets, cannot be shortened, and gives them back as they were', () => {
    const world = limited('1000')
    world.spend(300n)
    world.exclude(2)
    expect(world.left('loss')).toBe(0n)
    expect(world.commit(taken('loss', user, PLAY_CREDIT, 1n))).toBe(false)
    expect(world.spend(1n)).toBeUndefined()
    const { exclusion } = world.limits
    world.exclude(1)
    expect(world.limits.exclusion).toEqual(exclusion)
    world.set('800')
    expect(world.left('loss')).toBe(0n)
    world.now_ms += 2 * HOUR_MS
    expect(world.spend(501n)).toBeUndefined()
    expect(world.spend(500n)).toHaveLength(1)
  })
})

describe('a session limit', () => {
  const playing = (minutes: string) => {
    const world = new World()
    world.set(minutes, 'session', MINUTES)
    return world
  }
  const after = (world: World, minutes: number) => {
    world.now_ms += minutes * 60_000
    return world.spend(1n)
  }

  test('counts each minute of play once, a pause as fifteen at most, and lets the last ones be played', () => {
    const world = playing('20')
    expect([after(world, 0), after(world, 0)]).toEqual([[], []])
    expect(world.left('session', MINUTES)).toBe(19n)
    after(world, 3)
    expect(world.left('session', MINUTES)).toBe(16n)
    after(world, 90)
    expect(world.left('session', MINUTES)).toBe(1n)
    expect(after(world, 10)).toEqual([])
    expect(after(world, 0.5)).toEqual([])
    expect(after(world, 1)).toBeUndefined()
    world.now_ms += DAY_MS
    expect(after(world, 0)).toEqual([])
  })
})

describe('whatever is done', () => {
  const amounts = fc.integer({ min: 0, max: 2_000 }).map(String)
  const step = fc.oneof(
    fc.record({ spend: fc.integer({ min: 1, max: 900 }).map(BigInt) }),
    fc.record({ set: fc.option(amounts) }),
    fc.record({ back: fc.nat(9) }),
    fc.record({ later: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ exclude: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ deposit: fc.option(amounts) }),
  )

  test('a day’s spending stays within the limits that were in force, and budgets sum up', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = limited('1000')
        const stakes: { transfers: readonly Transfer[]; at_ms: number; amount: bigint }[] = []
        let spent = { day: '', amount: 0n }
        for (const each of steps) {
          if ('later' in each) world.now_ms += each.later * HOUR_MS
          else if ('set' in each) world.set(each.set)
          else if ('deposit' in each) world.set(each.deposit, 'deposit')
          else if ('exclude' in each) world.exclude(each.exclude)
          else if ('back' in each) {
            const [stake] = stakes.splice(each.back, 1)
            if (!stake) continue
            world.giveBack(stake.transfers, stake.at_ms)
            if (dayOf(stake.at_ms) === dayOf(world.now_ms)) spent.amount -= stake.amount
          } else {
            const before = world.shown()
            const day = dayOf(world.now_ms)
            if (spent.day !== day || before === undefined) spent = { day, amount: 0n }
            const transfers = world.spend(each.spend)
            if (transfers === undefined || before === undefined) continue
            stakes.push({ transfers, at_ms: world.now_ms, amount: each.spend })
            spent.amount += each.spend
            expect(spent.amount).toBeLessThanOrEqual(BigInt(before.amount))
            expect(exclusionAt(world.limits, world.now_ms)).toBeNull()
          }
          for (const [owner, balance] of world.accounts)
            if (owner.startsWith('budget:')) expect(balance).toBeGreaterThanOrEqual(0n)
        }
        const sum = [...world.accounts.values()].reduce((total, balance) => total + balance, 0n)
        expect(sum).toBe(0n)
      }),
      { numRuns: 500 },
    )
  })
})

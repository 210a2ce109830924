import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toAmount, type Amount } from '../../../schema/amount.ts'
import { itemAsset } from '../../../schema/asset.ts'
import { box, drawableOf, hex32, newBattle, options, playToEnd, worthOf } from '../arbitrary.ts'
import { resolve, type Drawable } from '../draw.ts'
import { proofOf } from '../proof.ts'
import { prizeOf } from '../pull.ts'
import { payoutsOf, sharesOf } from '../split.ts'
import type { Result } from '../state.ts'
import { verifyBattle } from '../verify.ts'
import type { Mode, Opened } from './mode.ts'

type Values = readonly (readonly bigint[])[]

/** What was opened when side s of round r opened something worth `values[r][s]`; ties and tickets go to the lowest side. */
export function openedOf(values: Values, changed: Partial<Opened> = {}): Opened {
  const sides = [...values[0]!.keys()]
  const totals = sides.map((side) => toAmount(values.reduce((total, row) => total + row[side]!, 0n)))
  const last = values.at(-1)! as readonly Amount[]
  return { totals, last, breakTie: (level) => level[0]!, drawTicket: () => 0n, ...changed }
}

/** Tables of 1–6 rounds by 2–6 sides; `most` sets how coarse the values are. */
export function tables(most: bigint): fc.Arbitrary<Values> {
  return fc.integer({ min: 2, max: 6 }).chain((sides) =>
    fc.array(fc.array(fc.bigInt({ min: 0n, max: most }), { minLength: sides, maxLength: sides }), {
      minLength: 1,
      maxLength: 6,
    }),
  )
}

const rising = (sides: Iterable<number>) => [...new Set(sides)].toSorted((a, b) => a - b)

/** What every mode must satisfy. `decidedBy`: what was opened, a ticket, or nothing since nobody plays against anybody. */
export function modeSpec(mode: Mode, decidedBy: 'values' | 'ticket' | 'nothing'): void {
  describe(`mode ${mode.name}, as every mode`, () => {
    judging(mode)
    if (decidedBy === 'values') swapping(mode)
    paying(mode)
  })
}

function judging(mode: Mode): void {
  it('names at least one winner, rising, each a side, and the same again', () => {
    fc.assert(
      fc.property(tables(4n), (values) => {
        const winners = mode.judge(openedOf(values))
        expect(winners.length).toBeGreaterThan(0)
        expect(winners).toEqual(rising(winners))
        for (const side of winners) expect(side >= 0 && side < values[0]!.length).toBe(true)
        expect(mode.judge(openedOf(values))).toEqual(winners)
      }),
    )
  })

  it('breaks ties only between two or more sides, rising, and takes the answer', () => {
    fc.assert(
      fc.property(tables(1n), fc.nat(), (values, pick) => {
        const asked: number[][] = []
        const breakTie = (level: readonly number[]) => level[(asked.push([...level]), pick % level.length)]!
        const winners = mode.judge(openedOf(values, { breakTie }))
        for (const level of asked) {
          expect(level.length).toBeGreaterThan(1)
          expect(level).toEqual(rising(level))
          expect(winners).toEqual([level[pick % level.length]])
        }
      }),
    )
  })
}

const swap = (row: readonly bigint[], a: number, b: number) => row.with(a, row[b]!).with(b, row[a]!)
const exchange = (side: number, a: number, b: number) => (side === a ? b : side === b ? a : side)

function swapping(mode: Mode): void {
  it('treats sides alike: when two swap what they opened and nothing is tied, they swap the outcome', () => {
    fc.assert(
      fc.property(tables(2n ** 40n), fc.nat(5), fc.nat(5), (values, x, y) => {
        const [a, b] = [x % values[0]!.length, y % values[0]!.length]
        const { totals, last } = openedOf(values)
        fc.pre(new Set(totals).size === totals.length && new Set(last).size === last.length)
        const before = mode.judge(openedOf(values))
        const after = mode.judge(openedOf(values.map((row) => swap(row, a, b))))
        expect(after).toEqual(rising(before.map((side) => exchange(side, a, b))))
      }),
    )
  })

  it('pays a seat what it would have paid another one that had drawn the same, where stakes are equal and nothing is tied', () => {
    const alone = drawableOf(mode.name).filter(({ teamSize, seats }) => teamSize === 1 && seats.every(staked))
    fc.assert(
      fc.property(alone, draws, fc.nat(5), fc.nat(5), (battle, seeds, x, y) => {
        const [a, b] = [x % battle.seats.length, y % battle.seats.length]
        const { pulls } = resolve(battle, seeds)
        const swapped = pulls.map((pull) => {
          const { prize } = pulls.find(({ round, seat }) => round === pull.round && seat === exchange(pull.seat, a, b))!
          return { ...pull, prize }
        })
        const [before, after] = [paidFor(mode, battle, pulls), paidFor(mode, battle, swapped)]
        fc.pre(before !== undefined && after !== undefined)
        for (const seat of battle.seats.keys()) expect(after[seat]).toEqual(before[exchange(seat, a, b)])
      }),
    )
  })
}

const staked = (seat: Drawable['seats'][number]) => seat?.borrow === 0

/** What each seat is paid for these pulls, as sorted texts; undefined where sides are level. */
function paidFor(mode: Mode, battle: Drawable, pulls: Result['pulls']): readonly string[][] | undefined {
  const worth = (seat: number, from: number) =>
    pulls
      .filter((pull) => pull.seat === seat && pull.round >= from)
      .reduce((total, pull) => total + prizeOf(battle, pull).value, 0n)
  const totals = battle.seats.map((_seat, seat) => toAmount(worth(seat, 0)))
  const last = battle.seats.map((_seat, seat) => toAmount(worth(seat, battle.rounds.length - 1)))
  let isTied = false
  const breakTie = (level: readonly number[]) => {
    isTied = true
    return level[0]!
  }
  const winners = mode.judge({ totals, last, breakTie, drawTicket: () => 0n })
  if (isTied) return undefined
  const payouts = payoutsOf(battle, { pulls, totals, winners })
  return battle.seats.map((_seat, seat) =>
    payouts
      .filter((payout) => payout.seat === seat)
      .map(({ asset, amount }) => `${amount} ${asset}`)
      .toSorted(),
  )
}

const draws = fc.record({ serverSeed: hex32, entropyValue: hex32 })

function paying(mode: Mode): void {
  it('pays every seat its share to the cent, all of it from what was opened, and nothing twice', () => {
    fc.assert(
      fc.property(drawableOf(mode.name), draws, (battle, seeds) => {
        const result = resolve(battle, seeds)
        expect(resolve(structuredClone(battle), { ...seeds })).toEqual(result)
        expect(worths(battle, result)).toEqual(sharesOf(battle, result))
        assertConserved(battle, result)
      }),
    )
  })

  it('is played, settled and verified from its proof alone, with every option, and not with one payout changed', () => {
    fc.assert(
      fc.property(
        options(mode.name),
        fc.array(box('box'), { minLength: 1, maxLength: 4 }),
        fc.array(fc.option(fc.nat(90)), { minLength: 6, maxLength: 6 }),
        (chosen, boxes, all) => {
          const borrow = chosen.borrowMax
          const guests = all.slice(1, chosen.seats).map((each) => (each === null ? null : Math.min(each, borrow)))
          const creator = { ...newBattle().creator, borrow }
          const proof = proofOf(playToEnd(newBattle({ ...chosen, boxes, creator }), guests))
          const copy = JSON.parse(JSON.stringify(proof)) as typeof proof
          expect(verifyBattle(copy).stages.filter(({ ok }) => !ok)).toEqual([])
          const [first, ...others] = copy.payouts
          if (first === undefined) return
          const moved = { ...copy, payouts: [{ ...first, seat: (first.seat + 1) % chosen.seats }, ...others] }
          expect(verifyBattle(moved).stages.map(({ ok }) => ok)).toEqual([true, true, true, false])
        },
      ),
      { numRuns: 60 },
    )
  })
}

/** The worth of what each seat is paid. */
function worths(battle: Drawable, { payouts }: Result): readonly bigint[] {
  return battle.seats.map((_seat, seat) =>
    payouts
      .filter((payout) => payout.seat === seat)
      .reduce((sum, { asset, amount }) => sum + (asset === battle.asset ? amount : worthOf(asset) * amount), 0n),
  )
}

/** Shares and what the house lent make the pot; of each item no more are paid than were opened; money only for others. */
function assertConserved(battle: Drawable, result: Result): void {
  const shares = sharesOf(battle, result)
  const sum = (amounts: readonly bigint[]) => amounts.reduce((total, each) => total + each, 0n)
  expect(sum(result.totals)).toBe(result.pot)
  const lent = result.pot - sum(shares)
  const mostLent = Math.max(...battle.seats.map((seat) => seat!.borrow))
  expect(lent >= 0n && lent * 100n <= result.pot * BigInt(mostLent)).toBe(true)
  const left = new Map<string, bigint>()
  for (const pull of result.pulls) {
    const asset = itemAsset(prizeOf(battle, pull).sku, battle.asset)
    left.set(asset, (left.get(asset) ?? 0n) + 1n)
  }
  for (const { asset, amount } of result.payouts) {
    expect(amount > 0n).toBe(true)
    if (asset !== battle.asset) left.set(asset, left.get(asset)! - amount)
  }
  expect([...left.values()].every((count) => count >= 0n)).toBe(true)
  const kept = sum([...left].map(([asset, count]) => worthOf(asset) * count))
  const money = sum(result.payouts.filter(({ asset }) => asset === battle.asset).map(({ amount }) => amount))
  expect(kept - money).toBe(lent)
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toAmount } from '../../../schema/amount.ts'
import type { Mode, Opened } from './mode.ts'

type Values = readonly (readonly bigint[])[]

/** What was opened when seat s of round r opened something worth `values[r][s]`; ties go to the lowest seat. */
export function openedOf(values: Values, breakTie: Opened['breakTie'] = (level) => level[0]!): Opened {
  const openings = values.flatMap((row, round) => row.map((value, seat) => ({ round, seat, value: toAmount(value) })))
  const seats = values[0]!.length
  const totals = Array.from({ length: seats }, (_, seat) => toAmount(values.reduce((t, row) => t + row[seat]!, 0n)))
  return { seats, rounds: values.length, openings, totals, breakTie }
}

/** Tables of 1–6 rounds by 2–6 seats; `most` sets how coarse the values are. */
export function tables(most: bigint): fc.Arbitrary<Values> {
  return fc.integer({ min: 2, max: 6 }).chain((seats) =>
    fc.array(fc.array(fc.bigInt({ min: 0n, max: most }), { minLength: seats, maxLength: seats }), {
      minLength: 1,
      maxLength: 6,
    }),
  )
}

const swap = (row: readonly bigint[], a: number, b: number) => row.with(a, row[b]!).with(b, row[a]!)
const exchange = (seat: number, a: number, b: number) => (seat === a ? b : seat === b ? a : seat)

/** What every mode must satisfy. */
export function modeSpec(mode: Mode): void {
  describe(`mode ${mode.name}, as every mode`, () => {
    it('names at least one winner, rising, each a seat', () => {
      fc.assert(
        fc.property(tables(4n), (values) => {
          const { winners } = mode.judge(openedOf(values))
          expect(winners.length).toBeGreaterThan(0)
          expect(winners).toEqual([...new Set(winners)].toSorted((a, b) => a - b))
          for (const seat of winners) expect(seat >= 0 && seat < values[0]!.length).toBe(true)
        }),
      )
    })

    it('gives everything opened to exactly one seat', () => {
      fc.assert(
        fc.property(tables(4n), (values) => {
          const opened = openedOf(values)
          const { owners } = mode.judge(opened)
          expect(owners).toHaveLength(opened.openings.length)
          for (const seat of owners) expect(seat >= 0 && seat < opened.seats).toBe(true)
        }),
      )
    })

    it('breaks ties only between two or more seats, rising, and takes the answer', () => {
      fc.assert(
        fc.property(tables(1n), fc.nat(), (values, pick) => {
          const asked: number[][] = []
          const breakTie = (level: readonly number[]) => level[(asked.push([...level]), pick % level.length)]!
          const verdict = mode.judge(openedOf(values, breakTie))
          for (const level of asked) {
            expect(level.length).toBeGreaterThan(1)
            expect(level).toEqual([...new Set(level)].toSorted((a, b) => a - b))
            expect(verdict.winners).toContain(level[pick % level.length])
          }
        }),
      )
    })

    it('treats seats alike: when two seats swap what they opened and nothing is tied, they swap the outcome', () => {
      fc.assert(
        fc.property(tables(2n ** 40n), fc.nat(5), fc.nat(5), (values, x, y) => {
          const [a, b] = [x % values[0]!.length, y % values[0]!.length]
          const { totals } = openedOf(values)
          fc.pre(new Set(totals).size === totals.length)
          const before = mode.judge(openedOf(values))
          const after = mode.judge(openedOf(values.map((row) => swap(row, a, b))))
          expect(after.winners).toEqual(before.winners.map((seat) => exchange(seat, a, b)).toSorted((m, n) => m - n))
          expect(wonBy(after.owners)).toEqual(wonBy(before.owners.map((seat) => exchange(seat, a, b))))
        }),
      )
    })

    it('gives the same verdict again', () => {
      fc.assert(
        fc.property(tables(4n), (values) => {
          expect(mode.judge(openedOf(values))).toEqual(mode.judge(openedOf(values)))
        }),
      )
    })
  })
}

/** How many things each seat gets. */
function wonBy(owners: readonly number[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {}
  for (const seat of owners) counts[seat] = (counts[seat] ?? 0) + 1
  return counts
}

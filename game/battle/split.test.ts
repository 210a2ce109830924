import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { divide, equalShares } from './split.ts'

const worths = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 10n ** 6n })), {
  maxLength: 30,
})
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, each) => total + each, 0n)

describe('equal shares', () => {
  it('sum to the pot and differ by at most one, the larger ones first', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n }), fc.integer({ min: 1, max: 6 }), (pot, count) => {
        const shares = equalShares(pot, count)
        expect(sum(shares)).toBe(pot)
        expect(shares[0]! - shares.at(-1)! <= 1n).toBe(true)
        expect(shares).toEqual(shares.toSorted((a, b) => Number(b - a)))
      }),
    )
    expect(equalShares(101n, 3)).toEqual([34n, 34n, 33n])
  })
})

describe('dividing things into shares', () => {
  it('gives each exactly its share, in things and in what the house pays for the others', () => {
    fc.assert(
      fc.property(worths, fc.array(fc.nat(100), { minLength: 1, maxLength: 6 }), (things, percents) => {
        const pot = sum(things)
        const parts = percents.slice(1).map((percent) => (pot * BigInt(percent)) / BigInt(100 * percents.length))
        const shares = [pot - sum(parts), ...parts]
        const { owners, money } = divide(things, shares)
        const had = shares.map((_, to) => sum(things.filter((_thing, index) => owners[index] === to)))
        expect(had.map((each, to) => each + money[to]!)).toEqual(shares)
        expect(money.every((each) => each >= 0n)).toBe(true)
        expect(sum(money)).toBe(sum(things.filter((_thing, index) => owners[index] === null)))
      }),
    )
  })

  it('buys nothing when there is but one to get it', () => {
    fc.assert(
      fc.property(worths, (things) => {
        expect(divide(things, [sum(things)])).toEqual({ owners: things.map(() => 0), money: [0n] })
      }),
    )
  })

  it('deals from the dearest on to whoever lacks the most, the first of those alike, and buys what is too dear', () => {
    expect(divide([10n, 40n, 30n, 20n], [50n, 50n])).toEqual({ owners: [0, 0, 1, 1], money: [0n, 0n] })
    expect(divide([10n, 90n, 10n], [55n, 55n])).toEqual({ owners: [0, null, 1], money: [45n, 45n] })
    expect(divide([7n, 7n, 0n], [7n, 7n])).toEqual({ owners: [0, 1, 0], money: [0n, 0n] })
    expect(divide([100n], [30n, 70n])).toEqual({ owners: [null], money: [30n, 70n] })
  })
})

import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BoxContents } from '../../schema/box-admin.ts'
import { boxOf } from '../../schema/box-contents.ts'
import { expectedValue, rarities, weightSum, type Rarity } from '../../schema/box.ts'
import { prizeAt } from '../fairness/draw.ts'
import { houseEdgeOf, normalBelow } from './exact.ts'
import { issuesOf, returnOf, type Surroundings } from './fitness.ts'
import { checkpoints, drawInto, judge, newTally, note, prizeFinder } from './simulate.ts'

type Row = readonly [value: number, weight: number, rarity?: Rarity]

function contentsOf(price: number, rows: readonly Row[]): BoxContents {
  const prizes = rows.map(([value, weight, rarity = 'common'], i) => ({
    sku: `thing-${i}`,
    name: `Thing ${i}`,
    rarity,
    value: `${value}`,
    weight,
  }))
  return { name: 'Box', asset: 'play:CREDIT', price: `${price}`, prizes }
}

const boxFrom = (price: number, rows: readonly Row[]) => boxOf('box', 1, contentsOf(price, rows))
const around: Surroundings = { bounds: { min: 0.6, max: 0.98 }, items: new Map() }
const errorsOf = (contents: BoxContents, with_: Surroundings = around) =>
  issuesOf(contents, with_).flatMap(({ level, path }) => (level === 'error' ? [path] : []))

const anyBox = fc
  .record({
    price: fc.integer({ min: 1, max: 1_000_000 }),
    rows: fc.array(fc.tuple(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: 1, max: 100_000 })), {
      minLength: 1,
      maxLength: 40,
    }),
  })
  .map(({ price, rows }) => boxFrom(price, rows))

/** 32 uniform bytes a call, the same for the same key. */
function stream(key: number): () => DataView {
  const cipher = createCipheriv('aes-256-ctr', Buffer.alloc(32, key), Buffer.alloc(16))
  return () => {
    const bytes = cipher.update(Buffer.alloc(32))
    return new DataView(bytes.buffer, bytes.byteOffset, 32)
  }
}

describe('the house edge', () => {
  test('a box worked out by hand comes out so', () => {
    const edge = houseEdgeOf(
      boxFrom(100, [
        [50, 3],
        [200, 1, 'rare'],
      ]),
    )
    expect(edge.expectedValue).toEqual({ numerator: '175', denominator: '2' })
    expect(edge).toMatchObject({ returnToPlayer: 0.875, houseEdge: 0.125, worthwhile: 0.25 })
    expect(edge.deviation).toBeCloseTo(Math.sqrt(4218.75), 10)
    expect(edge.rarities.find(({ rarity }) => rarity === 'rare')).toMatchObject({ chance: 0.25 })
    expect(edge.houseLoses[0]!.chance).toBeCloseTo(normalBelow((-12.5 * 10) / Math.sqrt(4218.75)), 10)
    expect(edge.houseLoses.at(-1)!.chance).toBeLessThan(1e-9)
  })

  test('of any box the shares add up, and the fraction is the expected value', () => {
    fc.assert(
      fc.property(anyBox, (box) => {
        const edge = houseEdgeOf(box)
        const { numerator, denominator } = edge.expectedValue
        expect(BigInt(numerator) / BigInt(denominator)).toBe(expectedValue(box))
        for (const parts of [edge.prizes, edge.rarities])
          for (const of of ['chance', 'returned'] as const)
            expect(parts.reduce((sum, part) => sum + part[of], 0)).toBeCloseTo(1, 9)
        expect(edge.returnToPlayer + edge.houseEdge).toBeCloseTo(1, 6)
        expect(edge.rarities.map(({ rarity }) => rarity)).toEqual([...rarities])
      }),
    )
  })

  test('what always gives the same has no spread, and the house wins or loses for sure', () => {
    expect(houseEdgeOf(boxFrom(100, [[90, 1]])).houseLoses.every(({ chance }) => chance === 0)).toBe(true)
    expect(houseEdgeOf(boxFrom(100, [[110, 1]])).houseLoses.every(({ chance }) => chance === 1)).toBe(true)
  })

  test('values and weights at their largest keep their digits', () => {
    const { expectedValue: value, returnToPlayer } = houseEdgeOf(
      boxFrom(999_999_999, [
        [999_999_999, 2 ** 47],
        [1, 2 ** 47],
      ]),
    )
    expect(value).toEqual({ numerator: '500000000', denominator: '1' })
    expect(returnToPlayer).toBeCloseTo(0.5, 8)
  })
})

describe('a simulation', () => {
  test('finds the prize of any ticket where the real draw finds it', () => {
    fc.assert(
      fc.property(anyBox, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (box, place) => {
        const find = prizeFinder(box)
        const ends = box.prizes.map((_, i) => box.prizes.slice(0, i + 1).reduce((sum, { weight }) => sum + weight, 0))
        const tickets = [Math.floor(place * weightSum(box)), 0, ...ends.map((end) => end - 1), ...ends.slice(0, -1)]
        for (const ticket of tickets) expect(find(ticket)).toBe(prizeAt(box, BigInt(ticket)))
      }),
    )
  })

  test('agrees with the exact figures, gives the same again under the same seed, and shows its way there', () => {
    const box = boxFrom(100, [
      [20, 700],
      [150, 250, 'rare'],
      [900, 50, 'epic'],
    ])
    const run = (key: number) => {
      const tally = newTally(box)
      const next = stream(key)
      let drawn = 0
      for (const point of checkpoints(100_000)) {
        drawInto(tally, point - drawn, next)
        drawn = point
        note(tally)
      }
      return judge(tally)
    }
    const found = run(1)
    expect(found).toEqual(run(1))
    expect(found).toMatchObject({ agrees: true, draws: 100_000 })
    expect(found.returnToPlayer).not.toBe(run(2).returnToPlayer)
    expect(found.histogram.reduce((sum, { seen }) => sum + seen, 0)).toBeCloseTo(1, 9)
    expect(found.histogram.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo(1, 9)
    expect(found.running.map(({ draws }) => draws)).toEqual(checkpoints(100_000))
    expect(found.running.at(-1)!.high - found.running.at(-1)!.low).toBeLessThan(0.04)
  })

  test('draws that favour a prize do not agree', () => {
    const box = boxFrom(100, [
      [20, 500],
      [150, 500],
    ])
    const tally = newTally(box)
    const fair = stream(3)
    drawInto(tally, 20_000, fair)
    tally.counts[1]! += 1_000
    note(tally)
    const { agrees, sigmas, worst } = judge(tally)
    expect(agrees).toBe(false)
    expect(sigmas).toBeGreaterThan(5)
    expect(Math.abs(worst!.sigmas)).toBeGreaterThan(5)
  })

  test('its checkpoints rise to the last draw, however few there are', () => {
    for (const draws of [1, 99, 100, 101, 12_345, 10_000_000]) {
      const points = checkpoints(draws)
      expect(points.at(-1)).toBe(draws)
      expect(points).toEqual([...new Set(points)].toSorted((a, b) => a - b))
    }
  })
})

describe('what is fit to be published', () => {
  const good = contentsOf(100, [
    [50, 3],
    [200, 1],
  ])
  const changed = (change: Partial<BoxContents['prizes'][number]>): BoxContents => ({
    ...good,
    prizes: [{ ...good.prizes[0]!, ...change }, good.prizes[1]!],
  })

  test('a good box has no issues', () => {
    expect(issuesOf(good, around)).toEqual([])
    expect(returnOf(good)).toBe(0.875)
  })

  test.each([
    ['no name', { ...good, name: ' ' }, 'name'],
    ['a price of nothing', { ...good, price: '0' }, 'price'],
    ['one prize', { ...good, prizes: good.prizes.slice(0, 1) }, 'prizes'],
    ['a weight of 0', changed({ weight: 0 }), 'prizes.0.weight'],
    ['a value of 0', changed({ value: '0' }), 'prizes.0.value'],
    ['a prize without a name', changed({ name: '' }), 'prizes.0.name'],
    ['an item that no asset can be called', changed({ sku: 'a b' }), 'prizes.0.sku'],
    ['the same item twice', changed({ sku: 'thing-1' }), 'prizes.1.sku'],
    ['a stock of none', changed({ stock: '0' }), 'prizes.0.stock'],
    ['weights past what is drawn from', changed({ weight: 2 ** 48 }), 'prizes'],
    ['too much that comes back', changed({ value: '90' }), ''],
    ['too little that comes back', changed({ value: '1' }), ''],
  ])('%s is an error', (_what, contents, path) => expect(errorsOf(contents)).toContain(path))

  test('another value elsewhere is a warning; a limit that cannot be had any more is an error', () => {
    const known = (item: object): Surroundings => ({ ...around, items: new Map([['thing-0', item]]) })
    const elsewhere = { box: 'other', value: 70n }
    expect(issuesOf(good, known({ elsewhere }))).toMatchObject([{ level: 'warning', path: 'prizes.0.value' }])
    expect(issuesOf(good, known({ elsewhere: { ...elsewhere, value: 50n } }))).toEqual([])
    expect(errorsOf(changed({ stock: '5' }), known({ limit: null }))).toEqual(['prizes.0.stock'])
    expect(errorsOf(changed({ stock: '5' }), known({ limit: 6n }))).toEqual(['prizes.0.stock'])
    expect(errorsOf(changed({ stock: '5' }), known({ limit: 5n }))).toEqual([])
    expect(errorsOf(changed({ stock: '5' }))).toEqual([])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { drawBelow, drawWords, prizeAt } from './draw.ts'
import { encodeLine, lengthPrefixed, u32, type DrawLine } from './line.ts'
import { botSeed, hashSeed } from './seed.ts'

const line: DrawLine = {
  battle: 'battle',
  mode: 'standard',
  clientSeeds: ['0a'.repeat(32), '0b'.repeat(32)],
  entropy: '0c'.repeat(32),
  round: 0,
  seat: 0,
  draw: 0,
}
const seed = '0d'.repeat(32)
/** Half of all words are rejected: the least even division there is. */
const WORST = 2n ** 63n + 1n

describe('drawing below n', () => {
  it('stays below n and comes to the same again', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n }), fc.nat(), (n, round) => {
        const drawn = drawBelow(seed, { ...line, round }, n)
        expect(drawn >= 0n && drawn < n).toBe(true)
        expect(drawBelow(seed, { ...line, round }, n)).toBe(drawn)
      }),
    )
  })

  it('takes the first word below the bound, from as many blocks as it needs', () => {
    let blocks = 0
    for (let round = 0; round < 200; round++) {
      const words = [0, 1, 2, 3, 4, 5].flatMap((block) => drawWords(seed, { ...line, round }, block))
      const index = words.findIndex((word) => word < WORST)
      expect(drawBelow(seed, { ...line, round }, WORST)).toBe(words[index])
      blocks = Math.max(blocks, Math.floor(index / 4) + 1)
    }
    expect(blocks).toBeGreaterThan(1)
  })

  it('refuses an n that 64 bits cannot serve', () => {
    for (const n of [0n, -1n, 2n ** 64n + 1n]) expect(() => drawBelow(seed, line, n)).toThrow(RangeError)
  })
})

describe('choosing a prize', () => {
  const weights = [3, 1, 2]
  const prizes = weights.map((weight, i) => ({
    sku: `p${i}`,
    name: '',
    rarity: 'common' as const,
    value: toAmount(1n),
    weight,
  }))
  const box = { id: 'b', version: 1, name: 'B', asset: PLAY_CREDIT, price: toAmount(1n), prizes }

  it('counts weights in the order of the prizes', () => {
    expect([0n, 1n, 2n, 3n, 4n, 5n].map((ticket) => prizeAt(box, ticket))).toEqual([0, 0, 0, 1, 2, 2])
  })

  it('refuses a ticket past the last weight', () => {
    expect(() => prizeAt(box, 6n)).toThrow(RangeError)
  })
})

describe('the line', () => {
  it('differs wherever a field differs, also where bytes move from one field to the next', () => {
    const fields = fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 4 })
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const same = JSON.stringify(a.map((each) => [...each])) === JSON.stringify(b.map((each) => [...each]))
        expect(lengthPrefixed(a).join() === lengthPrefixed(b).join()).toBe(same)
      }),
    )
  })

  it('differs for every round, seat, draw and block', () => {
    const lines = [line, { ...line, round: 1 }, { ...line, seat: 1 }, { ...line, draw: 1 }]
    const encoded = lines.flatMap((each) => [0, 1].map((block) => encodeLine(each, block).join()))
    expect(new Set(encoded).size).toBe(8)
  })

  it('counts in whole numbers of 32 bits only', () => {
    expect([...u32(0x01020304)]).toEqual([1, 2, 3, 4])
    expect([...u32(0xffff_ffff)]).toEqual([255, 255, 255, 255])
    for (const value of [-1, 1.5, 2 ** 32]) expect(() => u32(value)).toThrow(RangeError)
  })
})

describe('seeds', () => {
  it('of servers are 64 lower-case hex digits', () => {
    for (const text of ['', 'AB'.repeat(32), '0d'.repeat(31)]) expect(() => hashSeed(text)).toThrow(RangeError)
  })

  it('of bots differ by battle and seat', () => {
    expect(new Set([botSeed('a', 0), botSeed('a', 1), botSeed('b', 0)]).size).toBe(3)
  })
})

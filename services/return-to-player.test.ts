import { expect, test } from 'vitest'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import type { Box } from '../schema/box.ts'
import { returnedOf } from './return-to-player.ts'

const prize = (sku: string, value: bigint, weight: number) => ({
  sku,
  name: sku,
  rarity: 'common' as const,
  value: toAmount(value),
  weight,
})
/** 100 a time: 150 or 30, as often each. On average 90, with a deviation of 60. */
const coin: Box = {
  id: 'coin',
  version: 1,
  name: 'Coin',
  asset: PLAY_CREDIT,
  price: toAmount(100n),
  prizes: [prize('a', 150n, 1), prize('b', 30n, 1)],
}
const sure: Box = { ...coin, id: 'sure', prizes: [prize('c', 80n, 3)] }
const opened = (box: Box | undefined, openings: number, won: bigint) => ({
  box,
  figures: { openings, paid: BigInt(openings) * 100n, won },
})

test('the band is what the exact odds allow, narrower with every opening', () => {
  const few = returnedOf([opened(coin, 100, 9_000n)])
  expect(few).toMatchObject({ returnToPlayer: 0.9, expected: 0.9, outside: false })
  expect(few.high! - few.expected!).toBeCloseTo((1.959964 * 60) / Math.sqrt(100) / 100, 6)
  const many = returnedOf([opened(coin, 10_000, 900_000n)])
  expect(many.high! - many.expected!).toBeCloseTo((few.high! - few.expected!) / 10, 6)
})

test('what lies outside of it is told, on either side', () => {
  expect(returnedOf([opened(coin, 10_000, 915_000n)]).outside).toBe(true)
  expect(returnedOf([opened(coin, 10_000, 885_000n)]).outside).toBe(true)
  expect(returnedOf([opened(coin, 10_000, 911_000n)]).outside).toBe(false)
  expect(returnedOf([opened(sure, 7, 560n)])).toMatchObject({ expected: 0.8, low: 0.8, high: 0.8, outside: false })
  expect(returnedOf([opened(sure, 7, 561n)]).outside).toBe(true)
})

test('of fair openings about one in twenty lies outside', () => {
  let outside = 0
  let state = 42
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31
  for (let run = 0; run < 2000; run++) {
    let won = 0n
    for (let n = 0; n < 50; n++) won += next() < 0.5 ? 150n : 30n
    if (returnedOf([opened(coin, 50, won)]).outside) outside++
  }
  expect(outside / 2000).toBeGreaterThan(0.02)
  expect(outside / 2000).toBeLessThan(0.08)
})

test('several versions are weighed by how often each was opened, and with one unknown nothing is said', () => {
  const mixed = [opened(coin, 300, 27_000n), opened(sure, 100, 8_000n)]
  expect(returnedOf(mixed)).toMatchObject({ openings: 400, returnToPlayer: 0.875, expected: 0.875, outside: false })
  expect(returnedOf([...mixed, opened(undefined, 1, 5n)])).toMatchObject({ expected: null, low: null, outside: false })
  expect(returnedOf([])).toMatchObject({ returnToPlayer: null, expected: null, outside: false })
})

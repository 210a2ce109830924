import { expect, test } from 'vitest'
import { drawFaults } from './bridge-faults.ts'
import { Random } from './random.ts'

const seeds = Array.from({ length: 50 }, (_, seed) => seed)

test('faults follow from the seed, begin between send and commit, and are all there before one comes again', () => {
  for (const seed of seeds) {
    const drawn = drawFaults(new Random(seed), 20)
    expect(drawn).toEqual(drawFaults(new Random(seed), 20))
    expect(drawn).toHaveLength(20)
    expect(drawn[0]).toBe('sent')
    expect(new Set(drawn.slice(0, 10)).size).toBe(10)
    expect(new Set(drawn.slice(10, 20)).size).toBe(10)
  }
  expect(new Set(seeds.map((seed) => drawFaults(new Random(seed), 2)[1])).size).toBe(9)
})

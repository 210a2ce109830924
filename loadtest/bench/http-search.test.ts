import fc from 'fast-check'
import { expect, test } from 'vitest'
import { highestRate } from './http-search.ts'

test('finds what a server holds, from above and from below, as exactly as it may try', async () => {
  const scenario = fc.record({ holds: fc.integer({ min: 20, max: 20_000 }), from: fc.integer({ min: 100, max: 2000 }) })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ holds, from }) => {
      const found = await highestRate({ from, tries: 12 }, async (per_s) => per_s <= holds)
      expect(found).toBeLessThanOrEqual(holds)
      expect(found).toBeGreaterThanOrEqual(holds - 30)
    }),
  )
})

test('is 0 where nothing holds', async () => {
  expect(await highestRate({ from: 1000, tries: 3 }, async () => false)).toBe(0)
})

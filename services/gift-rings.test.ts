import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Given } from '../schema/analytics.ts'
import { toAsset } from '../schema/asset.ts'
import { circles, oneSided } from './gift-rings.ts'

const flow = (user: string, other: string, given: bigint, back = 0n, asset = 'USD'): Given => ({
  user,
  other,
  asset: toAsset(asset),
  gifts: 1,
  given,
  back,
  last_ms: 0,
})

test('who gives five times what comes back gives one-sidedly, and a fair trade is none', () => {
  const flows = [flow('a', 'b', 500n, 100n), flow('a', 'c', 499n, 100n), flow('a', 'd', 9n)]
  expect(oneSided(flows).map(({ other }) => other)).toEqual(['b', 'd'])
})

test('a circle of three or four is found once, with what went all the way round', () => {
  const three = [flow('b', 'c', 70n, 20n), flow('a', 'b', 100n), flow('c', 'a', 60n)]
  expect(circles(three)).toEqual([{ asset: 'USD', users: ['a', 'b', 'c'], least: 50n }])
  const four = [flow('a', 'b', 9n), flow('b', 'd', 9n), flow('d', 'c', 8n), flow('c', 'a', 9n)]
  expect(circles(four)).toEqual([{ asset: 'USD', users: ['a', 'b', 'd', 'c'], least: 8n }])
  const euros = four.map((each) => Object.assign({}, each, { asset: toAsset('EUR') }))
  expect(circles([...three, ...euros]).map((c) => c.least)).toEqual([50n, 8n])
})

test('chains, pairs, fans and circles through different moneys are none', () => {
  expect(circles([flow('a', 'b', 9n), flow('b', 'c', 9n), flow('c', 'd', 9n)])).toEqual([])
  expect(circles([flow('a', 'b', 9n, 8n), flow('b', 'a', 8n, 9n)])).toEqual([])
  expect(circles([flow('a', 'b', 9n), flow('a', 'c', 9n), flow('c', 'b', 9n)])).toEqual([])
  expect(circles([flow('a', 'b', 9n), flow('b', 'c', 9n), flow('c', 'a', 9n, 0n, 'EUR')])).toEqual([])
})

test('every circle that is found goes round, and no two are the same', () => {
  const users = ['a', 'b', 'c', 'd', 'e', 'f']
  const edge = fc.tuple(fc.constantFrom(...users), fc.constantFrom(...users)).filter(([a, b]) => a !== b)
  fc.assert(
    fc.property(fc.uniqueArray(edge, { selector: ([a, b]) => a + b, maxLength: 20 }), (edges) => {
      const found = circles(edges.map(([a, b]) => flow(a, b, 5n)))
      const known = new Set(edges.map(([a, b]) => a + b))
      for (const { users: round } of found) {
        expect(round.length === 3 || round.length === 4).toBe(true)
        expect(round.every((user, i) => known.has(user + round[(i + 1) % round.length]!))).toBe(true)
      }
      expect(new Set(found.map(({ users: round }) => round.join(''))).size).toBe(found.length)
    }),
  )
})

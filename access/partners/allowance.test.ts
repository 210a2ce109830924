import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Allowance } from './allowance.ts'

test('an allowance lets through in any minute no more than one amount beyond an even flow', () => {
  const pace = { amount: 60, period_ms: 60_000 }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 }), (waits) => {
      const allowance = new Allowance()
      const taken: number[] = []
      let now_ms = 1_000_000
      for (const wait_ms of waits) {
        now_ms += wait_ms
        if (allowance.take(1, pace, now_ms) === 0) taken.push(now_ms)
      }
      for (const from of taken)
        expect(taken.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(120)
    }),
  )
  const allowance = new Allowance()
  for (let i = 0; i < 60; i++) expect(allowance.take(1, pace, 5)).toBe(0)
  expect(allowance.take(1, pace, 5)).toBe(1_000)
  expect(allowance.take(1, pace, 1_005)).toBe(0)
})

test('an allowance lets more than a whole amount through in one piece, and makes up for it afterwards', () => {
  const pace = { amount: 10, period_ms: 1_000 }
  const allowance = new Allowance()
  expect(allowance.take(25, pace, 0)).toBe(0)
  expect(allowance.take(1, pace, 1_000)).toBe(600)
})

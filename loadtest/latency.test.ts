import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Latency } from './latency.ts'

function latencyOf(values: readonly number[]): Latency {
  const latency = new Latency()
  for (const value of values) latency.add(value)
  return latency
}

test('percentiles are measured values: 1 … 100 give 50, 95 and 99', () => {
  const summary = latencyOf(Array.from({ length: 100 }, (_, i) => 100 - i)).summary('join')
  expect(summary).toEqual({ join_p50_ms: 50, join_p95_ms: 95, join_p99_ms: 99 })
})

test('with nothing measured there is no percentile', () => {
  expect(latencyOf([]).percentile(0.5)).toBeNull()
})

test('at least the given share does not exceed the percentile', () => {
  const values = fc.array(fc.nat(10_000), { minLength: 1 })
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
      const bound = latencyOf(all).percentile(share)!
      expect(all.filter((value) => value <= bound).length).toBeGreaterThanOrEqual(share * all.length)
    }),
  )
})

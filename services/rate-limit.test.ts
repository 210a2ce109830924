import { expect, test } from 'vitest'
import { RollingDropError } from '../schema/errors.ts'
import { createRateLimit } from './rate-limit.ts'

test('a limit lets its number through at once, then one an interval, and says how long to wait', () => {
  let now = 1_000_000
  const limit = createRateLimit({ perMinute: 60, clock: () => now })
  for (let i = 0; i < 60; i++) limit.take('a')
  expect(() => limit.take('a')).toThrow(RollingDropError)
  expect(() => limit.take('b')).not.toThrow()
  now += 1000
  limit.take('a')
  expect(() => limit.take('a')).toThrow(expect.objectContaining({ details: { retryAfter_s: 1 } }))
  now += 60_000
  for (let i = 0; i < 60; i++) limit.take('a')
})

test('the memory of a limit is bounded', () => {
  let now = 0
  const limit = createRateLimit({ perMinute: 1, clock: () => now, keysMax: 3 })
  for (const key of ['a', 'b', 'c']) limit.take(key)
  expect(() => limit.take('a')).toThrow(RollingDropError)
  limit.take('d')
  expect(() => limit.take('d')).toThrow(RollingDropError)
  expect(() => limit.take('a')).not.toThrow()
  now += 60_001
  for (const key of ['a', 'b', 'c', 'd']) limit.take(key)
})

import { expect, test } from 'vitest'
import { RollingDropError } from '../schema/errors.ts'
import { clientAddressFinder } from './client-address.ts'
import { createRateLimit } from './rate-limit.ts'

test('without trusted proxies the socket says who it is, whatever the header claims', () => {
  const find = clientAddressFinder([])
  expect(find({ socket: '::ffff:198.51.100.7', forwardedFor: '203.0.113.9' })).toBe('198.51.100.7')
  expect(find({ socket: undefined, forwardedFor: '203.0.113.9' })).toBe('')
})

test('a trusted proxy is believed for the hop before it, and no further', () => {
  const find = clientAddressFinder(['10.0.0.0/8', '2001:db8::1'])
  expect(find({ socket: '10.1.2.3', forwardedFor: '203.0.113.9' })).toBe('203.0.113.9')
  expect(find({ socket: '10.1.2.3', forwardedFor: '1.1.1.1, 203.0.113.9, 10.9.9.9' })).toBe('203.0.113.9')
  expect(find({ socket: '2001:db8::1', forwardedFor: '2001:db8::5' })).toBe('2001:db8::5')
  expect(find({ socket: '10.1.2.3', forwardedFor: 'unknown' })).toBe('10.1.2.3')
  expect(find({ socket: '198.51.100.7', forwardedFor: '203.0.113.9' })).toBe('198.51.100.7')
})

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

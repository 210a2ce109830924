import { expect, test } from 'vitest'
import { clientAddressFinder } from './client-address.ts'

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

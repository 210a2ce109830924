import { describe, expect, test } from 'vitest'
import { isLoopback, isPublic } from './public-address.ts'

describe('an address that may be called', () => {
  test.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:1.1.1.1', '172.32.0.1', '192.169.0.1'])(
    '%s is public',
    (address) => expect(isPublic(address)).toBe(true),
  )

  test.each([
    ['this machine', ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '0.0.0.0', '::']],
    ['a private network', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12::1']],
    ['a link, and with it the clouds metadata', ['169.254.169.254', 'fe80::1', '::ffff:a9fe:a9fe']],
    ['a carrier', ['100.64.0.1', '100.127.255.255']],
    ['many at once', ['224.0.0.1', 'ff02::1', '255.255.255.255']],
    ['nobody', ['240.0.0.1', '198.18.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '192.0.0.1']],
    [
      'an IPv4 address within another',
      ['64:ff9b::7f00:1', '64:ff9b::a00:1', '2002:7f00:1::', '::7f00:1', '2001:0:4136:e378::1', '64:ff9b:1::a00:1'],
    ],
    ['no address at all', ['', 'localhost', 'example.com', '1.2.3', '999.1.1.1']],
  ])('what belongs to %s is not', (_whom, addresses) => {
    for (const address of addresses) expect(isPublic(address), address).toBe(false)
  })

  test('loopback is known in all its spellings', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true)
    expect(['10.0.0.1', '0.0.0.0', 'localhost'].some(isLoopback)).toBe(false)
  })
})

import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { hasRedis, startRedis } from './redis.ts'

describe.skipIf(!hasRedis)('the tests’ Redis', () => {
  test('answers on a port of its own and ends when told to', async () => {
    const [one, other] = await Promise.all([startRedis(), startRedis()])
    const client = new Redis(one.url)
    await client.set('key', 'value')
    expect(await client.get('key')).toBe('value')
    expect(one.url).not.toBe(other.url)
    client.disconnect()
    await Promise.all([one.stop(), other.stop()])
  })
})

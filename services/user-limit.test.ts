import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { RollingDropError } from '../schema/errors.ts'
import { hasRedis, startRedis, type TestRedis } from '../test/redis.ts'
import { createUserLimit, type UserLimit } from './user-limit.ts'

const failed: unknown[] = []

function open(redisUrl: string, perMinute: number): UserLimit {
  const limit = createUserLimit({ perMinute, redisUrl, lineage: 'l', failed: (error) => failed.push(error) })
  onTestFinished(() => limit.close())
  return limit
}

/** How many of so many requests, all at once, are let through. */
async function passed(limit: UserLimit, user: string, requests: number): Promise<number> {
  const answers = Array.from({ length: requests }, async () => limit.take(user))
  const settled = await Promise.allSettled(answers)
  for (const each of settled)
    if (each.status === 'rejected') expect((each.reason as RollingDropError).code).toBe('request/too-many')
  return settled.filter(({ status }) => status === 'fulfilled').length
}

describe('alone', () => {
  test('a user gets as many as are allowed, and everyone else theirs', async () => {
    const limit = open('', 100)
    expect(await passed(limit, 'ann', 300)).toBe(100)
    expect(await passed(limit, 'bob', 100)).toBe(100)
  })

  test('says what is left and when there is more', async () => {
    const limit = open('', 2)
    expect(await limit.take('ann')).toEqual({ limit: 2, left: 1, reset_s: 60 })
    expect(await limit.take('ann')).toMatchObject({ left: 0 })
    await expect(limit.take('ann')).rejects.toMatchObject({ details: { retryAfter_s: 60 } })
  })
})

describe.skipIf(!hasRedis)('over all nodes', () => {
  let redis: TestRedis
  beforeAll(async () => void (redis = await startRedis()))
  afterAll(() => redis.stop())

  /** Nodes that reach Redis. */
  async function openAll(count: number, perMinute: number): Promise<UserLimit[]> {
    const limits = Array.from({ length: count }, () => open(redis.url, perMinute))
    // Each says something on one account until all of them count together.
    const probe = `probe-${Math.random()}`
    await vi.waitFor(async () => {
      for (const limit of limits) await limit.take(probe)
      const lefts = await Promise.all(limits.map(async (limit) => (await limit.take(probe)).left))
      expect(new Set(lefts).size).toBe(lefts.length)
    })
    return limits
  }

  test('a user gets the limit once, not once a node', async () => {
    const limits = await openAll(3, 1000)
    let total = 0
    // What a person could do at most: a hundred at a time on each node.
    for (let n = 0; n < 10; n++)
      total += (await Promise.all(limits.map((limit) => passed(limit, 'cat', 100)))).reduce((a, b) => a + b)
    expect(total).toBeGreaterThanOrEqual(1000)
    expect(total).toBeLessThanOrEqual(1060)
    for (const limit of limits) await expect(async () => limit.take('cat')).rejects.toThrow()
  })

  test('far from the limit nobody waits for Redis', async () => {
    const [limit] = await openAll(1, 1000)
    expect(limit!.take('dan')).not.toBeInstanceOf(Promise)
    expect(limit!.take('dan')).toMatchObject({ limit: 1000, left: 998 })
  })

  test('what one node has let through the others hear of by themselves', async () => {
    const [one, other] = await openAll(2, 1000)
    for (let n = 0; n < 20; n++) await one!.take('eve')
    await vi.waitFor(async () => {
      const { left } = await other!.take('eve')
      expect(left).toBeLessThan(980)
    })
  })

  test('while Redis is away each node counts by itself, and says so once', async () => {
    const away = await startRedis()
    const limit = open(away.url, 50)
    await vi.waitFor(async () => expect(limit.take('fay')).toBeInstanceOf(Promise))
    failed.length = 0
    await away.stop()
    await vi.waitFor(() => expect(failed.length).toBeGreaterThan(0))
    expect(await passed(limit, 'gus', 200)).toBe(50)
    expect(failed).toHaveLength(1)
  })

  test('a Redis that does not answer holds nobody up for long', async () => {
    const frozen = await startRedis()
    onTestFinished(() => frozen.stop())
    const limit = open(frozen.url, 3)
    await vi.waitFor(async () => expect((await limit.take('ivy')).left).toBeLessThan(2))
    const operator = new Redis(frozen.url)
    onTestFinished(() => operator.disconnect())
    await operator.call('CLIENT', 'PAUSE', '10000', 'ALL')
    const begun_ms = performance.now()
    expect(await passed(limit, 'joe', 10)).toBe(3)
    expect(performance.now() - begun_ms).toBeLessThan(2000)
  })
})

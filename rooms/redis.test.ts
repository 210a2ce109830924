import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Redis } from 'ioredis'
import { clientSeed, openTestRooms, type TestRooms } from '../test/rooms.ts'
import { hasRedis, startRedis, type TestRedis } from '../test/redis.ts'

describe.skipIf(!hasRedis)('a node that shares Redis with others', () => {
  let redis: TestRedis
  let node: TestRooms & { close(): Promise<void> }
  let client: Redis
  beforeAll(async () => {
    redis = await startRedis()
    client = new Redis(redis.url)
    client.on('error', () => {}) // It is stopped in between.
    node = await openTestRooms({ redisUrl: redis.url, publicAddress: 'node.example:8080/n1' })
  })
  afterAll(async () => {
    await node.close()
    client.disconnect()
    await redis.stop()
  })

  test('lists its rooms there under its address, and plays battles as if alone', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const id = await node.battle(ann)
    const seat = (await (await node.seat('battle', id)).json()) as { roomId: string; publicAddress: string }
    expect(seat).toMatchObject({ roomId: `battle-${id}-1`, publicAddress: 'node.example:8080/n1' })
    expect(await client.hkeys('roomcaches')).toContain(seat.roomId)
    const player = await node.join('battle', id, bob.token)
    expect(await player.ask('join', { seat: 1, clientSeed: clientSeed() })).toMatchObject({ ok: true })
    await vi.waitFor(() => expect(player.room.state.phase).toBe('settled'), { timeout: 10_000, interval: 10 })
  })

  test('goes on without it, also with battles that begin meanwhile, and is listed anew when it is back', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const before = await node.battle(ann)
    const watcher = await node.join('battle', before)
    await redis.stop()
    const began = performance.now()
    const id = await node.battle(ann)
    const player = await node.join('battle', id, bob.token)
    expect(await player.ask('join', { seat: 1, clientSeed: clientSeed() })).toMatchObject({ ok: true })
    expect(performance.now() - began).toBeLessThan(2_000)
    await vi.waitFor(() => expect(player.room.state.phase).toBe('settled'), { timeout: 10_000, interval: 10 })
    expect(watcher.isOpen()).toBe(true)
    redis = await startRedis(Number(new URL(redis.url).port))
    const listed = [before, id].map((battle) => `battle-${battle}-1`)
    await vi.waitFor(async () => expect(await client.hkeys('roomcaches')).toEqual(expect.arrayContaining(listed)), {
      timeout: 5_000,
      interval: 50,
    })
  })
})

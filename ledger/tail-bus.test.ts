import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { freePort } from '../embedded/free-port.ts'
import { digestOf } from '../schema/digest.ts'
import type { CommittedEvent } from '../schema/event.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { hasRedis, startRedis, type TestRedis } from '../test/redis.ts'
import { openLedger, type OpenLedger } from './open.ts'
import { TailBus } from './tail-bus.ts'
import { LedgerTail } from './tail.ts'

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 5 })

function eventAt(seq: bigint): CommittedEvent {
  return {
    seq,
    type: 'battle.started',
    audience: 'public',
    tenant: 'main',
    actor: `battle-${seq}`,
    user: null,
    outcome: uuidv7(),
    at_ms: 1_790_000_000_123,
    payload: { battle: `${seq}`, entropy: { source: 'chain:1', round: 7, due_ms: 1_790_000_000_999 } },
  }
}

/** The events with these seqs, one after the other. */
const run = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => eventAt(BigInt(first + i)))

describe.skipIf(!hasRedis)('the way over Redis', () => {
  let redis: TestRedis
  let port: number
  beforeAll(async () => {
    port = await freePort()
    redis = await startRedis(port)
  })
  afterAll(() => redis.stop())

  describe('between two tails', () => {
    const problems: unknown[] = []
    const buses: TailBus[] = []
    let told: CommittedEvent[]
    let one: TailBus
    let other: TailBus
    let tail: LedgerTail

    beforeEach(async () => {
      const failed = (error: unknown) => void problems.push(error)
      problems.length = 0
      told = []
      // Its database never answers: whatever it tells came over Redis.
      const reader = { events: () => new Promise<never>(() => {}) } as never
      tail = new LedgerTail({ lineage: 'one', seq: 0n, reader, ring_max: 100, failed })
      tail.subscribe((events) => void told.push(...events))
      const options = { redisUrl: redis.url, lineage: 'one', failed }
      one = new TailBus({ ...options, offer: () => {} })
      other = new TailBus({ ...options, offer: (events) => tail.offer(events) })
      buses.push(one, other)
      await until(() => expect([one.connected, other.connected]).toEqual([true, true]))
      return () => {
        tail.close()
        for (const bus of buses.splice(0)) bus.close()
      }
    })

    test('what one has committed is told by the other, every field as it was', async () => {
      const events = run(1, 3)
      one.publish(events)
      await until(() => expect(told).toEqual(events))
    })

    test('runs that overtake each other or come twice are told once, in order', async () => {
      for (const [first, last] of [
        [5, 6],
        [3, 4],
        [5, 6],
        [1, 2],
        [2, 5],
        [7, 7],
      ] as const)
        one.publish(run(first, last))
      await until(() => expect(told.map(({ seq }) => seq)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n]))
    })

    test('what is lost on the way holds back what follows it', async () => {
      one.publish(run(2, 3))
      one.publish(run(6, 6))
      one.publish(run(1, 1))
      await until(() => expect(told.map(({ seq }) => seq)).toEqual([1n, 2n, 3n]))
    })

    test('a node does not hear itself, nor a node of another history', async () => {
      const heard = vi.fn()
      const self = new TailBus({ redisUrl: redis.url, lineage: 'one', offer: heard, failed: () => {} })
      const stranger = new TailBus({ redisUrl: redis.url, lineage: 'two', offer: heard, failed: () => {} })
      buses.push(self, stranger)
      await until(() => expect([self.connected, stranger.connected]).toEqual([true, true]))
      stranger.publish(run(1, 9))
      self.publish(run(1, 2))
      await until(() => expect(told).toHaveLength(2))
      expect(heard).not.toHaveBeenCalled()
    })

    test('a message that is none of ours is told as a problem and harms nothing', async () => {
      const client = new Redis(redis.url)
      const junk = [Buffer.from('junk'), Buffer.from([0x92, 0xa1, 0x61, 0xc0]), Buffer.alloc(0)]
      for (const message of junk) await client.publish('rollingdrop:tail:one', message)
      client.disconnect()
      await until(() => expect(problems).toHaveLength(2 * junk.length))
      one.publish(run(1, 1))
      await until(() => expect(told).toHaveLength(1))
    })
  })

  describe('of two nodes', () => {
    let database: TestDatabase
    let nodes: OpenLedger[]
    const problems: unknown[] = []
    beforeAll(async () => {
      database = await createDatabase()
      const failed = (error: unknown) => void problems.push(error)
      const open = () => openLedger({ databaseUrl: database.url, redisUrl: redis.url, failed })
      nodes = await Promise.all([open(), open()])
    })
    afterAll(async () => {
      await Promise.all(nodes.map((node) => node.close()))
      await database.drop()
    })

    const commit = (node: OpenLedger) => {
      const id = uuidv7()
      const told = {
        kind: 'test',
        tenant: 'main',
        transfers: [],
        events: [{ type: 'money.moved', payload: { id } }],
      } as const
      return node.ledger.commit({ id, request: digestOf({ id }), ...told })
    }

    test('every event is told by both in order, once, while Redis is killed, restarted and cut off', async () => {
      const seen = nodes.map(({ tail }) => {
        const seqs: bigint[] = []
        tail.subscribe((events) => void seqs.push(...events.map(({ seq }) => seq)))
        return { from: tail.seq, seqs }
      })
      const both = async (count: number) => {
        for (let i = 0; i < count; i++) await Promise.all(nodes.map(commit))
      }
      await both(20)
      await redis.stop()
      await both(20)
      redis = await startRedis(port)
      const client = new Redis(redis.url)
      const writing = both(60)
      for (let i = 0; i < 10; i++)
        await client.call('CLIENT', 'KILL', 'TYPE', i % 2 ? 'normal' : 'pubsub', 'SKIPME', 'yes')
      client.disconnect()
      await writing
      await both(20)
      const { seq } = await nodes[0]!.ledger.reader.head()
      await until(() => expect(nodes.map(({ tail }) => tail.seq)).toEqual([seq, seq]))
      for (const { from, seqs } of seen)
        expect(seqs).toEqual(Array.from({ length: Number(seq - from) }, (_, i) => from + 1n + BigInt(i)))
    })
  })
})

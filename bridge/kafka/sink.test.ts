import { randomBytes } from 'node:crypto'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import pg from 'pg'
import type { CommittedEvent } from '../../schema/event.ts'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { kafka } from '../../test/services/kafka.ts'
import { hasKcat, readWithKcat } from '../../test/services/kcat.ts'
import { hasService, sharedService } from '../../test/services/shared.ts'
import { eventsOf, LINEAGE, sinkSpec } from '../sink-spec.ts'
import { SinkStopped } from '../sink.ts'
import { connectKafka } from './client.ts'
import { KafkaSink, type KafkaOptions } from './sink.ts'

const canRun = hasService(kafka) && hasKcat()
const floor = (seq: bigint) => ({ lineage: LINEAGE, seq })

let brokers: string
let database: TestDatabase
let pool: pg.Pool
beforeAll(async () => {
  if (!canRun) return
  ;[brokers, database] = await Promise.all([sharedService(kafka), createDatabase()])
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

function optionsOf(prefix: string, changed: Partial<KafkaOptions> = {}): KafkaOptions {
  return {
    brokers: [brokers],
    ssl: false,
    sasl: undefined,
    prefix,
    replicas: 0,
    transaction_ms: 10_000,
    registryUrl: '',
    region: 'test',
    partners: () => Promise.resolve([]),
    pool,
    log: { warn: () => {} },
    ...changed,
  }
}

const newPrefix = () => `t${randomBytes(4).toString('hex')}.`
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i))

/** Seqs in a topic, in the order of seq; throws where a partition does not have them in order, or one twice. */
async function seqsIn(topic: string): Promise<readonly bigint[]> {
  const shown = await readWithKcat(brokers, topic)
  for (const [i, { partition, headers }] of shown.entries()) {
    const before = shown[i - 1]
    if (before?.partition === partition) expect(BigInt(headers['seq']!)).toBeGreaterThan(BigInt(before.headers['seq']!))
  }
  return shown.map(({ headers }) => BigInt(headers['seq']!)).toSorted((a, b) => Number(a - b))
}

/** Sends as a relay does that is killed between send and commit. */
async function leaveTransaction(prefix: string, events: readonly CommittedEvent[]): Promise<void> {
  const id = `${prefix}rollingdrop-relay`
  const producer = connectKafka(optionsOf(prefix), true).producer({ transactionalId: id, idempotent: true })
  await producer.connect()
  const transaction = await producer.transaction()
  const messages = events.map(({ seq }) => ({ key: 'k', value: 'torn', headers: { seq: `${seq}`, previous: '0' } }))
  await transaction.send({ topic: `${prefix}transaction-events`, messages })
  await producer.disconnect()
}

describe.skipIf(!canRun)('Kafka', () => {
  sinkSpec('kafka', async () => {
    const prefix = newPrefix()
    return {
      sink: () => new KafkaSink(optionsOf(prefix)),
      seqs: () => seqsIn(`${prefix}transaction-events`),
      tear: (events) => leaveTransaction(prefix, events),
      remove: () => Promise.resolve(),
    }
  })

  test('a sink that another one has followed writes nothing more, and says why', async () => {
    const prefix = newPrefix()
    const [old, next] = [new KafkaSink(optionsOf(prefix)), new KafkaSink(optionsOf(prefix))]
    await old.open(floor(0n))
    await old.write(eventsOf(1, 3), 3n)
    expect(await next.open(floor(3n))).toBe(3n)
    await expect(old.write(eventsOf(4, 6), 6n)).rejects.toThrow(/fenced/)
    await next.write(eventsOf(4, 9), 9n)
    await Promise.all([old.close(), next.close()])
    expect(await seqsIn(`${prefix}transaction-events`)).toEqual(numbers(1, 9))
  })

  test('each message has its headers, its user’s partition, and names the one before it in its topic', async () => {
    const prefix = newPrefix()
    const sink = new KafkaSink(optionsOf(prefix))
    await sink.open(floor(0n))
    const events = eventsOf(1, 40, (seq) => ({ user: `u${seq % 7}` }))
    await sink.write(events.slice(0, 25), 25n)
    await sink.close()
    const again = new KafkaSink(optionsOf(prefix))
    expect(await again.open(floor(25n))).toBe(25n)
    await again.write(events.slice(25), 40n)
    await again.close()
    const shown = await readWithKcat(brokers, `${prefix}transaction-events`)
    expect(shown).toHaveLength(40)
    const partitions = new Map(shown.map(({ key, partition }) => [key, partition]))
    expect([...partitions.keys()].toSorted()).toEqual(['u0', 'u1', 'u2', 'u3', 'u4', 'u5', 'u6'])
    for (const { key, partition, headers } of shown) {
      expect(partition).toBe(partitions.get(key))
      expect(BigInt(headers['previous']!)).toBe(BigInt(headers['seq']!) - 1n)
      expect(headers).toMatchObject({ id: `${LINEAGE}:${headers['seq']}`, type: 'money.moved', tenant: 'main' })
      expect(headers['traceparent']).toMatch(/^00-0189000000007000800000000000000[0-9a-f]-[0-9a-f]{16}-01$/)
    }
  })

  test('stops when Kafka has lost its place, and goes on from where it is told', async () => {
    const prefix = newPrefix()
    const sink = new KafkaSink(optionsOf(prefix))
    await expect(sink.open(floor(12n))).rejects.toThrow(/forgotten the cursor/)
    await expect(sink.open(floor(12n))).rejects.toThrow(SinkStopped)
    await sink.open(floor(0n))
    await sink.rewind(12n)
    await sink.close()
    expect(await sink.open(floor(12n))).toBe(12n)
    await sink.write(eventsOf(13, 15), 15n)
    await sink.close()
    expect(await seqsIn(`${prefix}transaction-events`)).toEqual(numbers(13, 15))
  })

  test('refuses a topic with other partitions than it must have, and says which', async () => {
    const prefix = newPrefix()
    const admin = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: `${prefix}inventory-updates`, numPartitions: 3 }] })
    await admin.disconnect()
    const sink = new KafkaSink(optionsOf(prefix))
    await expect(sink.open(floor(0n))).rejects.toThrow(SinkStopped)
    await expect(sink.open(floor(0n))).rejects.toThrow(/inventory-updates has 3 partitions and must have 20/)
  })

  test('an event that cannot be encoded, or is too large, becomes a dead letter, and the others go on', async () => {
    const prefix = newPrefix()
    const sink = new KafkaSink(optionsOf(prefix))
    await sink.open(floor(0n))
    const payloads = new Map<number, CommittedEvent['payload']>([
      [2, { amount: 'much' }],
      [5, { note: 'x'.repeat(2_000_000) }],
    ])
    const events = eventsOf(1, 6, (seq) => (payloads.has(seq) ? { payload: payloads.get(seq)! } : {}))
    await sink.write(events, 6n)
    await sink.write(eventsOf(7, 8), 8n)
    await sink.close()
    expect(await seqsIn(`${prefix}transaction-events`)).toEqual([1n, 3n, 4n, 6n, 7n, 8n])
    expect(await seqsIn(`${prefix}dead-letters`)).toEqual([2n, 5n])
    const { rows } = await pool.query(
      `select seq, type, tenant, reason from dead_letter where sink = 'kafka' order by seq`,
    )
    expect(rows).toMatchObject([
      { seq: '2', type: 'money.moved', tenant: 'main', reason: 'amount is no amount' },
      { seq: '5', reason: expect.stringMatching(/^message too large: 2000\d+ bytes/) as string },
    ])
  })

  test('more than a broker takes in one batch, all for one user, goes in several', async () => {
    const prefix = newPrefix()
    const sink = new KafkaSink(optionsOf(prefix))
    await sink.open(floor(0n))
    // Random bytes do not compress: what is sent is as large as what was counted.
    const note = () => randomBytes(24_000).toString('base64')
    const events = eventsOf(1, 100, () => ({ user: 'one', payload: { note: note() } }))
    await sink.write(events, 100n)
    await sink.close()
    expect(await seqsIn(`${prefix}transaction-events`)).toEqual(numbers(1, 100))
  })

  test.each([
    ['unreachable', () => ({ brokers: ['127.0.0.1:1'] }), /127\.0\.0\.1:1 cannot be reached/],
    [
      'that takes no users',
      () => ({ sasl: { mechanism: 'plain', username: 'u', password: 'p' } as const }),
      /does not take users the way KAFKA_SASL says/,
    ],
    [
      'without its registry',
      () => ({ registryUrl: 'http://127.0.0.1:1' }),
      /schema registry at http:\/\/127\.0\.0\.1:1 does not/,
    ],
  ])('a broker %s is said so', async (_what, changed, words) => {
    const sink = new KafkaSink(optionsOf(newPrefix(), changed()))
    await expect(sink.open(floor(0n))).rejects.toThrow(words)
    await sink.close()
  })
})

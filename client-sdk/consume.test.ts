import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connectKafka } from '../bridge/kafka/client.ts'
import { KafkaSink } from '../bridge/kafka/sink.ts'
import { eventsOf, LINEAGE } from '../bridge/sink-spec.ts'
import { partitionOf } from '../schema/kafka/murmur2.ts'
import { kafka } from '../test/services/kafka.ts'
import { hasService, sharedService } from '../test/services/shared.ts'
import type { Gap } from './consume-chain.ts'
import { consume, GapError, type ConsumedEvent, type ConsumeOptions } from './consume.ts'

const canRun = hasService(kafka)
const newPrefix = () => `c${randomBytes(4).toString('hex')}.`
let brokers: string
let pool: pg.Pool
beforeAll(async () => {
  if (canRun) brokers = await sharedService(kafka)
  pool = new pg.Pool() // Never asked: there are no dead letters here.
})
afterAll(() => pool.end())

async function openSink(prefix: string, registryUrl = ''): Promise<KafkaSink> {
  const plain = { brokers: [brokers], ssl: false, sasl: undefined, replicas: 0, transaction_ms: 10_000, region: 'test' }
  const partners = () => Promise.resolve([{ id: 'acme', tenant: 'acme' }])
  const sink = new KafkaSink({ ...plain, prefix, registryUrl, partners, pool, log: { warn: () => {} } })
  await sink.open({ lineage: LINEAGE, seq: 0n })
  return sink
}

async function take(topic: string, count: number, options: Partial<ConsumeOptions> = {}): Promise<ConsumedEvent[]> {
  const taken: ConsumedEvent[] = []
  for await (const event of consume(topic, { brokers: [brokers], since: 0n, ...options })) {
    taken.push(event)
    if (taken.length === count) break
  }
  return taken
}

const bySeq = (events: readonly ConsumedEvent[]) => events.toSorted((a, b) => Number(a.seq - b.seq))
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i))

/** As much of a schema registry as a writer and a reader ask of one. */
async function startRegistry(): Promise<Readonly<{ url: string; schemas: Map<number, string>; server: Server }>> {
  const schemas = new Map<number, string>()
  const bodyOf = async (request: IncomingMessage) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    return JSON.parse(Buffer.concat(chunks).toString()) as { schema: string }
  }
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body))
    const id = /^\/schemas\/ids\/(\d+)$/.exec(request.url!)?.[1]
    if (id !== undefined) {
      const schema = schemas.get(Number(id))
      answer(schema === undefined ? 404 : 200, schema === undefined ? { error_code: 40_403 } : { schema })
    } else if (
      request.method === 'POST' &&
      /^\/subjects\/com\.rollingdrop\.events\.\w+\/versions$/.test(request.url!)
    ) {
      const register = async () => {
        const { schema } = await bodyOf(request)
        const known = [...schemas].find(([, text]) => text === schema)?.[0] ?? 100 + schemas.size
        schemas.set(known, schema)
        answer(200, { id: known })
      }
      void register()
    } else answer(404, { error_code: 404 })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, schemas, server }
}

describe.skipIf(!canRun)('consume', () => {
  test('gives every committed event once, decoded, and goes on behind a seq', async () => {
    const prefix = newPrefix()
    const sink = await openSink(prefix)
    await sink.write(
      eventsOf(1, 300, (seq) => ({ user: `u${seq % 40}` })),
      300n,
    )
    const all = await take(`${prefix}transaction-events`, 300)
    expect(bySeq(all).map(({ seq }) => seq)).toEqual(numbers(1, 300))
    expect(bySeq(all)[6]).toMatchObject({
      id: `${LINEAGE}:7`,
      type: 'money.moved',
      tenant: 'main',
      family: 'transaction',
      at_ms: 1_700_000_000_006,
      payload: { amount: '250' },
      record: { seq: 7n, userId: 'u7', eventType: 'TRADE', data: { amountMinor: 250n, amount: 2.5 } },
    })
    await sink.write(eventsOf(301, 320), 320n)
    await sink.close()
    const rest = await take(`${prefix}transaction-events`, 30, { since: 290n })
    expect(bySeq(rest).map(({ seq }) => seq)).toEqual(numbers(291, 320))
  })

  test('gives a partner its own, and shows nothing that was not committed', async () => {
    const prefix = newPrefix()
    const sink = await openSink(prefix)
    const tenantOf = (seq: number) => (seq % 2 === 0 ? 'acme' : 'main')
    const payload = { user: 'u', asset: 'play:item:cap', count: '1', money: 'play:CREDIT', paid: '900' }
    const events = eventsOf(1, 20, (seq) => ({ type: 'item.sold', audience: 'user', tenant: tenantOf(seq), payload }))
    await sink.write(events, 20n)
    await sink.close()
    const abandoned = connectKafka({ brokers: [brokers], ssl: false, sasl: undefined }, true).producer({
      transactionalId: `${prefix}other`,
      idempotent: true,
    })
    await abandoned.connect()
    const transaction = await abandoned.transaction()
    await transaction.send({
      topic: `${prefix}partner-acme-events`,
      messages: [{ value: 'never', headers: { seq: '21' } }],
    })
    await transaction.abort()
    await abandoned.disconnect()
    const own = await take(`${prefix}partner-acme-events`, 10)
    expect(own.map(({ seq }) => seq)).toEqual([2n, 4n, 6n, 8n, 10n, 12n, 14n, 16n, 18n, 20n])
    expect(own[0]!.record).toMatchObject({ partnerId: 'acme', eventType: 'REDEMPTION', data: { amountMinor: 900n } })
    const shelf = await take(`${prefix}inventory-updates`, 20)
    expect(shelf[0]!.record).toMatchObject({ changes: [{ userId: 'u', itemId: 'cap', count: -1n }] })
  })

  test('tells of events that are missing, and can go on behind them', async () => {
    const prefix = newPrefix()
    const sink = await openSink(prefix)
    await sink.write(eventsOf(1, 5), 5n)
    await sink.write(eventsOf(6, 9), 9n)
    // What a topic looks like that has lost its oldest messages: retention, or a broker's disk.
    const admin = connectKafka({ brokers: [brokers], ssl: false, sasl: undefined }, false).admin()
    await admin.connect()
    const topic = `${prefix}transaction-events`
    // Offset 5 is the end of the first transaction, so seq 7 is the first that is left.
    const partitions = [{ partition: partitionOf(Buffer.from('main'), 50), offset: '7' }]
    // A topic just made may not have been heard of everywhere.
    const forget = async () => {
      await admin.fetchTopicOffsets(topic) // This client finds the leader by it.
      await admin.deleteTopicRecords({ topic, partitions })
    }
    await vi.waitFor(forget, { timeout: 10_000 })
    await admin.disconnect()
    await expect(take(topic, 9, { patience_ms: 300 })).rejects.toThrow(GapError)
    const gaps: Gap[] = []
    const gap = (told: Gap) => {
      gaps.push(told)
      void sink.write(eventsOf(10, 10), 10n)
    }
    const left = await take(topic, 4, { patience_ms: 300, gap })
    expect(left.map(({ seq }) => seq)).toEqual([7n, 8n, 9n, 10n])
    expect(gaps).toEqual([{ after: 0n, before: 7n }])
    await sink.close()
  })

  test('reads Confluent’s framing with the registry that the writer used', async () => {
    const registry = await startRegistry()
    const prefix = newPrefix()
    const sink = await openSink(prefix, registry.url)
    expect(registry.schemas.size).toBe(5)
    await sink.write(eventsOf(1, 4), 4n)
    await sink.close()
    const topic = `${prefix}transaction-events`
    const events = await take(topic, 4, { registryUrl: registry.url })
    expect(events.map(({ payload }) => payload['amount'])).toEqual(['250', '250', '250', '250'])
    await expect(take(topic, 4)).rejects.toThrow(/seq 1 cannot be read/)
    registry.schemas.clear()
    await expect(take(topic, 4, { registryUrl: registry.url })).rejects.toThrow(/seq 1 cannot be read/)
    registry.server.close()
  })

  test('ends when it is told to', async () => {
    const prefix = newPrefix()
    const sink = await openSink(prefix)
    await sink.close()
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 300)
    expect(await take(`${prefix}admin-operations`, 1, { signal: stop.signal })).toEqual([])
  })
})

import { setTimeout as delay } from 'node:timers/promises'
import kafkajs, { type Admin, type Producer, type Transaction } from 'kafkajs'
import type { Pool } from 'pg'
import { MAIN_TENANT } from '../../schema/account.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import { formatPosition, parsePosition, type Position } from '../../schema/position.ts'
import { recordDeadLetters } from '../dead-letter.ts'
import { SinkStopped, type Sink } from '../sink.ts'
import { connectKafka, explainKafka, type KafkaAddress } from './client.ts'
import { createEncoder, type Encoder } from './encoder.ts'
import { Partners } from './partners.ts'
import { planMessages, type PartitionRecords } from './plan.ts'
import { RecordBatch } from './record-batch.ts'
import { registerSchemas } from './registry.ts'
import type { PartnerTenant } from './route.ts'
import { commonTopics, CURSOR, ensureTopics, partnerTopics, type Topic } from './topics.ts'

export type KafkaOptions = KafkaAddress &
  Readonly<{
    /** In front of every topic, group and transactional id; empty in production. */
    prefix: string
    /** Copies of each new topic; 0 as the cluster has it. */
    replicas: number
    /** What the broker waits for a transaction whose relay has gone silent, before readers may go on. */
    transaction_ms: number
    /** Where schemas are registered; empty: values carry their schema's fingerprint. */
    registryUrl: string
    region: string
    /** Those who resell us, as they are now. */
    partners: () => Promise<readonly PartnerTenant[]>
    /** Where dead letters are recorded. */
    pool: Pool
    /** Told of events that cannot be carried. */
    log: Readonly<{ warn: (fields: object, message: string) => void }>
  }>

/** Offsets of a group are forgotten after a while (7 days by default): all of them are committed again this often. */
const REFRESH_MS = 3_600_000

const COORDINATED_WITHIN_MS = 10_000
const LOOK_MS = 100

type Open = Readonly<{
  admin: Admin
  producer: Producer
  lineage: string
  encode: Encoder
  bytes_max: Map<string, number>
}>

/**
 * Committed events as messages of Apache Kafka, each exactly once for readers of committed messages: a batch's messages and
 * the cursor (offset of a consumer group) are one transaction.
 *
 *     closed ── open(): the broker ends what a dead leader left, then the cursor is read ──▶ open ── write() … ──▶ open
 *
 * The transactional id is fixed, so the broker itself refuses whoever opened before the last one.
 */
export class KafkaSink implements Sink {
  readonly name = 'kafka'
  readonly #options: KafkaOptions
  readonly #partners: Partners
  #open: Open | undefined
  /** Opened and not yet used: opening it is what shuts out earlier producers. */
  #transaction: Transaction | undefined
  /** The last seq in each topic. */
  #last: ReadonlyMap<string, bigint> = new Map()
  #refreshed_at = -Infinity

  constructor(options: KafkaOptions) {
    this.#options = options
    this.#partners = new Partners(options.partners, MAIN_TENANT)
  }

  async open({ lineage, seq: floor }: Position): Promise<bigint> {
    try {
      const registered = this.#options.registryUrl === '' ? undefined : await registerSchemas(this.#options.registryUrl)
      const admin = connectKafka(this.#options, false).admin()
      const producer = this.#newProducer()
      const bytes_max = new Map<string, number>()
      this.#open = { admin, producer, lineage, encode: createEncoder(registered), bytes_max }
      await admin.connect()
      await this.#partners.refresh(new Set())
      await this.#ensure([...commonTopics, ...this.#topicsOfPartners()])
      await producer.connect()
      this.#transaction = await producer.transaction()
      return await this.#readCursor({ lineage, seq: floor })
    } catch (error) {
      await this.close()
      throw this.#explained(error)
    }
  }

  async write(events: readonly CommittedEvent[], cursor: bigint): Promise<void> {
    const open = this.#opened()
    const { pool, prefix, region, log } = this.#options
    try {
      if (await this.#partners.refresh(new Set(events.map(({ tenant }) => tenant))))
        await this.#ensure(this.#topicsOfPartners())
      const { requests, letters, last } = planMessages(events, this.#last, {
        lineage: open.lineage,
        region,
        prefix,
        encode: open.encode,
        partnersOf: (tenant) => this.#partners.of(tenant),
        bytes_max: (topic) => open.bytes_max.get(topic) ?? 0,
      })
      for (const { event, reason } of letters)
        log.warn({ seq: `${event.seq}`, type: event.type, reason }, 'an event became a dead letter')
      await recordDeadLetters(pool, { sink: this.name, lineage: open.lineage }, letters)
      await this.#within(this.#commit(requests, cursor, last))
    } catch (error) {
      throw this.#explained(error)
    }
  }

  async rewind(to: bigint): Promise<void> {
    try {
      await this.#within(this.#commit([], to, this.#last))
    } catch (error) {
      throw this.#explained(error)
    }
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    this.#transaction = undefined
    // What is left of a transaction is ended by whoever opens next, or by its time-out.
    await Promise.allSettled([open?.producer.disconnect(), open?.admin.disconnect()])
  }

  #opened(): Open {
    if (!this.#open) throw new Error('the Kafka sink is not open')
    return this.#open
  }

  get #group(): string {
    return `${this.#options.prefix}rollingdrop-relay`
  }

  #newProducer(): Producer {
    return connectKafka(this.#options, true).producer({
      transactionalId: this.#group,
      transactionTimeout: this.#options.transaction_ms,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // Each message names its partition already.
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition!,
    })
  }

  #topicsOfPartners(): readonly Topic[] {
    return this.#partners.all.flatMap(({ id }) => Object.values(partnerTopics(id)))
  }

  async #ensure(topics: readonly Topic[]): Promise<void> {
    const { admin, bytes_max } = this.#opened()
    const { prefix, replicas } = this.#options
    for (const [name, bytes] of await ensureTopics(admin, { topics, prefix, replicas })) bytes_max.set(name, bytes)
  }

  async #readCursor({ lineage, seq: floor }: Position): Promise<bigint> {
    const { admin, bytes_max } = this.#opened()
    const offsets = await fetchOffsets(admin, this.#group, [...bytes_max.keys()])
    const committed = new Map(
      offsets.map(({ topic, partitions }) => [topic, partitions.find((p) => p.partition === 0)]),
    )
    const cursor = committed.get(this.#options.prefix + CURSOR.name)
    this.#last = new Map(
      [...committed].flatMap(([topic, at]) => (at && Number(at.offset) >= 0 ? [[topic, BigInt(at.offset)]] : [])),
    )
    if (!cursor || Number(cursor.offset) < 0) {
      if (floor === 0n) return 0n
      throw new SinkStopped(
        `Kafka has forgotten the cursor of ${this.#group}, and ${floor} had been written: npm run bridge -- rewind kafka --to ${floor}`,
      )
    }
    const position = parsePosition(cursor.metadata ?? '')
    if (position?.lineage === lineage) return BigInt(cursor.offset)
    throw new SinkStopped(`Kafka holds events of lineage ${position?.lineage}, the ledger is at ${lineage}`)
  }

  async #commit(
    requests: readonly (readonly PartitionRecords[])[],
    cursor: bigint,
    last: ReadonlyMap<string, bigint>,
  ): Promise<void> {
    const { producer, lineage } = this.#opened()
    const transaction = this.#transaction ?? (await producer.transaction())
    this.#transaction = undefined
    for (const request of requests) await send(transaction, request)
    const isDue = performance.now() - this.#refreshed_at > REFRESH_MS
    const moved = [...last].filter(([topic, seq]) => isDue || this.#last.get(topic) !== seq)
    const metadata = formatPosition({ lineage, seq: cursor })
    const offsets = [...moved.filter(([topic]) => topic !== this.#cursorTopic), [this.#cursorTopic, cursor] as const]
    await transaction.sendOffsets({
      consumerGroupId: this.#group,
      topics: offsets.map(([topic, seq]) => ({ topic, partitions: [{ partition: 0, offset: `${seq}`, metadata }] })),
    })
    await transaction.commit()
    this.#last = last
    if (isDue) this.#refreshed_at = performance.now()
  }

  /**
   * The client tries on for half a minute when its broker is gone. By then the broker has ended the transaction itself; whether
   * it did commit, the next opening finds out.
   */
  async #within(work: Promise<void>): Promise<void> {
    const { transaction_ms, brokers } = this.#options
    const tooLate = new AbortController()
    work.catch(() => {}) // When it comes to nothing after we have given up, nobody is left to be told.
    const patience = delay(transaction_ms, undefined, { signal: tooLate.signal }).then(() => {
      throw new Error(`the broker at ${brokers.join(',')} cannot be reached: no answer within ${transaction_ms} ms`)
    })
    try {
      await Promise.race([work, patience])
    } finally {
      patience.catch(() => {}) // It was called off.
      tooLate.abort()
    }
  }

  get #cursorTopic(): string {
    return this.#options.prefix + CURSOR.name
  }

  #explained(error: unknown): Error {
    return error instanceof Error && !error.name.startsWith('KafkaJS') ? error : explainKafka(error, this.#options)
  }
}

/** A group that nobody has asked for yet gets its coordinator while one waits, on a new broker in a few seconds. */
async function fetchOffsets(
  admin: Admin,
  groupId: string,
  topics: string[],
): Promise<Awaited<ReturnType<Admin['fetchOffsets']>>> {
  for (const until = performance.now() + COORDINATED_WITHIN_MS; ; await delay(LOOK_MS)) {
    try {
      return await admin.fetchOffsets({ groupId, topics })
    } catch (error) {
      if ((error as { retriable?: boolean }).retriable !== true || performance.now() > until) throw error
    }
  }
}

async function send(transaction: Transaction, request: readonly PartitionRecords[]): Promise<void> {
  const batches: RecordBatch[] = []
  const byTopic = Map.groupBy(request, ({ topic }) => topic)
  const topicMessages = [...byTopic].map(([topic, partitions]) => {
    const own = partitions.map(({ records, partition }) => new RecordBatch(records, partition))
    batches.push(...own)
    return { topic, messages: own.flatMap(({ messages }) => messages) }
  })
  try {
    await transaction.sendBatch({ topicMessages, compression: kafkajs.CompressionTypes.LZ4, acks: -1 })
  } finally {
    for (const batch of batches) batch.forget()
  }
  for (const batch of batches) batch.assertSent()
}

import kafkajs, { type Consumer, type EachBatchPayload, type KafkaMessage, type SASLOptions } from 'kafkajs'
import { createDecoder } from '../schema/avro/framing.ts'
import type { Family } from '../schema/avro/schemas.ts'
import { registerLz4 } from '../schema/kafka/lz4.ts'
import { SeqChain, type Gap } from './consume-chain.ts'

export type ConsumeOptions = Readonly<{
  brokers: readonly string[]
  ssl?: boolean
  sasl?: SASLOptions
  /** Events with a greater seq; 0: all that are still there. Keep the seq of what you have done, and go on from it. */
  since: bigint
  /** The consumer group, with one reader in it; one of its own when left out. Nothing is committed to it. */
  group?: string
  /** Where the schemas are, when values carry their numbers. */
  registryUrl?: string
  /** Ends the iteration. */
  signal?: AbortSignal
  /** Told of events that should have come and did not; without it the iteration ends with a GapError. */
  gap?: (gap: Gap) => void
  /** How long what is missing is waited for once the topic is read to its end. */
  patience_ms?: number
}>

/** One event. `record` is its Avro record, read by the newest schema known here; longs are bigint. */
export type ConsumedEvent = Readonly<{
  seq: bigint
  /** `lineage:seq`, the same in every topic. */
  id: string
  type: string
  tenant: string
  at_ms: number
  family: Family
  record: Readonly<Record<string, unknown>>
  /** All there is to the event; amounts are decimal strings. */
  payload: Readonly<Record<string, unknown>>
  partition: number
  offset: bigint
}>

export class GapError extends Error {
  readonly gap: Gap

  constructor(topic: string, gap: Gap) {
    super(`${topic} has lost events between seq ${gap.after} and ${gap.before}`)
    this.name = 'GapError'
    this.gap = gap
  }
}

/** Events that wait to be taken; past it the broker is asked for no more. */
const QUEUE_MAX = 2_000
const LOOK_MS = 250
const PATIENCE_MS = 10_000
/** A partition this close to its end counts as read: ends of transactions are counted there too. */
const NEAR_OFFSETS = 1_000

/**
 * The committed events of a topic, each once, in order within each key, for Node. Ends when `signal` is aborted or the loop
 * over it is left; throws what the broker says, GapError for lost events, and an Error for a value that cannot be read.
 */
export async function* consume(topic: string, options: ConsumeOptions): AsyncGenerator<ConsumedEvent, void, undefined> {
  const reading = new Reading(topic, options)
  try {
    await reading.start()
    yield* reading.events()
  } finally {
    await reading.stop()
  }
}

/** What is read and not yet taken, and the hands between the two. */
class Reading {
  readonly #topic: string
  readonly #options: ConsumeOptions
  readonly #consumer: Consumer
  readonly #decode: ReturnType<typeof createDecoder>
  readonly #chain: SeqChain
  readonly #queue: ConsumedEvent[] = []
  readonly #behind = new Set<number>()
  #failure: Error | undefined
  #ended = false
  #wake = (): void => {}

  constructor(topic: string, options: ConsumeOptions) {
    const { brokers, ssl = false, sasl, since, registryUrl, group } = options
    registerLz4()
    const client = new kafkajs.Kafka({
      clientId: 'rollingdrop-consumer',
      brokers: [...brokers],
      ssl,
      ...(sasl && { sasl }),
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 5 },
    })
    const groupId = group ?? `rollingdrop-consume-${crypto.randomUUID()}`
    this.#topic = topic
    this.#options = options
    this.#consumer = client.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 100, minBytes: 1 })
    this.#decode = createDecoder(registryUrl === undefined ? undefined : (id) => schemaFrom(registryUrl, id))
    this.#chain = new SeqChain(since, Date.now())
  }

  async start(): Promise<void> {
    const { signal } = this.#options
    signal?.addEventListener('abort', this.#end, { once: true })
    if (signal?.aborted) return this.#end()
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [this.#topic], fromBeginning: true })
    this.#consumer.on(this.#consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.#fail(payload.error)
    })
    await this.#consumer.run({ autoCommit: false, eachBatch: (batch) => this.#take(batch) })
  }

  async *events(): AsyncGenerator<ConsumedEvent, void, undefined> {
    while (!this.#ended) {
      const event = this.#queue.shift()
      if (event) yield event
      else if (this.#failure) throw this.#failure
      else await this.#rest()
      this.#checkGap()
    }
  }

  async stop(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#end)
    this.#end()
    await this.#consumer.disconnect()
  }

  readonly #end = (): void => {
    this.#ended = true
    this.#wake()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wake()
  }

  async #rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #take(given: EachBatchPayload): Promise<void> {
    const { batch } = given
    if (Number(batch.offsetLag()) > NEAR_OFFSETS) this.#behind.add(batch.partition)
    else this.#behind.delete(batch.partition)
    for (const message of batch.messages) {
      while (this.#queue.length >= QUEUE_MAX && !this.#ended) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        await given.heartbeat()
      }
      if (!given.isRunning() || given.isStale() || this.#ended || this.#failure) return
      await this.#read(message, batch.partition)
    }
    await given.heartbeat()
  }

  async #read(message: KafkaMessage, partition: number): Promise<void> {
    const header = (name: string): string => String(message.headers?.[name] ?? '')
    const seq = BigInt(header('seq'))
    if (seq <= this.#options.since || !this.#chain.add(seq, BigInt(header('previous')), Date.now())) return
    try {
      const { family, value } = await this.#decode(message.value ?? Buffer.alloc(0))
      this.#queue.push({
        seq,
        id: header('id'),
        type: header('type'),
        tenant: header('tenant'),
        at_ms: Number(value['timestamp']),
        family,
        record: value,
        payload: JSON.parse(String(value['payload'])) as ConsumedEvent['payload'],
        partition,
        offset: BigInt(message.offset),
      })
      this.#wake()
    } catch (cause) {
      this.#fail(new Error(`${this.#topic}: the event of seq ${seq} cannot be read`, { cause }))
    }
  }

  #checkGap(): void {
    if (this.#behind.size > 0 || this.#queue.length > 0) return
    const gap = this.#chain.gap(Date.now(), this.#options.patience_ms ?? PATIENCE_MS)
    if (!gap) return
    if (!this.#options.gap) throw new GapError(this.#topic, gap)
    this.#chain.skip(gap, Date.now())
    this.#options.gap(gap)
  }
}

async function schemaFrom(registryUrl: string, id: number): Promise<string> {
  const response = await fetch(`${registryUrl.replace(/\/$/, '')}/schemas/ids/${id}`)
  if (!response.ok) throw new Error(`the schema registry knows no schema ${id}: it answered ${response.status}`)
  return ((await response.json()) as { schema: string }).schema
}

import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { Packr } from 'msgpackr'
import type { CommittedEvent } from '../schema/event.ts'

type Options = Readonly<{
  redisUrl: string
  /** Of the ledger: nodes of another history are not heard. */
  lineage: string
  /** Takes runs of events that another node has committed, as they come: in any order, some twice, some never. */
  offer(run: readonly CommittedEvent[]): void
  /** Told once each time Redis goes away, and of messages that are none of ours. */
  failed(error: unknown): void
}>

const RETRY_MS = 200
/** Past this much that Redis has not taken yet, runs are left out: the other nodes read them from the database. */
const UNSENT_BYTES_MAX = 8_388_608

const packr = new Packr({ useRecords: false })

/**
 * The quick way from a node's commits to the tails of the others, over Redis. It promises nothing: a message may be late,
 * doubled or lost, and Redis may be away. Order and completeness are the tail's, which reads from the database what did not come.
 */
export class TailBus {
  readonly #options: Options
  readonly #self = randomUUID()
  readonly #channel: string
  readonly #sender: Redis
  readonly #receiver: Redis
  #isListening = false
  #unsent_bytes = 0

  constructor(options: Options) {
    this.#options = options
    this.#channel = `rollingdrop:tail:${options.lineage}`
    // What waits for Redis to come back would only be late, so the sender keeps nothing for it.
    this.#sender = this.#connect({ enableOfflineQueue: false })
    this.#receiver = this.#connect({ enableOfflineQueue: true })
    this.#receiver.on('messageBuffer', (_channel: Buffer, message: Buffer) => this.#receive(message))
    this.#receiver.on('close', () => (this.#isListening = false))
    this.#receiver.on('ready', () => void this.#listen())
  }

  /** Whether runs go out and come in at the moment. */
  get connected(): boolean {
    return this.#sender.status === 'ready' && this.#isListening
  }

  /** Tells the other nodes of a run of consecutive events that this one has committed. */
  publish(run: readonly CommittedEvent[]): void {
    if (run.length === 0 || this.#sender.status !== 'ready' || this.#unsent_bytes > UNSENT_BYTES_MAX) return
    const message = packr.pack([this.#self, run])
    const bytes = message.byteLength
    this.#unsent_bytes += bytes
    this.#sender
      .publish(this.#channel, message)
      .catch(() => {}) // A run that did not go out is read from the database.
      .finally(() => (this.#unsent_bytes -= bytes))
  }

  close(): void {
    for (const client of [this.#sender, this.#receiver]) {
      client.removeAllListeners()
      client.on('error', () => {}) // Whatever it still has to say is of no use.
      client.disconnect()
    }
  }

  async #listen(): Promise<void> {
    try {
      await this.#receiver.subscribe(this.#channel)
      this.#isListening = true
    } catch (error) {
      this.#options.failed(error) // The next `ready` tries again.
    }
  }

  #receive(message: Buffer): void {
    const { offer, failed } = this.#options
    try {
      const [sender, run] = packr.unpack(message) as [string, readonly CommittedEvent[]]
      if (sender === this.#self) return
      if (!isRun(run)) throw new TypeError('not a run of events')
      offer(run)
    } catch (error) {
      failed(new Error('a message on the way between nodes could not be read', { cause: error }))
    }
  }

  #connect(options: Readonly<{ enableOfflineQueue: boolean }>): Redis {
    const client = new Redis(this.#options.redisUrl, {
      ...options,
      autoResubscribe: false,
      maxRetriesPerRequest: null,
      retryStrategy: () => RETRY_MS,
    })
    let isAway = false
    client.on('ready', () => (isAway = false))
    client.on('error', (error: unknown) => {
      if (!isAway) this.#options.failed(error)
      isAway = true
    })
    return client
  }
}

/** Whether these are events with one seq after the other. */
function isRun(run: unknown): boolean {
  if (!Array.isArray(run) || run.length === 0) return false
  const events = run as readonly Readonly<{ seq?: unknown }>[]
  const first = events[0]?.seq
  return typeof first === 'bigint' && events.every((event, i) => event?.seq === first + BigInt(i))
}

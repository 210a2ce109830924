import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { LedgerReader, Tail } from '../ledger/ledger.ts'
import type { Position } from '../schema/position.ts'
import { moveCursor, readCursor } from './cursor.ts'
import { SinkStopped, type Sink } from './sink.ts'
import { takeTurn, type Turn } from './turn.ts'
import { Wakeup } from './wakeup.ts'

export type RelayStatus = Readonly<{
  sink: string
  /** `standby`: another node has its turn. `failing`: tried again soon. `stopped`: somebody has to look at it. */
  state: 'standby' | 'running' | 'failing' | 'stopped' | 'closed'
  /** Every event up to here is in the sink, as far as this node knows. */
  seq: bigint
  error: string | null
}>

type Parts = Readonly<{
  pool: Pool
  reader: Pick<LedgerReader, 'events' | 'head'>
  tail: Pick<Tail, 'subscribe'>
  sink: Sink
  log: Pick<Logger, 'info' | 'error'>
  /** Events read and written at once: what bounds the memory. */
  batchEvents?: number
  /** Waits after the first failure in a row, and at most. */
  backoff_ms?: readonly [first: number, most: number]
}>

const BATCH_EVENTS = 2_000
const BACKOFF_MS = [100, 30_000] as const

/**
 * Carries every committed event, in order of seq, into one sink: reads what lies beyond the cursor, writes it, moves the
 * cursor, and sleeps until the tail wakes it. Each sink has a relay, and so a pace, of its own; of all nodes one has its turn.
 *
 *     standby ── turn ──▶ running ── a write fails ──▶ failing ── backoff ──▶ standby
 *                            └── the cursor cannot be right ──▶ stopped
 */
export class Relay {
  readonly #parts: Parts
  readonly #stop = new AbortController()
  readonly #wakeup = new Wakeup()
  readonly #unsubscribe: () => void
  readonly #done: Promise<void>
  #status: RelayStatus

  /** Starts at once. */
  constructor(parts: Parts) {
    this.#parts = parts
    this.#status = { sink: parts.sink.name, state: 'standby', seq: 0n, error: null }
    this.#unsubscribe = parts.tail.subscribe(() => this.#wakeup.ring())
    this.#done = this.#run()
  }

  get status(): RelayStatus {
    return this.#status
  }

  /** Resolves when the batch at hand is written and the sink is closed. */
  async close(): Promise<void> {
    this.#unsubscribe()
    this.#stop.abort()
    this.#wakeup.ring()
    await this.#done
  }

  async #run(): Promise<void> {
    const { sink, log, backoff_ms: [first, most] = BACKOFF_MS } = this.#parts
    for (let failures = 0; !this.#stop.signal.aborted; failures++) {
      const from = this.#status.seq
      try {
        await this.#turn()
        break
      } catch (error) {
        const stopped = error instanceof SinkStopped
        this.#tell({ state: stopped ? 'stopped' : 'failing', error: (error as Error).message })
        log.error({ err: error, sink: sink.name }, stopped ? 'sink stopped' : 'sink failed')
        if (stopped) return
        if (this.#status.seq > from) failures = 0
        await this.#pause(Math.min(first * 2 ** failures, most))
      }
    }
    this.#tell({ state: 'closed' })
  }

  /** The tail may ring all the time: a backoff sleeps on. */
  async #pause(wait_ms: number): Promise<void> {
    const until = performance.now() + wait_ms
    for (let left = wait_ms; left > 0 && !this.#stop.signal.aborted; left = until - performance.now()) {
      await this.#wakeup.sleep(left)
    }
  }

  async #turn(): Promise<void> {
    const { pool, sink } = this.#parts
    this.#tell({ state: 'standby' })
    const turn = await takeTurn(pool, sink.name, this.#stop.signal)
    if (!turn) return
    turn.lost.addEventListener('abort', () => this.#wakeup.ring())
    try {
      await this.#follow(await this.#begin(), turn)
    } finally {
      await sink.close().finally(() => turn.release())
    }
  }

  /** Opens the sink and finds where to go on. Throws SinkStopped where going on would lose or double something. */
  async #begin(): Promise<Position> {
    const { pool, reader, sink, log } = this.#parts
    const head = await reader.head()
    const floor = await readCursor(pool, sink.name, head.lineage)
    if (floor.lineage !== head.lineage) {
      throw new SinkStopped(`${sink.name} holds events of lineage ${floor.lineage}, the ledger is at ${head.lineage}`)
    }
    if (floor.seq > head.seq)
      throw new SinkStopped(`${sink.name} is at ${floor.seq}, ahead of the ledger's ${head.seq}`)
    const seq = await sink.open(floor)
    if (seq > head.seq) throw new SinkStopped(`${sink.name} holds events up to ${seq}, the ledger ends at ${head.seq}`)
    if (seq < floor.seq) throw new SinkStopped(`${sink.name} ends at ${seq}, but ${floor.seq} had been written`)
    if (seq > floor.seq) await moveCursor(pool, sink.name, floor, seq)
    this.#tell({ state: 'running', seq, error: null })
    log.info({ sink: sink.name, seq: `${seq}` }, 'sink running')
    return { lineage: head.lineage, seq }
  }

  async #follow({ lineage, seq: start }: Position, turn: Turn): Promise<void> {
    const { pool, reader, sink, batchEvents = BATCH_EVENTS } = this.#parts
    let seq = start
    while (!this.#stop.signal.aborted) {
      turn.lost.throwIfAborted()
      const events = await reader.events({ since: seq, limit: batchEvents })
      const last = events.at(-1)
      if (!last) {
        await this.#wakeup.sleep()
        continue
      }
      await sink.write(events, last.seq)
      await moveCursor(pool, sink.name, { lineage, seq }, last.seq)
      seq = last.seq
      this.#tell({ seq })
    }
  }

  #tell(change: Partial<RelayStatus>): void {
    this.#status = { ...this.#status, ...change }
  }
}

import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Actors, Ledger, LedgerReader, Tail } from '../ledger/ledger.ts'
import type { CommittedEvent } from '../schema/event.ts'
import {
  claimCursor,
  countCommands,
  moveCursor,
  readCursor,
  rewindCursor,
  tellState,
  TurnLost,
  type Cursor,
} from './cursor.ts'
import { SinkStopped, type Sink, type Turn } from './sink.ts'
import { takeTurn, type HeldTurn } from './turn.ts'
import { Wakeup } from './wakeup.ts'

export type RelayStatus = Readonly<{
  sink: string
  /** `standby`: another node has its turn. `failing`: tried again soon. `stopped`: somebody has to look at it. */
  state: 'standby' | 'running' | 'paused' | 'failing' | 'stopped' | 'closed'
  /** Every event up to here is in the sink, as far as this node knows. */
  seq: bigint
  error: string | null
}>

export type RelayParts = Readonly<{
  pool: Pool
  ledger: Pick<Ledger, 'commit'> &
    Readonly<{
      reader: Pick<LedgerReader, 'events' | 'head'>
      actors: Pick<Actors, 'activate' | 'find' | 'release'>
    }>
  tail: Pick<Tail, 'subscribe' | 'recent'>
  /** This node's id among the living, by whose lease it has its turns. */
  node: () => string
  sink: Sink
  log: Pick<Logger, 'info' | 'error'>
  /** Events read and written at once: what bounds the memory. */
  batchEvents?: number
  /** How long it gathers what comes before it writes again; it then takes all of it. Left out: it writes at once. */
  pace_ms?: number
  /** Waits after the first failure in a row, and at most. */
  backoff_ms?: readonly [first: number, most: number]
}>

const BATCH_EVENTS = 2_000
const BACKOFF_MS = [100, 30_000] as const
/** How often a relay that has nothing to write looks whether its turn is still its own, and what is asked of it. */
const LOOK_MS = 1_000

/**
 * Carries every committed event, in order of seq, into one sink: reads what lies beyond the cursor, writes it, moves the
 * cursor, and sleeps until the tail wakes it. Each sink has a relay, and so a pace, of its own; of all nodes one has its turn.
 *
 *     standby ── turn ──▶ running ── a write fails ──▶ failing ── backoff ──▶ standby
 *                         │  ▲  └── another one has a later turn ──▶ standby
 *           asked to pause▼  │resume
 *                         paused         the cursor cannot be right ──▶ stopped ── resume ──▶ standby
 */
export class Relay {
  readonly #parts: RelayParts
  readonly #stop = new AbortController()
  readonly #wakeup = new Wakeup()
  readonly #unsubscribe: () => void
  readonly #done: Promise<void>
  #status: RelayStatus
  /** What had been asked of the sink when this turn began. */
  #commands = 0

  /** Starts at once. */
  constructor(parts: RelayParts) {
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
        if (this.#status.seq > from) failures = 0
      } catch (error) {
        if (this.#status.seq > from) failures = 0
        this.#tell({ state: error instanceof SinkStopped ? 'stopped' : 'failing', error: (error as Error).message })
        log.error({ err: error, sink: sink.name }, this.#status.state === 'stopped' ? 'sink stopped' : 'sink failed')
        if (error instanceof SinkStopped) await this.#untilResumed()
        else await this.#wakeup.pause(Math.min(first * 2 ** failures, most), this.#stop.signal)
      }
    }
    this.#tell({ state: 'closed' })
  }

  /** From the wait for a turn to its end. Throws what ended it, unless that was a later turn, a wish or `close`. */
  async #turn(): Promise<void> {
    const { sink, log } = this.#parts
    this.#tell({ state: 'standby' })
    const turn = await takeTurn(this.#parts, { sink: sink.name, stop: this.#stop.signal, wakeup: this.#wakeup })
    if (!turn) return
    try {
      await this.#follow(await this.#begin(turn), turn)
    } catch (error) {
      if (!(error instanceof TurnLost)) {
        await this.#record(turn, error instanceof SinkStopped ? 'stopped' : 'failing', (error as Error).message)
        throw error
      }
      log.info({ sink: sink.name }, error.message)
    } finally {
      await this.#end(turn)
    }
  }

  async #end(turn: HeldTurn): Promise<void> {
    const { sink, log } = this.#parts
    try {
      await sink.close()
    } finally {
      // A turn that cannot be given back ends with the lease of this node.
      await turn.release().catch((error: unknown) => log.error({ err: error, sink: sink.name }, 'turn not given back'))
    }
  }

  /** Opens the sink and finds where to go on. Throws SinkStopped where going on would lose or double something. */
  async #begin(turn: Turn): Promise<Cursor> {
    const { pool, ledger, sink, log } = this.#parts
    const head = await ledger.reader.head()
    const floor = await claimCursor(pool, turn, head.lineage)
    this.#commands = floor.commands
    if (floor.lineage !== head.lineage) {
      throw new SinkStopped(`${sink.name} holds events of lineage ${floor.lineage}, the ledger is at ${head.lineage}`)
    }
    if (floor.seq > head.seq)
      throw new SinkStopped(`${sink.name} is at ${floor.seq}, ahead of the ledger's ${head.seq}`)
    const seq = (await this.#rewind(turn, floor)) ?? (await sink.open({ lineage: head.lineage, seq: floor.seq }, turn))
    if (seq > head.seq) throw new SinkStopped(`${sink.name} holds events up to ${seq}, the ledger ends at ${head.seq}`)
    const least = floor.rewind_to ?? floor.seq
    if (seq < least) throw new SinkStopped(`${sink.name} ends at ${seq}, but ${least} had been written`)
    // Asked once more now that the sink is open: whoever came later has shut out this turn at one of the two.
    const now = await readCursor(pool, turn)
    const cursor = seq > now.seq ? await moveCursor(pool, turn, now, seq) : now
    await this.#record(turn, 'running', null)
    this.#tell({ seq })
    log.info({ sink: sink.name, seq: `${seq}` }, 'sink running')
    return cursor
  }

  /** Opens the sink at the seq it is asked to go back to; undefined when nobody asked. */
  async #rewind(turn: Turn, { lineage, rewind_to }: Cursor): Promise<bigint | undefined> {
    if (rewind_to === null) return undefined
    const { pool, sink, log } = this.#parts
    // With no floor: where the sink stands, or that it has lost its place, is no reason to stop when it is told where to go.
    await sink.open({ lineage, seq: 0n }, turn)
    await sink.rewind?.(rewind_to)
    await rewindCursor(pool, turn, rewind_to)
    log.info({ sink: sink.name, seq: `${rewind_to}` }, 'sink rewound')
    return rewind_to
  }

  async #follow(from: Cursor, turn: Turn): Promise<void> {
    const { pool, sink, pace_ms = 0 } = this.#parts
    let cursor = from
    let ahead: Promise<readonly CommittedEvent[]> | undefined
    while (!this.#stop.signal.aborted && cursor.rewind_to === null) {
      if (cursor.paused) {
        cursor = await this.#pause(turn)
        continue
      }
      const events = await (ahead ?? this.#read(cursor.seq))
      ahead = undefined
      const last = events.at(-1)
      if (!last) {
        if (!(await this.#wakeup.sleep(LOOK_MS))) cursor = await readCursor(pool, turn)
        continue
      }
      // While one batch is written the next one is read; no more than these two are ever in memory.
      if (events.length === this.#batchEvents) ahead = this.#read(last.seq)
      ahead?.catch(() => {}) // Heard of when it is awaited; when the write fails first, nobody needs it any more.
      await sink.write(events, last.seq)
      cursor = await moveCursor(pool, turn, cursor, last.seq)
      this.#tell({ seq: last.seq })
      const isBehind = ahead !== undefined
      if (!isBehind && pace_ms > 0) await this.#wakeup.pause(pace_ms, this.#stop.signal)
    }
  }

  get #batchEvents(): number {
    return this.#parts.batchEvents ?? BATCH_EVENTS
  }

  /** What follows `since`: from the tail's memory, or else from the database. */
  async #read(since: bigint): Promise<readonly CommittedEvent[]> {
    const { ledger, tail } = this.#parts
    const recent = tail.recent(since)
    if (recent && recent.length > 0) return recent.slice(0, this.#batchEvents)
    return ledger.reader.events({ since, limit: this.#batchEvents })
  }

  async #pause(turn: Turn): Promise<Cursor> {
    await this.#record(turn, 'paused', null)
    for (;;) {
      await this.#wakeup.pause(LOOK_MS, this.#stop.signal)
      const cursor = await readCursor(this.#parts.pool, turn)
      if (cursor.paused && cursor.rewind_to === null && !this.#stop.signal.aborted) continue
      if (!cursor.paused) await this.#record(turn, 'running', null)
      return cursor
    }
  }

  /** A sink that stopped is left alone until something is asked of it. */
  async #untilResumed(): Promise<void> {
    const { pool, sink } = this.#parts
    do await this.#wakeup.pause(LOOK_MS, this.#stop.signal)
    while (!this.#stop.signal.aborted && (await countCommands(pool, sink.name)) <= this.#commands)
  }

  /** Tells those who ask on any node. That they cannot be told must not be what fails a sink. */
  async #record(turn: Turn, state: RelayStatus['state'], error: string | null): Promise<void> {
    const { pool, log, sink } = this.#parts
    this.#tell({ state, error })
    await tellState(pool, turn, { state, error }).catch((cause: unknown) =>
      log.error({ err: cause, sink: sink.name }, 'the state of a sink was not recorded'),
    )
  }

  #tell(change: Partial<RelayStatus>): void {
    this.#status = { ...this.#status, ...change }
  }
}

import { claimCursor, moveCursor, readCursor, rewindCursor, tellState, TurnLost, type Cursor } from '../cursor.ts'
import type { RelayParts, RelayStatus } from '../relay.ts'
import { SinkStopped, type Turn } from '../sink.ts'
import { takeTurn } from '../turn.ts'
import { Wakeup } from '../wakeup.ts'
import type { Tail } from '../../ledger/ledger.ts'
import { replay } from '../../access/webhooks/endpoints.ts'
import { activeEndpoints } from './progress.ts'
import { Pump, type PumpParts } from './pump.ts'

type Parts = Pick<RelayParts, 'ledger' | 'node' | 'log' | 'backoff_ms'> &
  Omit<PumpParts, 'reader' | 'tail' | 'log'> &
  Readonly<{ tail: Pick<Tail, 'lineage' | 'seq' | 'recent' | 'subscribe'> }>

const NAME = 'webhooks'
const LOOK_MS = 1_000
const BACKOFF_MS = [100, 30_000] as const

/**
 * Sends the events of tenants to the URLs they named: at least once, each under an id of its own by which a receiver knows one
 * that comes twice, and to one endpoint in order, unless one had to be put off. Every endpoint has a pump of its own, so that
 * one that hangs holds up nobody. Of all nodes one has its turn, as with any sink, and its cursor says how far all of them are.
 */
export class Webhooks {
  readonly #parts: Parts
  readonly #stop = new AbortController()
  readonly #wakeup = new Wakeup()
  readonly #done: Promise<void>
  readonly #unsubscribe: () => void
  readonly #pumps = new Map<string, Pump>()
  #pumping: AbortController | undefined
  #status: RelayStatus = { sink: NAME, state: 'standby', seq: 0n, error: null }

  /** Starts at once. */
  constructor(parts: Parts) {
    this.#parts = parts
    this.#unsubscribe = parts.tail.subscribe((events) => {
      const tenants = new Set(events.map(({ tenant }) => tenant))
      for (const pump of this.#pumps.values()) if (tenants.has(pump.tenant)) pump.ring()
    })
    this.#done = this.#run()
  }

  get status(): RelayStatus {
    return this.#status
  }

  /** Resolves when nothing is being sent any more; what was is sent again by whoever comes next. */
  async close(): Promise<void> {
    this.#unsubscribe()
    this.#stop.abort()
    this.#wakeup.ring()
    await this.#done
  }

  async #run(): Promise<void> {
    const { log, backoff_ms: [first, most] = BACKOFF_MS } = this.#parts
    for (let failures = 0; !this.#stop.signal.aborted; failures++) {
      try {
        await this.#turn()
        failures = 0
      } catch (error) {
        this.#tell({ state: error instanceof SinkStopped ? 'stopped' : 'failing', error: (error as Error).message })
        log.error({ err: error, sink: NAME }, 'sink failed')
        await this.#wakeup.pause(Math.min(first * 2 ** failures, most), this.#stop.signal)
      }
    }
    this.#tell({ state: 'closed' })
  }

  async #turn(): Promise<void> {
    const { log } = this.#parts
    this.#tell({ state: 'standby' })
    const turn = await takeTurn(this.#parts, { sink: NAME, stop: this.#stop.signal, wakeup: this.#wakeup })
    if (!turn) return
    try {
      await this.#lead(turn)
    } catch (error) {
      if (!(error instanceof TurnLost)) {
        const state = error instanceof SinkStopped ? 'stopped' : 'failing'
        await tellState(this.#parts.pool, turn, { state, error: (error as Error).message }).catch(() => {}) // The caller hears of the cause.
        throw error
      }
      log.info({ sink: NAME }, error.message)
    } finally {
      await this.#stopPumps()
      // A turn that cannot be given back ends with the lease of this node.
      await turn.release().catch((error: unknown) => log.error({ err: error, sink: NAME }, 'turn not given back'))
    }
  }

  async #lead(turn: Turn): Promise<void> {
    const { pool, tail } = this.#parts
    let cursor = await claimCursor(pool, turn, tail.lineage)
    if (cursor.lineage !== tail.lineage)
      throw new SinkStopped(`${NAME} are at events of lineage ${cursor.lineage}, the ledger is at ${tail.lineage}`)
    let commands: number | undefined
    while (!this.#stop.signal.aborted) {
      if (cursor.rewind_to !== null) cursor = await this.#rewind(turn, cursor.rewind_to)
      if (cursor.commands !== commands) await this.#obey(turn, cursor)
      commands = cursor.commands
      for (const pump of this.#pumps.values()) pump.ring()
      await this.#wakeup.sleep(LOOK_MS)
      const to = this.#leastSeq(cursor)
      cursor = to === cursor.seq ? await readCursor(pool, turn) : await moveCursor(pool, turn, cursor, to)
      this.#tell({ seq: to })
    }
  }

  /** Somebody has asked something of the sink or changed an endpoint, or the turn has just begun. */
  async #obey(turn: Turn, { paused }: Cursor): Promise<void> {
    const { pool } = this.#parts
    if (paused) await this.#stopPumps()
    else await this.#startPumps()
    const state = paused ? 'paused' : 'running'
    await tellState(pool, turn, { state, error: null })
    this.#tell({ state, error: null })
  }

  async #rewind(turn: Turn, to: bigint): Promise<Cursor> {
    const { pool } = this.#parts
    await this.#stopPumps()
    await replay(pool, to + 1n)
    await rewindCursor(pool, turn, to)
    return readCursor(pool, turn)
  }

  /** As far as the slowest endpoint; paused, nobody gets any further. */
  #leastSeq({ paused, seq }: Cursor): bigint {
    if (paused) return seq
    const seqs = [...this.#pumps.values()].map((pump) => pump.seq)
    return seqs.reduce((least, each) => (each < least ? each : least), this.#parts.tail.seq)
  }

  /** A pump for each endpoint that is sent to; those there are look at their endpoint again. */
  async #startPumps(): Promise<void> {
    const { ledger, ...parts } = this.#parts
    for (const pump of this.#pumps.values()) pump.look()
    const endpoints = await activeEndpoints(parts.pool)
    this.#pumping ??= new AbortController()
    for (const endpoint of endpoints.filter(({ id }) => !this.#pumps.has(id))) {
      const pump = new Pump({ ...parts, reader: ledger.reader }, endpoint, this.#pumping.signal)
      this.#pumps.set(endpoint.id, pump)
      void pump.done.then(() => this.#pumps.delete(endpoint.id))
    }
  }

  async #stopPumps(): Promise<void> {
    this.#pumping?.abort()
    this.#pumping = undefined
    const pumps = [...this.#pumps.values()]
    for (const pump of pumps) pump.ring()
    await Promise.all(pumps.map(({ done }) => done))
    this.#pumps.clear()
  }

  #tell(change: Partial<RelayStatus>): void {
    this.#status = { ...this.#status, ...change }
  }
}

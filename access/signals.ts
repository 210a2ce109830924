import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { TenantId } from '../schema/account.ts'
import type { SignalKind } from '../schema/fraud.ts'
import type { Sealer } from './seal.ts'

type Whose = Readonly<{ tenant: TenantId; user: string }>

/** What users have in common, kept as keyed digests: they say that two are the same, never what they are. */
export interface Signals {
  /**
   * Remembers that the user has shown `value`. Resolves when it rests in Postgres, with others that waited; never rejects: what
   * cannot be kept is logged. Not to be awaited where somebody waits for an answer.
   */
  record(whose: Whose, kind: SignalKind, value: string): Promise<void>
  /** Forgets what has not been seen for `SIGNAL_DAYS`. */
  dropOld(): Promise<void>
  /** Resolves when nothing waits any more. */
  close(): Promise<void>
}

type Parts = Readonly<{
  pool: Pool
  sealer: Pick<Sealer, 'word'>
  /** Unix ms. */
  clock: () => number
  log: Pick<Logger, 'warn'>
  /** Past it what comes is dropped: sign-ins go on while Postgres is slow. */
  waiting_max?: number
}>

/** Long enough for a ring of accounts to show, short enough to keep nobody's devices for ever. */
const SIGNAL_DAYS = 400
const DAY_MS = 86_400_000
const WAITING_MAX = 10_000
/** Written by one statement. */
const WRITTEN_MAX = 1000
const DROP_MS = 3_600_000

type Signal = Whose & {
  readonly kind: SignalKind
  readonly digest: Buffer
  first_ms: number
  last_ms: number
  count: number
}

/** The signals of one node. What comes while Postgres writes is added up and goes as the next statement. */
export function createSignals(parts: Parts): Signals {
  const signals = new PostgresSignals(parts)
  const timer = setInterval(() => {
    signals.dropOld().catch((error: unknown) => parts.log.warn({ err: error }, 'old signals were not deleted'))
  }, DROP_MS).unref()
  return {
    record: (whose, kind, value) => signals.record(whose, kind, value),
    dropOld: () => signals.dropOld(),
    close: () => {
      clearInterval(timer)
      return signals.idle()
    },
  }
}

class PostgresSignals {
  readonly #parts: Parts
  #waiting = new Map<string, Signal>()
  /** The statement under way, and the one that takes what waits now. */
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  #dropped = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  record({ tenant, user }: Whose, kind: SignalKind, value: string): Promise<void> {
    const { sealer, clock, waiting_max = WAITING_MAX } = this.#parts
    if (value === '') return Promise.resolve()
    const word = sealer.word(`signal/${JSON.stringify([tenant, kind, value])}`)
    const key = `${user}/${kind}/${word}`
    const now_ms = clock()
    const known = this.#waiting.get(key)
    if (known) {
      known.count++
      known.last_ms = now_ms
    } else if (this.#waiting.size >= waiting_max) {
      this.#dropped++
      return Promise.resolve()
    } else {
      const digest = Buffer.from(word, 'base64url')
      this.#waiting.set(key, { tenant, user, kind, digest, first_ms: now_ms, last_ms: now_ms, count: 1 })
    }
    return this.#soon()
  }

  async dropOld(): Promise<void> {
    const { pool, clock } = this.#parts
    await pool.query('delete from signal where last_ms < $1', [clock() - SIGNAL_DAYS * DAY_MS])
  }

  async idle(): Promise<void> {
    while (this.#next) await this.#next
    await this.#running
  }

  #soon(): Promise<void> {
    return (this.#next ??= this.#running.then(() => {
      this.#next = undefined
      this.#running = this.#write()
      return this.#running
    }))
  }

  async #write(): Promise<void> {
    const signals = [...this.#waiting.values()]
    this.#waiting = new Map()
    if (this.#dropped > 0) this.#parts.log.warn({ dropped: this.#dropped }, 'signals were dropped: Postgres is slow')
    this.#dropped = 0
    for (let from = 0; from < signals.length; from += WRITTEN_MAX) {
      await this.#insert(signals.slice(from, from + WRITTEN_MAX)).catch((error: unknown) =>
        this.#parts.log.warn({ err: error }, 'signals were not kept'),
      )
    }
  }

  async #insert(signals: readonly Signal[]): Promise<void> {
    const column = (name: keyof Signal) => signals.map((signal) => signal[name])
    // In one order, so that two nodes that write at once do not wait for each other in a circle.
    await this.#parts.pool.query(
      `insert into signal as s (tenant, user_id, kind, digest, first_ms, last_ms, count)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bigint[])
         as each(tenant, user_id, kind, digest, first_ms, last_ms, count)
       order by tenant, kind, digest, user_id
       on conflict (tenant, kind, digest, user_id) do update
         set last_ms = greatest(s.last_ms, excluded.last_ms), count = s.count + excluded.count`,
      (['tenant', 'user', 'kind', 'digest', 'first_ms', 'last_ms', 'count'] as const).map(column),
    )
  }
}

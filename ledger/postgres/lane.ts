import pg from 'pg'
import type { Book } from '../book.ts'
import type { Decided } from '../decide.ts'
import type { Needs } from '../needs.ts'
import { StoreError, type FailureReason, type Store, type StoreLane, type Written } from '../store.ts'
import { AccountIds } from './account-ids.ts'
import { loadBook } from './load.ts'
import { writeBook } from './write.ts'

/** Stripes a cell can have: one a lane, so this many lanes over all nodes work without sharing one. */
const STRIPES_MAX = 64
/** The advisory lock (7311, n) says that stripe n is taken. */
const STRIPE_LOCK = 7_311

/**
 * How long a statement waits for a lock, and how long a transaction may stand idle, before Postgres ends it: a writer that
 * froze between lock and write holds the others up for no longer than this.
 */
const PATIENCE_MS = 1_000

/** Opens lanes to one Postgres. */
export class PostgresStore implements Store {
  readonly #databaseUrl: string
  readonly #ids: AccountIds

  constructor(databaseUrl: string, account_ids_max = 500_000) {
    this.#databaseUrl = databaseUrl
    this.#ids = new AccountIds(account_ids_max)
  }

  async open(): Promise<StoreLane> {
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      pipeline: true,
      application_name: 'rollingdrop ledger',
      connectionTimeoutMillis: 5_000,
      options: `-c synchronous_commit=on -c lock_timeout=${PATIENCE_MS} -c idle_in_transaction_session_timeout=${PATIENCE_MS}`,
    })
    client.on('error', () => {}) // the query under way, or the next one, reports it
    try {
      await client.connect()
      return new PostgresLane(client, await takeStripe(client), this.#ids)
    } catch (error) {
      await client.end().catch(() => {}) // it never came to be
      throw new StoreError('lost', error)
    }
  }
}

class PostgresLane implements StoreLane {
  readonly stripe: number
  readonly #client: pg.Client
  readonly #ids: AccountIds

  constructor(client: pg.Client, stripe: number, ids: AccountIds) {
    this.#client = client
    this.stripe = stripe
    this.#ids = ids
  }

  load(needs: Needs): Promise<Book> {
    return this.#guard(() => loadBook(this.#client, needs, this.#ids))
  }

  write(book: Book, accepted: readonly Decided[]): Promise<Written> {
    return this.#guard(async () => {
      const written = await writeBook(this.#client, book, accepted)
      for (const [key, { closed }] of book.accounts) if (closed) this.#ids.forget(key)
      return written
    })
  }

  async abandon(): Promise<void> {
    await this.#guard(() => this.#client.query('rollback'))
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {}) // a broken connection is closed as well
  }

  /** Runs a step of the transaction; when it fails, the transaction is rolled back and the failure gets its reason. */
  async #guard<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step()
    } catch (error) {
      const reason = reasonOf(error)
      if (reason !== 'lost') await this.#client.query('rollback').catch(() => {}) // the next `begin` would fail and say so
      throw new StoreError(reason, error)
    }
  }
}

/** The first stripe that no other lane of the cell has. Held as long as the connection lives. */
async function takeStripe(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `select n from generate_series(0, $1::int - 1) n where pg_try_advisory_lock($2, n) limit 1`,
    [STRIPES_MAX, STRIPE_LOCK],
  )
  return rows[0]?.n ?? Math.floor(Math.random() * STRIPES_MAX)
}

/** SQLSTATE classes: what a failed batch means for its outcomes. */
function reasonOf(error: unknown): FailureReason {
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return 'lost'
  if (code === '55P03' || code === '40P01' || code === '40001') return 'again'
  if (code === '23505') return 'collided'
  return code.startsWith('22') || code.startsWith('23') ? 'poisoned' : 'lost'
}

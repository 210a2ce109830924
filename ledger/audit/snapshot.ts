import pg from 'pg'
import { list, run, type Row, type Statement } from '../postgres/statement.ts'
import { accountOf, type Accounts, type AuditAccount } from './accounts.ts'
import { auditSql, type Chunk, type ChunkRows } from './chunk.ts'

/** Seqs read at once: some ten thousand rows in memory. */
const CHUNK_SEQS = 8_000
const PAGE_ROWS = 10_000

const batches = auditSql('batches')
const outcomes = auditSql('outcomes')
const transfers = auditSql('transfers')
const events = auditSql('events')
const accountsBefore = auditSql('accounts')

/** Reads one state of a database, however much is committed meanwhile. Writes nothing. */
export class Snapshot {
  readonly #client: pg.Client

  private constructor(client: pg.Client) {
    this.#client = client
  }

  /** Opens a snapshot, or joins the one that another has exported. */
  static async open(databaseUrl: string, exported?: string): Promise<Snapshot> {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'rollingdrop audit' })
    client.on('error', () => {}) // the query under way reports it
    await client.connect()
    await client.query('begin isolation level repeatable read, read only')
    if (exported !== undefined) await client.query(`set transaction snapshot ${client.escapeLiteral(exported)}`)
    // It thinks between its statements, and sorts whole tables.
    await client.query(`set local idle_in_transaction_session_timeout = 0; set local statement_timeout = 0`)
    await client.query(`set local work_mem = '64MB'; set local jit = off`)
    return new Snapshot(client)
  }

  async export(): Promise<string> {
    const [row] = await this.query({ name: 'audit-export', text: 'select pg_export_snapshot()' }, [])
    return row![0]!
  }

  query(wanted: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    return run(this.#client, wanted, values)
  }

  /** The rows of a statement a page at a time, however many there are. One stream at a time. */
  async *pages({ name, text }: Statement, values: readonly unknown[]): AsyncGenerator<readonly Row[]> {
    const cursor = { name: `pages-${name}`, text: `declare pages no scroll cursor for ${text}` }
    await this.query(cursor, values)
    for (;;) {
      const rows = await this.query({ name: 'pages-next', text: `fetch ${PAGE_ROWS} from pages` }, [])
      if (rows.length === 0) break
      yield rows
    }
    await this.query({ name: 'pages-close', text: 'close pages' }, [])
  }

  /**
   * Whole batches with everything in them, after seq `after` and up to `until`, in the order of seq. The next chunk is read
   * while one is used.
   */
  async *chunks(after: number, until = Infinity): AsyncGenerator<ChunkRows> {
    const next = (from: number) => (from < until ? this.#chunk(from, Math.min(CHUNK_SEQS, until - from)) : undefined)
    let coming = next(after)
    for (;;) {
      const chunk = await coming
      if (chunk === undefined) return
      coming = next(Number(chunk.batches.at(-1)![0]))
      coming?.catch(() => {}) // it is awaited in the next turn, unless nobody takes one
      yield chunk
    }
  }

  /** The one batch that follows seq `after`, with everything in it. */
  batchAfter(after: number): Promise<ChunkRows | undefined> {
    return this.#chunk(after, 0)
  }

  async #chunk(after: number, seqs: number): Promise<ChunkRows | undefined> {
    const found = await this.query(batches, [after, seqs])
    if (found.length === 0) return undefined
    const range = [after, found.at(-1)![0]]
    return {
      batches: found,
      outcomes: await this.query(outcomes, range),
      legs: await this.query(transfers, range),
      events: await this.query(events, range),
    }
  }

  async close(): Promise<void> {
    await this.#client.end()
  }
}

/**
 * The accounts that were used last, at most so many; others are read from the snapshot when their time comes. Two generations:
 * when the young one is full it becomes the old one, and what is not used out of that is forgotten with it.
 */
export class RecentAccounts implements Accounts {
  readonly #snapshot: Snapshot
  readonly #base: number
  readonly #generation_max: number
  #young = new Map<number, AuditAccount>()
  #old = new Map<number, AuditAccount>()

  /** `base` is the seq from which on legs are in the database; what came before is in its archived balances. */
  constructor(options: Readonly<{ snapshot: Snapshot; base: number; entries_max: number }>) {
    this.#snapshot = options.snapshot
    this.#base = options.base
    this.#generation_max = options.entries_max / 2
  }

  /** Any account of the chunk that was loaded last. */
  get(id: number): AuditAccount | undefined {
    return this.#young.get(id)
  }

  /** Makes every account of the chunk's legs known, with its balance at seq `before`, right before the chunk. */
  async load({ legs }: Chunk, before: number): Promise<void> {
    if (this.#young.size > this.#generation_max) {
      this.#old = this.#young
      this.#young = new Map()
    }
    const unknown = new Set<number>()
    for (const { debit, credit } of legs) {
      this.#use(debit, unknown)
      this.#use(credit, unknown)
    }
    if (unknown.size === 0) return
    for (const row of await this.#snapshot.query(accountsBefore, [list([...unknown]), before, this.#base])) {
      const account = accountOf(row)
      if (account !== undefined) this.#young.set(account.id, account)
    }
  }

  #use(id: number, unknown: Set<number>): void {
    if (this.#young.has(id)) return
    const old = this.#old.get(id)
    if (old === undefined) unknown.add(id)
    else this.#young.set(id, old)
  }
}

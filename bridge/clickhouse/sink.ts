import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Pool } from 'pg'
import type { LedgerReader } from '../../ledger/ledger.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { Position } from '../../schema/position.ts'
import type { DeadLetter } from '../dead-letter.ts'
import { SinkStopped, type Sink, type Turn } from '../sink.ts'
import { forgetChunk, lastChunk, nameChunk, resume, tokenOf, type Chunk } from './chunk.ts'
import { clickHouseClient, ensureDatabase } from './client.ts'
import { migrateClickHouse } from './migrate.ts'
import { columns, writeRow } from './row.ts'
import { RowBinary } from './row-binary.ts'

type Options = Readonly<{
  /** `http://user:password@host:8123/database` */
  url: string
  pool: Pool
  reader: Pick<LedgerReader, 'events'>
  /** Fewer events than this are inserted only `chunk_ms` after the last ones: each insert is a part on disk. */
  chunk_events: number
  chunk_ms: number
  /** A chunk is cut at this size. */
  chunk_bytes_max?: number
}>

const CHUNK_BYTES_MAX = 32 << 20
/** Read at once when a chunk is sent again. */
const READ_EVENTS = 2_000

/** The events, and the sums that follow from them. */
const TABLES = ['transaction_events', 'daily', 'user_total', 'box_total', 'version_total', 'pace', 'given_pair']

const SETTINGS = {
  // What is acknowledged is written, the sums with it.
  async_insert: 0,
  wait_end_of_query: 1,
  // Without it a chunk whose sums a crash kept back would be known, and its sums never made; or it would be summed twice.
  deduplicate_blocks_in_dependent_materialized_views: 1,
  // One chunk is one block, so that one token is one chunk.
  max_insert_block_size: '10000000',
  min_insert_block_size_bytes: '0',
} as const

/**
 * Committed events in ClickHouse's `transaction_events`, each once, and the sums that follow from them. A chunk of events is named
 * in Postgres before it is sent, and sent as exactly that until it is known to be there: ClickHouse drops what it has got already
 * by the chunk's token, in the sums as well. See `resume` for how a later turn goes on.
 */
export function createClickHouseSink(options: Options): Sink {
  return new ClickHouseSink(options)
}

class ClickHouseSink implements Sink {
  readonly name = 'clickhouse'
  readonly #options: Options
  readonly #row = new RowBinary()
  #client: ClickHouseClient | undefined
  #turn: Turn | undefined
  #lineage = ''
  #inserted_ms = 0
  /** Why nothing may be written unless it is filled anew. */
  #astray: SinkStopped | undefined

  constructor(options: Options) {
    this.#options = options
  }

  async open(floor: Position, turn: Turn): Promise<bigint> {
    const { url, pool } = this.#options
    await this.close()
    await ensureDatabase(url)
    this.#client = clickHouseClient(url)
    this.#turn = turn
    this.#lineage = floor.lineage
    await migrateClickHouse(this.#client)
    const [held, chunk] = [await lastHeld(this.#client), await lastChunk(pool, turn.sink)]
    if (held && held.lineage !== floor.lineage)
      throw new SinkStopped(`ClickHouse holds events of lineage ${held.lineage}, the ledger is at ${floor.lineage}`)
    return this.#resume(floor, held, chunk?.lineage === floor.lineage ? chunk : undefined)
  }

  async #resume(floor: Position, held: Position | undefined, chunk: Chunk | undefined): Promise<bigint> {
    this.#astray = undefined
    try {
      const { seq, again } = resume(floor, held, chunk)
      if (again) await this.#again(again)
      return seq
    } catch (error) {
      // Before it is filled anew it is opened at 0: then it is no matter where it stood.
      if (!(error instanceof SinkStopped) || floor.seq !== 0n) throw error
      this.#astray = error
      return 0n
    }
  }

  async write(events: readonly CommittedEvent[]): Promise<void> {
    const { pool, chunk_events, chunk_ms } = this.#options
    if (!this.#turn) throw new Error('ClickHouse is not open')
    if (this.#astray) throw this.#astray
    if (events.length < chunk_events) await delay(Math.max(0, this.#inserted_ms + chunk_ms - performance.now()))
    for (let from = 0; from < events.length;) {
      const { to, dead } = this.#encode(events, from)
      const chunk = { lineage: this.#lineage, first: events[from]!.seq, last: events[to - 1]!.seq }
      await nameChunk(pool, this.#turn, chunk, dead)
      await this.#insert(chunk)
      from = to
    }
  }

  /** Only from the first event on: sums cannot be taken back in part. */
  async rewind(to: bigint): Promise<void> {
    if (to !== 0n) throw new SinkStopped('ClickHouse can only be filled anew as a whole: rewind it to 0')
    for (const table of TABLES) await this.#client!.command({ query: `truncate table ${table}` })
    await forgetChunk(this.#options.pool, this.#turn!)
    this.#astray = undefined
  }

  async close(): Promise<void> {
    await this.#client?.close()
    this.#client = undefined
    this.#turn = undefined
  }

  async #again(chunk: Chunk): Promise<void> {
    const { reader } = this.#options
    this.#row.cut(0)
    let next = chunk.first
    while (next <= chunk.last) {
      const events = await reader.events({ since: next - 1n, until: chunk.last, limit: READ_EVENTS })
      if (events[0]?.seq !== next)
        throw new SinkStopped(`event ${next} has to be sent to ClickHouse again, but has left the ledger`)
      // Those that cannot be counted were put aside when the chunk was named.
      for (const event of events) writeRow(this.#row, event, chunk.lineage)
      next += BigInt(events.length)
    }
    await this.#insert(chunk)
  }

  /** Writes rows until the chunk is full. `to` is the first event that no longer fits. */
  #encode(events: readonly CommittedEvent[], from: number): Readonly<{ to: number; dead: readonly DeadLetter[] }> {
    const { chunk_bytes_max = CHUNK_BYTES_MAX } = this.#options
    const dead: DeadLetter[] = []
    this.#row.cut(0)
    let to = from
    while (to < events.length && (to === from || this.#row.length < chunk_bytes_max)) {
      const event = events[to++]!
      const error = writeRow(this.#row, event, this.#lineage)
      if (error) dead.push({ event, reason: error.message })
    }
    return { to, dead }
  }

  async #insert(chunk: Chunk): Promise<void> {
    const { stream } = await this.#client!.exec({
      query: `insert into transaction_events (${columns.join(', ')}) format RowBinary`,
      values: Readable.from([this.#row.bytes()]),
      clickhouse_settings: { ...SETTINGS, insert_deduplication_token: tokenOf(chunk) },
    })
    await text(stream)
    this.#inserted_ms = performance.now()
  }
}

/** The last event that ClickHouse holds. */
async function lastHeld(client: ClickHouseClient): Promise<Position | undefined> {
  const query = 'select lineage, seq from transaction_events order by seq desc limit 1'
  const [row] = await (await client.query({ query, format: 'JSONEachRow' })).json<{ lineage: string; seq: string }>()
  return row && { lineage: row.lineage, seq: BigInt(row.seq) }
}

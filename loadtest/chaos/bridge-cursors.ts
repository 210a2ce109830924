import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

export const sinks = ['kafka', 'clickhouse'] as const
export type SinkName = (typeof sinks)[number]

type Row = Readonly<{ name: SinkName; seq: string; head: string; process: string | null; told: string }>

const LOOK_MS = 20
/** A broker that was killed may take this long until it leads all its partitions again, on a machine busy with other things. */
const MOVES_WITHIN_MS = 90_000

/** Where the sinks stand and who leads each, as Postgres has it. */
export class BridgeCursors {
  readonly #pool: pg.Pool

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
    this.#pool.on('error', () => {}) // Postgres is killed under it: whoever asks next hears of it.
    this.#pool.on('connect', (client) => void client.on('error', () => {}))
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  /** The process that leads a sink, once there is one. */
  async leaderOf(sink: SinkName): Promise<number> {
    const row = await this.#until((rows) => rows.find(({ name, process }) => name === sink && process !== null))
    return Number(row.process)
  }

  /** Ms, from now, until each sink has everything that is committed now. Throws an Error with its state when one has not in time. */
  async caughtUp(): Promise<Readonly<Record<SinkName, number>>> {
    const began = performance.now()
    let head: bigint | undefined
    const took = new Map<SinkName, number>()
    await this.#until((rows) => {
      head ??= BigInt(rows[0]?.head ?? 0n)
      for (const { name, seq } of rows)
        if (BigInt(seq) >= head && !took.has(name)) took.set(name, Math.round(performance.now() - began))
      return took.size === sinks.length ? took : undefined
    })
    return { kafka: took.get('kafka')!, clickhouse: took.get('clickhouse')! }
  }

  /** How the sinks are, for a person. */
  async describe(): Promise<string> {
    return this.#read().then(inWords, (error: Error) => error.message)
  }

  async #until<T>(wanted: (rows: readonly Row[]) => T | undefined): Promise<T> {
    const until = performance.now() + MOVES_WITHIN_MS
    let last = 'Postgres does not answer'
    while (performance.now() < until) {
      try {
        const rows = await this.#read()
        last = inWords(rows)
        const found = rows.length > 0 ? wanted(rows) : undefined
        if (found !== undefined) return found
      } catch (error) {
        last = (error as Error).message
      }
      await delay(LOOK_MS)
    }
    throw new Error(`the cursors did not move within ${MOVES_WITHIN_MS} ms: ${last}`)
  }

  async #read(): Promise<readonly Row[]> {
    const { rows } = await this.#pool.query<Row>(
      `select c.name, c.seq, h.seq as head, n.process, c.state || coalesce(' (' || c.error || ')', '') as told
       from head h cross join sink_cursor c left join node n on n.id = c.node where c.name = any($1)`,
      [sinks],
    )
    return rows
  }
}

function inWords(rows: readonly Row[]): string {
  return rows
    .map(({ name, seq, head, process, told }) => `${name} is at ${seq} of ${head} with process ${process}, ${told}`)
    .join('; ')
}

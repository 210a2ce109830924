import type { Pool } from 'pg'

/** How one sink is, as Postgres knows it: the same on every node. */
export type SinkState = Readonly<{
  name: string
  state: string
  /** Every event up to here is in the sink. */
  seq: bigint
  lineage: string
  /** Committed events that are not in it yet, and how long the first of them has waited. */
  lag_events: bigint
  lag_s: number
  /** What is wrong; null while nothing is. */
  error: string | null
  paused: boolean
  /** Events it could not carry, because of what they are. */
  dead_letters: number
  /** The node that had the last turn. */
  node: string | null
}>

type Row = Omit<SinkState, 'seq' | 'lag_events'> & Readonly<{ seq: string; lag_events: string }>

/** Every sink there ever was, by name. */
export async function readSinks(pool: Pool): Promise<readonly SinkState[]> {
  const { rows } = await pool.query<Row>(
    `select c.name, c.state, c.seq, c.lineage, c.error, c.paused, c.node,
       greatest(h.seq - c.seq, 0) as lag_events,
       coalesce(extract(epoch from greatest(clock_timestamp() - waiting.at, interval '0')), 0)::float8 as lag_s,
       (select count(*) from dead_letter d where d.sink = c.name and d.lineage = c.lineage)::int as dead_letters
     from sink_cursor c cross join head h
     left join lateral (select at from event where seq > c.seq order by seq limit 1) waiting on true
     order by c.name`,
  )
  return rows.map((row) => Object.assign(row, { seq: BigInt(row.seq), lag_events: BigInt(row.lag_events) }))
}

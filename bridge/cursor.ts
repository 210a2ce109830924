import type { Pool } from 'pg'
import type { Position } from '../schema/position.ts'
import { SinkStopped } from './sink.ts'

/** How far a sink has got, as Postgres knows it: 0 of the `lineage` when it has never begun. */
export async function readCursor(pool: Pool, name: string, lineage: string): Promise<Position> {
  await pool.query('insert into sink_cursor(name, lineage, seq) values ($1, $2, 0) on conflict do nothing', [
    name,
    lineage,
  ])
  const { rows } = await pool.query<{ lineage: string; seq: string }>(
    'select lineage, seq from sink_cursor where name = $1',
    [name],
  )
  return { lineage: rows[0]!.lineage, seq: BigInt(rows[0]!.seq) }
}

/**
 * Moves a cursor from where the relay believes it to be. Throws SinkStopped when it is elsewhere: then another relay writes to
 * the same sink, one that took over while this process was frozen.
 */
export async function moveCursor(pool: Pool, name: string, from: Position, to: bigint): Promise<void> {
  const { rowCount } = await pool.query(
    'update sink_cursor set seq = $4, moved_at = now() where name = $1 and lineage = $2 and seq = $3',
    [name, from.lineage, from.seq, to],
  )
  if (rowCount !== 1)
    throw new SinkStopped(`the cursor of ${name} is no longer at ${from.seq}: another relay has moved it`)
}

import type { Pool } from 'pg'
import type { Position } from '../../schema/position.ts'
import { TurnLost } from '../cursor.ts'
import type { DeadLetter } from '../dead-letter.ts'
import { SinkStopped, type Turn } from '../sink.ts'

/** Consecutive events that are inserted at once, and again as exactly these when it is not known whether they were. */
export type Chunk = Readonly<{ lineage: string; first: bigint; last: bigint }>

/** Where to go on: after `seq`, once `again` has been inserted, if there is such a chunk. */
export type Resume = Readonly<{ seq: bigint; again: Chunk | undefined }>

/** By this ClickHouse knows a chunk that it has got already. */
export const tokenOf = ({ lineage, first, last }: Chunk): string => `${lineage}:${first}-${last}`

/**
 * Where to go on, from what the relay recorded, the last event that ClickHouse holds, and the last chunk that was named before
 * it was sent. The chunk is sent again whenever the relay has not recorded its end: ClickHouse may hold all of it, nothing, or
 * its events without their sums.
 * @throws SinkStopped when events would be lost or counted twice
 */
export function resume(floor: Position, held: Position | undefined, chunk: Chunk | undefined): Resume {
  if (held === undefined && floor.seq === 0n)
    return chunk?.first === 1n ? { seq: chunk.last, again: chunk } : { seq: 0n, again: undefined }
  const pending = chunk !== undefined && chunk.last > floor.seq ? chunk : undefined
  const [least, most] = pending ? [pending.first - 1n, pending.last] : [floor.seq, floor.seq]
  const end = held?.seq ?? 0n
  if (end < least) throw new SinkStopped(`ClickHouse ends at ${end}, but ${least} had been written: it has lost events`)
  if (end > most) throw new SinkStopped(`ClickHouse holds events up to ${end}, but only ${most} were sent from here`)
  return { seq: most, again: pending }
}

/** The chunk named last; undefined before the first. */
export async function lastChunk(pool: Pool, sink: string): Promise<Chunk | undefined> {
  const { rows } = await pool.query<{ lineage: string; first_seq: string; last_seq: string }>(
    'select lineage, first_seq, last_seq from clickhouse_chunk where sink = $1',
    [sink],
  )
  const [row] = rows
  return row && { lineage: row.lineage, first: BigInt(row.first_seq), last: BigInt(row.last_seq) }
}

/**
 * Names a chunk, and puts aside what of it cannot be counted.
 * @throws TurnLost when another relay has had its turn since
 */
export async function nameChunk(pool: Pool, turn: Turn, chunk: Chunk, dead: readonly DeadLetter[]): Promise<void> {
  // The lock on the cursor's row keeps the next turn from reading this before it is written.
  const { rowCount } = await pool.query(
    `with fence as (select name from sink_cursor where name = $1 and epoch = $2 for share),
     dead as (
       insert into dead_letter (sink, lineage, seq, type, tenant, reason)
       select fence.name, $3, d.* from fence, unnest($6::bigint[], $7::text[], $8::text[], $9::text[]) d
       on conflict do nothing)
     insert into clickhouse_chunk (sink, lineage, first_seq, last_seq)
     select name, $3, $4, $5 from fence
     on conflict (sink) do update set lineage = excluded.lineage, first_seq = excluded.first_seq, last_seq = excluded.last_seq`,
    [
      turn.sink,
      turn.epoch,
      chunk.lineage,
      chunk.first,
      chunk.last,
      dead.map(({ event }) => event.seq),
      dead.map(({ event }) => event.type),
      dead.map(({ event }) => event.tenant),
      dead.map(({ reason }) => reason),
    ],
  )
  if (rowCount !== 1) throw new TurnLost(`another relay of ${turn.sink} has a later turn`)
}

/** Forgets the chunk, because ClickHouse has been emptied. */
export async function forgetChunk(pool: Pool, turn: Turn): Promise<void> {
  await pool.query(
    'delete from clickhouse_chunk c using sink_cursor s where c.sink = $1 and s.name = $1 and s.epoch = $2',
    [turn.sink, turn.epoch],
  )
}

import type { Pool } from 'pg'
import type { Position } from '../schema/position.ts'
import { SinkStopped, type Turn } from './sink.ts'

/** Another relay has had its turn since: this one may write nothing more. */
export class TurnLost extends Error {
  override readonly name = 'TurnLost'
}

/** What people ask of a sink. `commands` counts what was asked, so that a change of it says that something was. */
export type Wishes = Readonly<{ paused: boolean; rewind_to: bigint | null; commands: number }>

export type Cursor = Position & Wishes

type Row = Readonly<{
  lineage: string
  seq: string
  epoch: number
  paused: boolean
  rewind_to: string | null
  commands: number
}>

const COLUMNS = 'lineage, seq, epoch, paused, rewind_to, commands'

/**
 * Takes the cursor for this turn: 0 of the `lineage` when the sink has never begun. From here on no earlier turn moves it.
 * @throws TurnLost when a later turn has it
 */
export async function claimCursor(pool: Pool, { sink, epoch, node }: Turn, lineage: string): Promise<Cursor> {
  const { rows } = await pool.query<Row>(
    `insert into sink_cursor as c (name, lineage, seq, epoch, node) values ($1, $2, 0, $3, $4)
     on conflict (name) do update set epoch = excluded.epoch, node = excluded.node where c.epoch <= excluded.epoch
     returning ${COLUMNS}`,
    [sink, lineage, epoch, node],
  )
  if (!rows[0]) throw new TurnLost(`another relay of ${sink} has a later turn`)
  return cursorOf(rows[0])
}

/**
 * Moves a cursor from where the relay believes it to be.
 * @throws TurnLost when a later turn has it
 * @throws SinkStopped when it is elsewhere all the same: somebody has changed it by hand
 */
export async function moveCursor(pool: Pool, { sink, epoch }: Turn, from: Position, to: bigint): Promise<Cursor> {
  const { rows } = await pool.query<Row>(
    `update sink_cursor set seq = $5, moved_at = now()
     where name = $1 and epoch = $2 and lineage = $3 and seq = $4 returning ${COLUMNS}`,
    [sink, epoch, from.lineage, from.seq, to],
  )
  if (rows[0]) return cursorOf(rows[0])
  await readCursor(pool, { sink, epoch })
  throw new SinkStopped(`the cursor of ${sink} is no longer at ${from.seq}: it was moved by hand`)
}

/** @throws TurnLost when a later turn has the cursor */
export async function readCursor(pool: Pool, { sink, epoch }: Pick<Turn, 'sink' | 'epoch'>): Promise<Cursor> {
  const { rows } = await pool.query<Row>(`select ${COLUMNS} from sink_cursor where name = $1`, [sink])
  if (rows[0]?.epoch !== epoch) throw new TurnLost(`another relay of ${sink} has a later turn`)
  return cursorOf(rows[0])
}

/** Sets the cursor back to where it was asked to go, and forgets the wish. */
export async function rewindCursor(pool: Pool, { sink, epoch }: Turn, to: bigint): Promise<void> {
  const { rowCount } = await pool.query(
    'update sink_cursor set seq = $3, rewind_to = null, moved_at = now() where name = $1 and epoch = $2',
    [sink, epoch, to],
  )
  if (rowCount !== 1) throw new TurnLost(`another relay of ${sink} has a later turn`)
}

/** How the sink is, for whoever asks on another node. */
export async function tellState(
  pool: Pool,
  { sink, epoch }: Turn,
  { state, error }: Readonly<{ state: string; error: string | null }>,
): Promise<void> {
  await pool.query('update sink_cursor set state = $3, error = $4 where name = $1 and epoch = $2', [
    sink,
    epoch,
    state,
    error,
  ])
}

/** How often something was asked of the sink; 0 as long as Postgres does not say. */
export async function countCommands(pool: Pool, sink: string): Promise<number> {
  try {
    const { rows } = await pool.query<Row>('select commands from sink_cursor where name = $1', [sink])
    return rows[0]?.commands ?? 0
  } catch {
    return 0 // Away: whoever waits asks again.
  }
}

function cursorOf({ lineage, seq, paused, rewind_to, commands }: Row): Cursor {
  return { lineage, seq: BigInt(seq), paused, rewind_to: rewind_to === null ? null : BigInt(rewind_to), commands }
}

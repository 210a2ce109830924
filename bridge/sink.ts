import type { CommittedEvent } from '../schema/event.ts'
import type { Position } from '../schema/position.ts'

/**
 * Where events go. A sink is one of two kinds by where its own truth lies, and the relay treats both alike: it goes on from
 * the seq that `open` names, so that a crash at any point neither loses an event nor writes one twice.
 *
 *     closed ── open() ──▶ open ── write() … ──▶ open ── close() ──▶ closed
 *                            └── write() throws ──▶ to be closed, and opened again later
 */
export interface Sink {
  /** Names the sink's cursor for as long as it exists. */
  readonly name: string
  /**
   * Gets ready and returns the seq up to which every event is in the sink. `floor` is what the relay last recorded. Throws
   * SinkStopped when what is there can not be gone on from.
   */
  open(floor: Position, turn: Turn): Promise<bigint>
  /** Writes consecutive events, the last of which has seq `cursor`. When it resolves they are durable. */
  write(events: readonly CommittedEvent[], cursor: bigint): Promise<void>
  /**
   * Sets an open sink back, so that what comes after `to` is written again, because somebody wants it twice. A sink that goes
   * on from the recorded cursor alone needs none.
   */
  rewind?(to: bigint): Promise<void>
  close(): Promise<void>
}

/**
 * One relay's time with a sink, of all nodes. `epoch` rises from one to the next: whatever a sink keeps in Postgres it writes
 * only where the epoch of its row in `sink_cursor` is still this one, so that a frozen process that comes to again changes nothing.
 */
export type Turn = Readonly<{ sink: string; epoch: number; node: string }>

/** No waiting helps: somebody has to look at it. The relay leaves the sink alone and says why, until it is told to resume. */
export class SinkStopped extends Error {
  override readonly name = 'SinkStopped'
}

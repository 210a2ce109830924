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
  open(floor: Position): Promise<bigint>
  /** Writes consecutive events, the last of which has seq `cursor`. When it resolves they are durable. */
  write(events: readonly CommittedEvent[], cursor: bigint): Promise<void>
  close(): Promise<void>
}

/** No waiting helps: somebody has to look at it. The relay leaves the sink alone and says why. */
export class SinkStopped extends Error {
  override readonly name = 'SinkStopped'
}

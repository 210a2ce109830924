import type { Book } from './book.ts'
import type { Decided } from './decide.ts'
import type { Needs } from './needs.ts'

/** Where a batch was written: outcome i of it has seq `base + 1` plus the events of those before it. */
export type Written = Readonly<{ base: bigint; last: bigint; at_ms: number }>

/**
 * One line of batches to a store: `load` opens a transaction and locks, `write` writes and commits, `abandon` gives up
 * what `load` took. Between them nothing else happens on the lane. Stores differ in nothing else.
 *
 *     idle ──load──▶ loaded ──write──▶ idle
 *                       └────abandon──▶ idle
 *
 * `load` and `write` throw a StoreError.
 */
export interface StoreLane {
  /** The lane's own stripe of the hot accounts. */
  readonly stripe: number
  load(needs: Needs): Promise<Book>
  write(book: Book, accepted: readonly Decided[]): Promise<Written>
  abandon(): Promise<void>
  close(): Promise<void>
}

export interface Store {
  open(): Promise<StoreLane>
}

export type FailureReason = 'lost' | 'again' | 'collided' | 'poisoned'

/**
 * Why a batch failed. `lost`: the connection went, so whether it committed is unknown. Otherwise it did not: `again` (a lock
 * was not had in time), `collided` (another writer made the same row first, or an id is used twice for good), `poisoned` (the
 * store refuses something in it).
 */
export class StoreError extends Error {
  readonly reason: FailureReason

  constructor(reason: FailureReason, cause: unknown) {
    super(`the batch failed: ${reason}`, { cause })
    this.name = 'StoreError'
    this.reason = reason
  }
}

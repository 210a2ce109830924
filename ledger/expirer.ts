import { RollingDropError } from '../schema/errors.ts'
import { expiryOutcome, type LapsedHold } from './expiry.ts'
import type { Committed } from './group-commit.ts'
import type { Ledger } from './ledger.ts'

/** Open holds that lapse within `within_ms`, the earliest first; `wait_ms` ≤ 0: it has lapsed, by the store's clock. */
export type LapsingHolds = (
  query: Readonly<{ within_ms: number; limit: number }>,
) => Promise<readonly Readonly<{ hold: LapsedHold; wait_ms: number }>[]>

/** How long it looks ahead, and at the latest looks again: holds placed by other nodes are noticed by this. */
const LOOK_MS = 1_000
/** Holds closed at once, so that a flood of them leaves room in the queue. */
const BATCH_MAX = 256

/**
 * The alarm of holds: commits `hold.expired` for lapsed ones, so that nobody has to ask. Several nodes may do it at once: the
 * outcome's id follows from the hold. It is no part of the promise that lapsed money is free, which needs no alarm.
 *
 *     asleep ──earliest expiry known, or 1 s──▶ looking ──some lapsed──▶ committing ──▶ looking
 *        ▲                                         └─────none lapsed─────▶ asleep
 */
export class Expirer {
  readonly #lapsing: LapsingHolds
  readonly #ledger: Pick<Ledger, 'commit'>
  readonly #failed: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined
  #wakes_at = Infinity
  #working: Promise<void> | undefined
  #again = false
  #closed = false

  constructor(
    options: Readonly<{
      lapsing: LapsingHolds
      ledger: Pick<Ledger, 'commit'>
      failed: (error: unknown) => void
    }>,
  ) {
    this.#lapsing = options.lapsing
    this.#ledger = options.ledger
    this.#failed = options.failed
  }

  /** Goes to work by itself from now on. */
  start(): void {
    this.#wakeIn(0)
  }

  /** What this process committed: its placements wake the alarm in time. */
  noticed({ accepted, written }: Committed): void {
    for (const { outcome } of accepted)
      for (const step of outcome.holds ?? [])
        if (step.type === 'place' && step.expires_at_ms !== null) this.#wakeIn(step.expires_at_ms - written.at_ms)
  }

  /** Closes everything that has lapsed by now. Returns in how many ms to look again. */
  async look(): Promise<number> {
    for (;;) {
      const found = await this.#lapsing({ within_ms: LOOK_MS, limit: BATCH_MAX })
      const lapsed = found.filter(({ wait_ms }) => wait_ms <= 0)
      if (lapsed.length === 0) return found[0]?.wait_ms ?? LOOK_MS
      if (this.#closed) return LOOK_MS
      await Promise.all(lapsed.map(({ hold }) => this.#expire(hold)))
    }
  }

  /** Ends once nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#working
  }

  async #expire(hold: LapsedHold): Promise<void> {
    try {
      await this.#ledger.commit(expiryOutcome(hold))
    } catch (error) {
      // Posted or voided just before it lapsed: then there is nothing left to expire.
      if (!(error instanceof RollingDropError) || error.code !== 'ledger/hold-gone') throw error
    }
  }

  #wakeIn(ms: number): void {
    const at = performance.now() + Math.max(0, Math.min(ms, LOOK_MS))
    if (this.#closed || at >= this.#wakes_at) return
    clearTimeout(this.#timer)
    this.#wakes_at = at
    this.#timer = setTimeout(() => this.#wake(), Math.ceil(at - performance.now()))
    this.#timer.unref()
  }

  #wake(): void {
    this.#wakes_at = Infinity
    this.#again = this.#working !== undefined // what woke it may be newer than what it is looking at
    this.#working ??= this.#work()
  }

  async #work(): Promise<void> {
    let next_ms = LOOK_MS
    try {
      next_ms = await this.look()
    } catch (error) {
      this.#failed(error) // the next look tries again
    }
    this.#working = undefined
    this.#wakeIn(this.#again ? 0 : next_ms)
  }
}

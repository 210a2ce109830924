import type { Pool } from 'pg'
import type { Clock, Reading } from './clock.ts'

/** A time of this process that nobody sets: it only ever goes on, from wherever it began. */
export type Steady = Readonly<{ now(): number; after(wait_ms: number, run: () => void): () => void }>

const processTime: Steady = {
  now: () => performance.now(),
  after(wait_ms, run) {
    const timer = setTimeout(run, wait_ms)
    return () => clearTimeout(timer)
  },
}

/** The longest delay that a timer of Node takes. */
const DELAY_MS_MAX = 2 ** 31 - 1
/** What is ahead goes at this part of its speed until it is not. */
const SLOWED = 0.5
/** Timers that wait are set anew when the time steps forward by more than a timer may well be late. */
const STEP_MS = 20
/** How often the database is asked before the clock is used: the quickest answer counts. */
const READINGS = 5

/**
 * The database's time, as every node tells it whatever its own clock on the wall says. Each reading of it bounds what it can
 * be: not before what was read when the answer came, not after what was read when it was asked. The clock keeps to the lower
 * bound, so that what is shown at a time is never shown early; it is behind by an answer's way at most.
 *
 *     within the bounds of a reading: kept    behind them: steps forward    ahead of them: slowed, never set back
 */
export class AlignedClock implements Clock {
  readonly #steady: Steady
  /** Database time less steady time, as far as it is proven. */
  #offset_ms = -Infinity
  /** What the clock was ahead by at `#since`, and loses from then on. */
  #ahead_ms = 0
  #since = 0
  readonly #waiting = new Set<() => void>()

  constructor(steady: Steady = processTime) {
    this.#steady = steady
  }

  /** A clock that has been read often enough to be used. `read` asks the database for its time, unix ms. */
  static async open(read: () => Promise<number>, steady: Steady = processTime): Promise<AlignedClock> {
    const clock = new AlignedClock(steady)
    for (let n = 0; n < READINGS; n++) {
      const asked = steady.now()
      const database_ms = await read()
      clock.learn({ asked, answered: steady.now(), database_ms })
    }
    return clock
  }

  now(): number {
    return Math.floor(this.#steady.now() + this.#offset())
  }

  learn({ asked, answered, database_ms }: Reading): void {
    const [least, most] = [database_ms - answered, database_ms - asked]
    const offset_ms = this.#offset()
    if (offset_ms >= least && offset_ms <= most) return
    this.#offset_ms = least
    this.#ahead_ms = Math.max(0, offset_ms - least)
    this.#since = this.#steady.now()
    if (least - offset_ms > STEP_MS) for (const again of this.#waiting) again()
  }

  at(at_ms: number, run: () => void): () => void {
    let cancel = () => {}
    const wait = () => {
      cancel()
      const left_ms = Math.max(0, at_ms - this.now())
      cancel = this.#steady.after(Math.min(left_ms, DELAY_MS_MAX), ring)
    }
    const ring = () => {
      if (this.now() < at_ms) return wait()
      this.#waiting.delete(wait)
      run()
    }
    this.#waiting.add(wait)
    wait()
    return () => {
      this.#waiting.delete(wait)
      cancel()
    }
  }

  #offset(): number {
    const lost_ms = (1 - SLOWED) * (this.#steady.now() - this.#since)
    return this.#offset_ms + Math.max(0, this.#ahead_ms - lost_ms)
  }
}

/** What AlignedClock is to be read from. */
export async function databaseTime(pool: Pick<Pool, 'query'>): Promise<number> {
  const { rows } = await pool.query<{ database_ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 database_ms',
  )
  return rows[0]!.database_ms
}

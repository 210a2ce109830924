/** So many at a time: `amount` in each `period_ms`. */
export type Pace = Readonly<{ amount: number; period_ms: number }>

/**
 * How much of a pace is used up: the generic cell rate algorithm (ITU-T I.371), one number. A whole period's amount may be
 * taken at once; after that it comes back evenly.
 */
export class Allowance {
  /** When the whole amount is there again. */
  #full_ms = 0

  /** Takes `count`, or takes nothing and returns the ms after which that many are there (more than 0). */
  take(count: number, pace: Pace, now_ms: number): number {
    const wait_ms = this.wait(count, pace, now_ms)
    if (wait_ms === 0) this.#full_ms = Math.max(this.#full_ms, now_ms) + (count * pace.period_ms) / pace.amount
    return wait_ms
  }

  /** The ms after which `count` are there; 0: now. More than a whole period's amount is let through once that is there. */
  wait(count: number, { amount, period_ms }: Pace, now_ms: number): number {
    const needed_ms = (Math.min(count, amount) * period_ms) / amount
    const wait_ms = Math.max(this.#full_ms, now_ms) + needed_ms - now_ms - period_ms
    // Half a millisecond absorbs what adding up fractions of a period has gathered.
    return wait_ms > 0.5 ? wait_ms : 0
  }

  /** How many whole ones are there now, and after how many ms all are. */
  left({ amount, period_ms }: Pace, now_ms: number): Readonly<{ left: number; full_ms: number }> {
    const full_ms = Math.max(this.#full_ms - now_ms, 0)
    // The sum of fractions that makes up a whole one may lie a hair below it.
    return { left: Math.max(Math.floor(amount - (full_ms * amount) / period_ms + 1e-6), 0), full_ms }
  }
}

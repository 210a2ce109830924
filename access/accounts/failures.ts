import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { RollingDropError } from '../../schema/errors.ts'

/** Failures in a row that cost nothing, and the longest wait that later ones cost. */
export type Patience = Readonly<{ free: number; wait_max_ms: number }>

/** From one address at one account: a person who mistypes, or somebody who guesses. */
export const CLOSE_BY: Patience = { free: 5, wait_max_ms: 900_000 }
/** At one account from anywhere: many who guess together. Wide, so that nobody locks others out with a few tries. */
export const FROM_ANYWHERE: Patience = { free: 100, wait_max_ms: 60_000 }
/** How long a failure is remembered after its wait is over. */
const KEPT_MS = 3_600_000

/** What was tried: the words together name it, only their hash is kept. */
export type Attempt = Readonly<{ words: readonly string[]; patience: Patience }>

/** Counts failures in a row over all nodes and makes the next try wait twice as long each time. */
export class Failures {
  readonly #pool: Pool
  readonly #clock: () => number

  constructor(pool: Pool, clock: () => number) {
    this.#pool = pool
    this.#clock = clock
  }

  /** Throws `auth/slow-down` with the seconds to wait while any of the attempts has to. */
  async check(attempts: readonly Attempt[]): Promise<void> {
    const { rows } = await this.#pool.query<{ until_ms: string }>(
      'select max(until_ms) as until_ms from login_failure where key = any($1) having max(until_ms) > $2',
      [attempts.map(keyOf), this.#clock()],
    )
    if (!rows[0]) return
    const retryAfter_s = Math.ceil((Number(rows[0].until_ms) - this.#clock()) / 1000)
    throw new RollingDropError('auth/slow-down', { retryAfter_s })
  }

  async failed(attempts: readonly Attempt[]): Promise<void> {
    const now_ms = this.#clock()
    for (const attempt of attempts) {
      const { free, wait_max_ms } = attempt.patience
      await this.#pool.query(
        `insert into login_failure as f(key, count, until_ms) values ($1, 1, $2)
         on conflict (key) do update set
           count = case when f.until_ms + $3 < $2 then 1 else f.count + 1 end,
           until_ms = $2 + case when f.until_ms + $3 < $2 or f.count < $4 then 0
                           else least($5, 1000 * power(2, least(30, f.count - $4)))::bigint end`,
        [keyOf(attempt), now_ms, KEPT_MS, free, wait_max_ms],
      )
    }
  }

  async succeeded(attempts: readonly Attempt[]): Promise<void> {
    await this.#pool.query('delete from login_failure where key = any($1)', [attempts.map(keyOf)])
  }

  async dropExpired(): Promise<void> {
    await this.#pool.query('delete from login_failure where until_ms <= $1', [this.#clock() - KEPT_MS])
  }
}

function keyOf({ words, patience }: Attempt): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([patience.free, ...words]))
    .digest()
}

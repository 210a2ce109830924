import { RollingDropError } from '../schema/errors.ts'

const MINUTE_MS = 60_000

/** What is left of a limit: so many of `limit` a minute, and all of them again in `reset_s` seconds. */
export type Allowance = Readonly<{ limit: number; left: number; reset_s: number }>

export type RateLimit = Readonly<{
  /** Counts one request of `key`. Throws `request/too-many` with the seconds to wait, and does not count it then. */
  take(key: string): Allowance
}>

export function tooMany(wait_ms: number): RollingDropError {
  return new RollingDropError('request/too-many', { retryAfter_s: Math.max(1, Math.ceil(wait_ms / 1000)) })
}

/**
 * At most `perMinute` requests a key, evenly or at once: the generic cell rate algorithm (ITU-T I.371), one number a key.
 * Past `keysMax` keys those that have been quiet are forgotten, then the oldest. `clock` gives unix ms.
 */
export function createRateLimit(
  limit: Readonly<{ perMinute: number; clock: () => number; keysMax?: number }>,
): RateLimit {
  const { perMinute, clock, keysMax = 100_000 } = limit
  const interval_ms = MINUTE_MS / perMinute
  /** When a key's whole allowance is there again. */
  const full_ms = new Map<string, number>()

  function makeRoom(now_ms: number): void {
    for (const [key, at] of full_ms) if (at <= now_ms) full_ms.delete(key)
    for (const key of full_ms.keys()) {
      if (full_ms.size < keysMax) return
      full_ms.delete(key)
    }
  }

  return {
    take(key) {
      const now_ms = clock()
      const next = Math.max(full_ms.get(key) ?? 0, now_ms) + interval_ms
      const wait_ms = next - now_ms - MINUTE_MS
      // Half a millisecond absorbs what adding up fractions of intervals has gathered.
      if (wait_ms > 0.5) throw tooMany(wait_ms)
      if (!full_ms.has(key) && full_ms.size >= keysMax) makeRoom(now_ms)
      full_ms.set(key, next)
      return {
        limit: perMinute,
        left: Math.floor((MINUTE_MS + now_ms - next) / interval_ms),
        reset_s: Math.ceil((next - now_ms) / 1000),
      }
    },
  }
}

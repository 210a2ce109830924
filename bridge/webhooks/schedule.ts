const [s, min, h] = [1000, 60_000, 3_600_000]

/** How long after each failed attempt the next one is made, as Standard Webhooks proposes: ten attempts in about three days. */
export const SCHEDULE_MS: readonly number[] = [5 * s, 5 * min, 30 * min, 2 * h, 5 * h, 10 * h, 14 * h, 20 * h, 24 * h]

/** So that those who failed together do not all come back at the same moment. */
const JITTER = 0.1

/** The wait after so many attempts that failed; undefined when that was the last one. */
export function waitAfter(attempts: number, schedule_ms = SCHEDULE_MS, random = Math.random): number | undefined {
  const wait_ms = schedule_ms[attempts - 1]
  return wait_ms === undefined ? undefined : Math.round(wait_ms * (1 + JITTER * random()))
}

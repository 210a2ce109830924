/** Time and chance as the client uses them, so that a test can hold both in its hand. */
export type Clock = Readonly<{
  /** Unix time in ms. */
  now(): number
  /** Calls `run` once after `ms`. Returns how to call it off. */
  after(ms: number, run: () => void): () => void
  /** A number from 0 up to, not including, 1. */
  chance(): number
}>

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  chance: () => Math.random(),
}

/** Resolves after `ms`. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}

/**
 * How long to wait before trying again for the `attempt`th time (from 0), in ms: it doubles from `first_ms` up to `most_ms`,
 * and half of it is left to chance, so that a thousand clients of a dead node do not come back in step.
 */
export function backoff_ms(
  attempt: number,
  { first_ms, most_ms }: { first_ms: number; most_ms: number },
  clock: Clock,
) {
  const full = Math.min(most_ms, first_ms * 2 ** Math.min(attempt, 30))
  return full * (0.5 + clock.chance() / 2)
}

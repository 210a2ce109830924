/** Time as whoever waits for it sees it, so that a simulator can drive it. */
export interface Clock {
  /** Unix ms. */
  now(): number
  /** Calls `run` once at `at_ms` (unix ms) or as soon after as can be, never before. Returns how to call it off. */
  at(at_ms: number, run: () => void): () => void
}

/** What the database said its time is (unix ms), and when it was asked and had answered by the time of this process (performance.now()). */
export type Reading = Readonly<{ asked: number; answered: number; database_ms: number }>

/** A clock that may take to the database's time. */
export type NodeClock = Clock & Readonly<{ learn?(reading: Reading): void }>

/** The longest delay that a timer of Node takes. */
const DELAY_MS_MAX = 2 ** 31 - 1

/** The clock on the wall. A timer that fires early, as they may by a millisecond, is set again for the rest. */
export const wallClock: Clock = {
  now: () => Date.now(),
  at(at_ms, run) {
    let timer: NodeJS.Timeout
    const wait = () => {
      const left_ms = at_ms - Date.now()
      timer = setTimeout(() => (Date.now() >= at_ms ? run() : wait()), Math.min(Math.max(left_ms, 0), DELAY_MS_MAX))
    }
    wait()
    return () => clearTimeout(timer)
  },
}

/** Resolves `wait_ms` from now. */
export function pause(clock: Clock, wait_ms: number): Promise<void> {
  return new Promise((resolve) => clock.at(clock.now() + wait_ms, resolve))
}

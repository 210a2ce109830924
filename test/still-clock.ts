import type { Clock } from '../entropy/clock.ts'

/** A clock that stands still until it is moved; what comes due is run in order of its time. */
export type StillClock = Clock & Readonly<{ move(ms: number): void }>

export function stillClock(start_ms = 0): StillClock {
  let now_ms = start_ms
  const waiting = new Set<Readonly<{ at_ms: number; run: () => void }>>()
  return {
    now: () => now_ms,
    at(at_ms, run) {
      const entry = { at_ms, run }
      waiting.add(entry)
      return () => void waiting.delete(entry)
    },
    move(ms) {
      now_ms += ms
      const due = [...waiting].filter(({ at_ms }) => at_ms <= now_ms).toSorted((a, b) => a.at_ms - b.at_ms)
      for (const entry of due) if (waiting.delete(entry)) entry.run()
    },
  }
}

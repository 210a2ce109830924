import type { Ledger } from '../../ledger/ledger.ts'
import { Latency } from '../latency.ts'
import { nextOutcome, type Spread } from './ledger-mix.ts'
import type { Run } from './ledger-naive.ts'

/** Callers that wait for their receipt before they submit the next. */
const CALLERS = 384

/** Closed loop: a fixed number of callers, each with one outcome under way. */
export async function runClosed(ledger: Ledger, spread: Spread, seconds: number): Promise<Run> {
  const latency = new Latency()
  const from = performance.now()
  const until = from + seconds * 1000
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (performance.now() < until) {
        const started = performance.now()
        await ledger.commit(nextOutcome(spread))
        latency.add(performance.now() - started)
      }
    }),
  )
  return runOf(latency, (performance.now() - from) / 1000)
}

/** Open loop: `per_s` outcomes are submitted whatever becomes of them. Latency counts from when each was due. */
export async function runOpen(ledger: Ledger, spread: Spread, per_s: number, seconds: number): Promise<Run> {
  const latency = new Latency()
  const from = performance.now()
  const total = Math.round(per_s * seconds)
  const all: Promise<unknown>[] = []
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - from) / 1000) * per_s) + 1)
    for (; sent < due; sent++) {
      const due_at = from + (sent / per_s) * 1000
      all.push(ledger.commit(nextOutcome(spread)).then(() => latency.add(performance.now() - due_at)))
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(all)
  return runOf(latency, (performance.now() - from) / 1000)
}

function runOf(latency: Latency, elapsed_s: number): Run {
  return { per_s: latency.count / elapsed_s, p50_ms: latency.percentile(0.5)!, p99_ms: latency.percentile(0.99)! }
}

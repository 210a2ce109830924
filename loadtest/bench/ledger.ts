import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openLedger } from '../../ledger/open.ts'
import { createDatabase, query, withPostgres } from './bench-database.ts'
import { runClosed, runOpen } from './ledger-load.ts'
import { funding } from './ledger-mix.ts'
import { runNaive, type Run } from './ledger-naive.ts'

const PEAK_PER_S = 5_000
const PROCESSES = 2

export type LedgerBench = Readonly<{ quick: boolean; log(line: string): void }>

/**
 * Runs the mix on one embedded Postgres (synchronous_commit on), the naive way and ours one after the other, and returns the
 * figures of the last line. Every run stands in the table, in outcomes/s and ms.
 */
export async function benchLedger({ quick, log }: LedgerBench): Promise<Record<string, number | string>> {
  const seconds = quick ? 3 : 10
  return await withPostgres(log, async (url) => {
    const naiveUrl = await createFunded(url, 'naive')
    const oursUrl = await createFunded(url, 'ours')
    const runs = new Map<string, Run>()
    const note = (name: string, run: Run): void => {
      runs.set(name, run)
      log(`${name.padEnd(28)} ${run.per_s.toFixed(0).padStart(7)}/s   p50 ${run.p50_ms} ms   p99 ${run.p99_ms} ms`)
    }
    log(`ledger: join : settle : open = 6 : 1 : 3 on ${availableParallelism()} cores, ${seconds} s a run`)
    note('naive, uniform', await runNaive(naiveUrl, 'uniform', seconds))
    note('naive, house in each', await runNaive(naiveUrl, 'house', seconds))
    const ours = await openLedger({ databaseUrl: oursUrl })
    await runClosed(ours.ledger, 'uniform', 1) // connections, statements and code are warm from here on
    note('ours, uniform', await runClosed(ours.ledger, 'uniform', seconds))
    note('ours, house in each', await runClosed(ours.ledger, 'house', seconds))
    note('ours, 30 % on 10 accounts', await runClosed(ours.ledger, 'hot', seconds))
    note(`ours, open loop ${PEAK_PER_S}/s`, await runOpen(ours.ledger, 'uniform', PEAK_PER_S, seconds))
    await ours.close()
    note(`ours, ${PROCESSES} processes`, await runProcesses(oursUrl, seconds))
    return figures(runs)
  })
}

/** A migrated database in which every account of the mix has money. */
async function createFunded(url: string, name: string): Promise<string> {
  const own = await createDatabase(url, name)
  const { ledger, close } = await openLedger({ databaseUrl: own })
  await Promise.all([...funding()].map((outcome) => ledger.commit(outcome)))
  await close()
  await query(own, 'vacuum analyze')
  return own
}

async function runProcesses(databaseUrl: string, seconds: number): Promise<Run> {
  const workers = Array.from({ length: PROCESSES }, () => {
    const file = join(import.meta.dirname, 'ledger-worker.ts')
    const child = spawn(process.execPath, [file, databaseUrl, String(seconds)], { stdio: ['pipe', 'pipe', 'inherit'] })
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
  })
  for (const { lines } of workers) await lines.next()
  for (const { child } of workers) child.stdin.write('go\n')
  const runs = await Promise.all(
    workers.map(async ({ lines }) => JSON.parse(String((await lines.next()).value)) as Run),
  )
  return {
    per_s: runs.reduce((sum, run) => sum + run.per_s, 0),
    p50_ms: Math.max(...runs.map((run) => run.p50_ms)),
    p99_ms: Math.max(...runs.map((run) => run.p99_ms)),
  }
}

function figures(runs: ReadonlyMap<string, Run>): Record<string, number | string> {
  const of = (name: string): Run => runs.get(name)!
  const uniform = of('ours, uniform')
  const round = (value: number): number => Math.round(value * 10) / 10
  return {
    bench: 'ledger',
    ours: Math.round(uniform.per_s),
    naive: Math.round(of('naive, uniform').per_s),
    ratio: round(uniform.per_s / of('naive, uniform').per_s),
    ours_house: Math.round(of('ours, house in each').per_s),
    naive_house: Math.round(of('naive, house in each').per_s),
    ratio_house: round(of('ours, house in each').per_s / of('naive, house in each').per_s),
    p50_ms: uniform.p50_ms,
    p99_ms: uniform.p99_ms,
    p99_at_5000_ms: of(`ours, open loop ${PEAK_PER_S}/s`).p99_ms,
    ours_hot: Math.round(of('ours, 30 % on 10 accounts').per_s),
    ours_two_processes: Math.round(of(`ours, ${PROCESSES} processes`).per_s),
  }
}

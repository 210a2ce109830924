import { openLedger } from '../../ledger/open.ts'
import { createDatabase, withPostgres } from './bench-database.ts'
import { funding, nextOutcome } from './ledger-mix.ts'

const CALLERS = 384
const LINES = 20
const MIB = 2 ** 20

type Options = Readonly<{ outcomes: number; log(line: string): void }>

/** Commits `outcomes` outcomes of the mix and watches the memory of the writing process: flat, whatever has gone through it. */
export async function benchLedgerSoak({ outcomes, log }: Options): Promise<Record<string, number | string>> {
  return await withPostgres(log, async (server) => {
    const { ledger, close } = await openLedger({ databaseUrl: await createDatabase(server, 'soak') })
    await Promise.all([...funding()].map((outcome) => ledger.commit(outcome)))
    const marks: number[] = []
    const from = performance.now()
    let committed = 0
    const caller = async (): Promise<void> => {
      while (committed < outcomes) {
        committed += 1
        if (committed % Math.ceil(outcomes / LINES) === 0) marks.push(mark(committed))
        await ledger.commit(nextOutcome('uniform'))
      }
    }
    const mark = (count: number): number => {
      const rss_mb = Math.round(process.memoryUsage().rss / MIB)
      const rate = (count / (performance.now() - from)) * 1000
      log(`${String(count).padStart(9)} outcomes   ${rss_mb} MiB   ${rate.toFixed(0)}/s`)
      return rss_mb
    }
    await Promise.all(Array.from({ length: CALLERS }, caller))
    const seconds = (performance.now() - from) / 1000
    await close()
    const quarter = Math.ceil(marks.length / 4)
    return {
      bench: 'ledger-soak',
      outcomes,
      per_s: Math.round(outcomes / seconds),
      rss_first_quarter_mb: Math.max(...marks.slice(0, quarter)),
      rss_last_quarter_mb: Math.max(...marks.slice(-quarter)),
    }
  })
}

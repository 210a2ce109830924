import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadConfigOrExit } from '../config.ts'
import { startPostgres } from '../embedded/postgres.ts'
import { auditLedger } from '../ledger/audit/audit.ts'
import { describe } from '../ledger/audit/finding.ts'

const { values: args } = parseArgs({ options: { since: { type: 'string' } } })
const config = loadConfigOrExit()
if (args.since !== undefined && !/^\d{1,15}$/.test(args.since)) end('--since takes a seq: a whole number')

const postgres = config.database_url ? undefined : await startOurs()
try {
  process.exitCode = await audit(config.database_url || postgres!.url)
} finally {
  await postgres?.stop()
}

async function startOurs() {
  if (!existsSync(join(config.data_dir, 'postgres.json')))
    end(`there is no data in ${config.data_dir}: npm start makes a database there, or set DATABASE_URL`)
  return startPostgres({ dataDir: config.data_dir, log: (line) => console.error(line) })
}

async function audit(databaseUrl: string): Promise<number> {
  const began_ms = performance.now()
  const since = args.since === undefined ? {} : { since: Number(args.since) }
  const result = await auditLedger({ databaseUrl, ...since, ...progress() })
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  const ms = Math.round(performance.now() - began_ms)
  if (result.audit === 'ok') {
    const { outcomes, events, transfers, accounts, seq, lineage } = result
    console.log(`everything adds up: ${outcomes} outcomes, ${events} events, ${transfers} transfers, up to seq ${seq}`)
    console.log(JSON.stringify({ audit: 'ok', outcomes, events, transfers, accounts, seq: String(seq), lineage, ms }))
    return 0
  }
  console.log(describe(result.finding))
  console.log(JSON.stringify({ audit: 'failed', ...result.finding, ms }))
  return 1
}

function progress() {
  if (!process.stderr.isTTY) return {}
  return {
    progress: ({ seq, head }: Readonly<{ seq: number; head: number }>) =>
      void process.stderr.write(`\raudit: seq ${seq} of ${head}, ${Math.floor((100 * seq) / Math.max(1, head))} %`),
  }
}

function end(message: string): never {
  console.error(message)
  process.exit(1)
}

import { parseArgs } from 'node:util'
import pg from 'pg'
import { loadConfigOrExit } from '../config.ts'
import { loadSecretKey } from '../embedded/secret-key.ts'
import { auditLedger } from '../ledger/audit/audit.ts'
import { describe } from '../ledger/audit/finding.ts'
import { Snapshot } from '../ledger/audit/snapshot.ts'
import { checkpointKey } from '../ledger/checkpoint-key.ts'
import { createCheckpoints } from '../ledger/checkpoints.ts'
import { proveOutcome } from '../ledger/proof.ts'
import { end, inWords, openDatabase } from './database.ts'

const { values: args, positionals } = parseArgs({
  options: {
    since: { type: 'string' },
    archive: { type: 'string', multiple: true },
    prove: { type: 'string' },
    checkpoint: { type: 'boolean' },
  },
  allowPositionals: true, // more files after --archive
})
const config = loadConfigOrExit()
const archives = [...(args.archive ?? []), ...positionals]
if (positionals.length > 0 && args.archive === undefined) end(`what is ${positionals[0]}? Files stand after --archive`)
if (args.since !== undefined && !/^\d{1,15}$/.test(args.since)) end('--since takes a seq: a whole number')
if (args.since !== undefined && archives.length > 0) end('--since and --archive do not go together')

const database = await openDatabase(config)
const databaseUrl = database.url
try {
  if (args.checkpoint) await publishCheckpoint()
  if (args.prove !== undefined) process.exitCode = await prove(args.prove)
  else if (!args.checkpoint || args.since !== undefined) process.exitCode = await audit()
} catch (error) {
  console.error(inWords(error))
  process.exitCode = 1
} finally {
  await database.close()
}

async function audit(): Promise<number> {
  const began_ms = performance.now()
  const since = args.since === undefined ? {} : { since: Number(args.since) }
  const result = await auditLedger({ databaseUrl, archives, ...since, ...progress() })
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

/** Prints the proof and nothing else, so that it can be piped. */
async function prove(id: string): Promise<number> {
  const snapshot = await Snapshot.open(databaseUrl)
  try {
    const proving = await proveOutcome(snapshot, id)
    if (proving.type === 'proof') console.log(JSON.stringify(proving.proof, undefined, 2))
    if (proving.type === 'unknown') console.error(`no outcome ${id} is in this database`)
    if (proving.type === 'archived') console.error(`outcome ${id} is in the archive ${proving.file}`)
    if (proving.type === 'uncovered')
      console.error(`no checkpoint covers seq ${proving.seq} yet: the server makes one a minute, --checkpoint one now`)
    return proving.type === 'proof' ? 0 : 1
  } finally {
    await snapshot.close()
  }
}

async function publishCheckpoint(): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  try {
    const key = checkpointKey(loadSecretKey(config))
    const checkpoint = await createCheckpoints({ pool, key, period_ms: 0 }).publish()
    console.error(checkpoint ? `checkpoint at seq ${checkpoint.seq}` : 'nothing was committed yet: no checkpoint')
  } finally {
    await pool.end()
  }
}

function progress() {
  if (!process.stderr.isTTY) return {}
  return {
    progress: ({ seq, head }: Readonly<{ seq: number; head: number }>) =>
      void process.stderr.write(`\raudit: seq ${seq} of ${head}, ${Math.floor((100 * seq) / Math.max(1, head))} %`),
  }
}

import { parseArgs } from 'node:util'
import pg from 'pg'
import { createSealer } from '../access/seal.ts'
import { loadConfigOrExit } from '../config.ts'
import { loadSecretKey } from '../embedded/secret-key.ts'
import { openPaymentTool } from '../server/payments.ts'
import { RollingDropError } from '../schema/errors.ts'
import { reconcile } from '../wallet/reconciliation.ts'
import { end, inWords, openDatabase } from './database.ts'

const HELP = `npm run payments -- reconcile [--since DAY]   compares the provider's report with the ledger, from a day (UTC, 2026-01-31)
                                            on, or yesterday's; JSON last, exit code 1 on a difference
Speaks to the database of DATABASE_URL and to the provider of PAYMENT_PROVIDER; changes nothing.`

const DAY_MS = 86_400_000

const { positionals, values } = parseArgs({
  options: { since: { type: 'string' }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const today_ms = Math.floor(Date.now() / DAY_MS) * DAY_MS
const since_ms = values.since === undefined ? today_ms - DAY_MS : dayOf(values.since)
if (values.help || positionals.length !== 1 || positionals[0] !== 'reconcile' || since_ms === undefined) end(HELP)
// A single day by itself is whole; from a day on, it is all there is.
const until_ms = values.since === undefined ? today_ms : Date.now()

const config = loadConfigOrExit()
const database = await openDatabase(config)
const pool = new pg.Pool({ connectionString: database.url, max: 3 })
try {
  const tool = await openPaymentTool(config, pool, createSealer(loadSecretKey(config)))
  try {
    const found = await reconcile(pool, tool.provider, { since_ms, until_ms })
    for (const { day, asset, paid, refunded, chargedBack, paidOut } of found.days)
      console.log(`${day} ${asset}: ${paid} in, ${refunded} refunded, ${chargedBack} charged back, ${paidOut} out`)
    for (const { payment, kind, type, here, there } of found.differences)
      console.log(`${payment}: ${kind} (${type}): here ${here ?? '-'}, there ${there ?? '-'}`)
    console.log(JSON.stringify({ payments: 'reconcile', ...found }))
    process.exitCode = found.ok ? 0 : 1
  } finally {
    await tool.close()
  }
} catch (error) {
  console.error(error instanceof RollingDropError ? error.message : inWords(error))
  process.exitCode = 1
} finally {
  await pool.end()
  await database.close()
}

/** Midnight (UTC) of a day, in unix ms; undefined for what is none. */
function dayOf(text: string): number | undefined {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

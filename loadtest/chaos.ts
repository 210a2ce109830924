import { parseArgs } from 'node:util'
import { chaosLedger } from './chaos/ledger.ts'
import { whole } from './whole.ts'

const HELP = `npm run chaos -- ledger [--kills 20] [--seed N]
Kills, cuts and freezes on 127.0.0.1, then compares and audits. Ends with one line of JSON; the exit code is 1 when anything
was lost, doubled or wrong.`

const { values, positionals } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
if (positionals.join() !== 'ledger' || values.help) {
  process.stdout.write(`${HELP}\n`)
  process.exitCode = values.help ? 0 : 1
} else {
  const kills = whole(values.kills, 'kills', 1, 1_000)
  const seed = whole(values.seed, 'seed', 0, 2 ** 31)
  const { ok, ...figures } = await chaosLedger({ kills, seed, log: (line) => process.stdout.write(`${line}\n`) })
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  process.exitCode = ok ? 0 : 1
}

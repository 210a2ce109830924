import { parseArgs } from 'node:util'
import { benchLedger } from './bench/ledger.ts'

const HELP = `npm run bench -- ledger [--quick]
Runs ours beside its peer on this machine and ends with one line of JSON.`

const benches = { ledger: benchLedger } as const

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [name] = positionals
const bench = name === 'ledger' ? benches[name] : undefined
if (bench === undefined || values.help) {
  process.stdout.write(`${HELP}\n`)
  process.exitCode = values.help ? 0 : 1
} else {
  const result = await bench({ quick: values.quick, log: (line) => process.stdout.write(`${line}\n`) })
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

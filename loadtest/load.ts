import { parseArgs } from 'node:util'
import { headless } from './headless.ts'
import { serverFor } from './server-for.ts'
import { whole } from './whole.ts'

const HELP = `npm run load -- battle [--clients 20] [--seconds 10] [--battles N] [--seats 2] [--rounds 3] [--verify-every 10]
  [--endpoint http://127.0.0.1:3000]  a server that runs already; without it one is started, with data of its own
  [--max-create-p95-ms N] [--max-join-p95-ms N] [--max-battle-p95-ms N] [--min-battles-per-s N] [--max-failed 0]
Ends with one line of JSON; the exit code is 1 when a threshold is missed.`

const flags = {
  clients: { type: 'string', default: '20' },
  seconds: { type: 'string', default: '10' },
  battles: { type: 'string', default: '1000000' },
  seats: { type: 'string', default: '2' },
  rounds: { type: 'string', default: '3' },
  'verify-every': { type: 'string', default: '10' },
  endpoint: { type: 'string' },
  'max-create-p95-ms': { type: 'string' },
  'max-join-p95-ms': { type: 'string' },
  'max-battle-p95-ms': { type: 'string' },
  'min-battles-per-s': { type: 'string' },
  'max-failed': { type: 'string', default: '0' },
  help: { type: 'boolean', default: false },
} as const

type Summary = Readonly<Record<string, unknown>>

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: flags, allowPositionals: true })
  if (values.help || positionals.join() !== 'battle') {
    process.stdout.write(`${HELP}\n`)
    return values.help ? 0 : 1
  }
  const clients = whole(values.clients, 'clients', 1, 2000)
  const seconds = whole(values.seconds, 'seconds', 1, 600)
  const seats = whole(values.seats, 'seats', 2, 6)
  const rounds = whole(values.rounds, 'rounds', 1, 50)
  const battles = whole(values.battles, 'battles', 1, 1_000_000)
  const verifyEvery = whole(values['verify-every'], 'verify-every', 0, 1_000_000)
  const server = await serverFor(values.endpoint, log)
  try {
    const played = await headless({ url: server.url, clients, seconds, seats, rounds, battles, verifyEvery, log })
    const summary = { load: 'battle', clients, seats, rounds, ...played }
    const missed = misses(summary, values)
    for (const line of missed) log(line)
    process.stdout.write(`${JSON.stringify(summary)}\n`)
    return missed.length === 0 ? 0 : 1
  } finally {
    await server.stop()
  }
}

/** What the summary missed of the thresholds that were given, one line each. Playing nothing at all is a miss, too. */
function misses(summary: Summary, values: Readonly<Record<string, string | boolean | undefined>>): string[] {
  const lines = summary['battles'] === 0 ? ['no battle was played to its end'] : []
  for (const [flag, name] of [
    ['max-create-p95-ms', 'create_p95_ms'],
    ['max-join-p95-ms', 'join_p95_ms'],
    ['max-battle-p95-ms', 'battle_p95_ms'],
    ['max-failed', 'failed'],
    ['min-battles-per-s', 'battles_per_s'],
  ] as const) {
    if (values[flag] === undefined) continue
    const [value, bound] = [Number(summary[name]), Number(values[flag])]
    if (flag.startsWith('max') ? !(value <= bound) : !(value >= bound))
      lines.push(`${name} is ${value}, --${flag} ${bound}`)
  }
  return lines
}

/** For a person to read; stdout keeps the one line of JSON. */
function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

try {
  process.exitCode = await main()
} catch (error) {
  log(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

import { parseArgs } from 'node:util'
import { headless } from './headless.ts'
import { extraTimes } from './scenario/scenarios.ts'
import { scenarioOf, stageFor } from './stage.ts'
import { whole } from './whole.ts'

export const BATTLE_HELP = `npm run load -- battle [--clients 20] [--seconds 10] [--battles N] [--seats 2] [--rounds 3] [--verify-every 10]
  [--kinds mixed]     every mode, side and option in turn, or standard alone
  [--scenario play]   play, create, watch (one of a table only watches), late (one comes in the middle),
                      reconnect (all sockets of a battle are cut in the middle), mixed (each table one after the other)
  [--endpoint http://127.0.0.1:3000]  a server that runs already; without it one is started, with data of its own
  [--max-<what>-p95-ms N]  of create, join, battle, cancel, watch, late and reconnect
  [--min-battles-per-s N] [--max-failed 0]`

const flags = {
  scenario: { type: 'string', default: 'play' },
  kinds: { type: 'string', default: 'mixed' },
  clients: { type: 'string', default: '20' },
  seconds: { type: 'string', default: '10' },
  battles: { type: 'string', default: '1000000' },
  seats: { type: 'string', default: '2' },
  rounds: { type: 'string', default: '3' },
  'verify-every': { type: 'string', default: '10' },
  endpoint: { type: 'string' },
  'min-battles-per-s': { type: 'string' },
  'max-failed': { type: 'string', default: '0' },
} as const

const LATENCIES = ['create', 'join', 'battle', ...extraTimes]
const thresholds = Object.fromEntries(LATENCIES.map((name) => [`max-${name}-p95-ms`, { type: 'string' } as const]))

type Summary = Readonly<Record<string, unknown>>

/** Plays battles as the arguments say. Returns the exit code: 1 when a threshold is missed. */
export async function loadBattle(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { ...thresholds, ...flags } })
  const clients = whole(values.clients, 'clients', 1, 2000)
  const seconds = whole(values.seconds, 'seconds', 1, 600)
  const seats = whole(values.seats, 'seats', 2, 6)
  const rounds = whole(values.rounds, 'rounds', 1, 50)
  const battles = whole(values.battles, 'battles', 1, 1_000_000)
  const verifyEvery = whole(values['verify-every'], 'verify-every', 0, 1_000_000)
  const scenario = scenarioOf(values.scenario)
  const kinds = kindsOf(values.kinds)
  const stage = await stageFor(scenario, values.endpoint, log)
  try {
    const table = { seats, rounds, kinds, battles, verifyEvery, scenario }
    const played = await headless({ ...stage, ...table, clients, seconds, log })
    const summary = { load: 'battle', scenario, kinds, clients, seats, rounds, ...played }
    const missed = misses(summary, values)
    for (const line of missed) log(line)
    process.stdout.write(`${JSON.stringify(summary)}\n`)
    return missed.length === 0 ? 0 : 1
  } finally {
    await stage.stop()
  }
}

function kindsOf(text: string): 'mixed' | 'standard' {
  if (text === 'mixed' || text === 'standard') return text
  throw new Error(`--kinds is mixed or standard, not ${text}`)
}

/** What the summary missed of the thresholds that were given, one line each. Playing nothing at all is a miss, too. */
function misses(summary: Summary, values: Readonly<Record<string, string | boolean | undefined>>): string[] {
  const lines = summary['battles'] === 0 ? ['no battle was played to its end'] : []
  for (const [flag, name] of [
    ...LATENCIES.map((each) => [`max-${each}-p95-ms`, `${each}_p95_ms`] as const),
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

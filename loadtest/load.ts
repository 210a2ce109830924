import { parseArgs } from 'node:util'
import { BATTLE_HELP, loadBattle } from './load-battle.ts'
import { loadFeed } from './load-feed.ts'
import { whole } from './whole.ts'

const HELP = `${BATTLE_HELP}
npm run load -- feed [--clients 2000] [--seconds 60] [--players 40]
Ends with one line of JSON; the exit code is 1 when a threshold is missed.`

const runs: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  battle: loadBattle,
  feed: async (args) => {
    const number = { type: 'string' } as const
    const { values } = parseArgs({ args: [...args], options: { clients: number, seconds: number, players: number } })
    const clients = whole(values.clients ?? '2000', 'clients', 1, 20_000)
    const seconds = whole(values.seconds ?? '60', 'seconds', 6, 3_600)
    const players = whole(values.players ?? '40', 'players', 2, 500)
    const { ok, ...figures } = await loadFeed({ clients, seconds, players, log })
    process.stdout.write(`${JSON.stringify(figures)}\n`)
    return ok ? 0 : 1
  },
}

/** For a person to read; stdout keeps the one line of JSON. */
function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

const [what = '', ...args] = process.argv.slice(2)
const run = runs[what]
try {
  if (run && !args.includes('--help')) process.exitCode = await run(args)
  else {
    process.stdout.write(`${HELP}\n`)
    process.exitCode = args.includes('--help') || what === '--help' ? 0 : 1
  }
} catch (error) {
  log(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

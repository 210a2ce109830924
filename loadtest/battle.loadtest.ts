import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { answers } from './endpoint.ts'
import { headless } from './headless.ts'
import { scenarioOf, stageFor } from './stage.ts'
import { whole } from './whole.ts'

const HELP = `npm run loadtest -- --room battle [--numClients 20] [--endpoint ws://127.0.0.1:3000] [--battles N]
  [--scenario play]  or create, watch, late, reconnect, mixed: npm run load -- --help tells what they are
At a terminal: @colyseus/loadtest's screen, until you press q. Without one: ends after N battles, --numClients of them
where nothing is said, with a summary as the last line. A server is started where none answers.`

const DEFAULT_ENDPOINT = `http://127.0.0.1:${process.env['PORT'] || 3000}`
const SECONDS_MAX = 120
const TABLE = { seats: 2, rounds: 3, kinds: 'mixed', verifyEvery: 10 } as const

const flags = {
  room: { type: 'string' },
  numClients: { type: 'string', default: '20' },
  endpoint: { type: 'string' },
  scenario: { type: 'string', default: 'play' },
  battles: { type: 'string' },
  delay: { type: 'string' },
  output: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

async function main(): Promise<number> {
  const { values } = parseArgs({ options: flags })
  if (values.help || values.room !== 'battle') {
    process.stdout.write(`${HELP}\n`)
    return values.help ? 0 : 1
  }
  const clients = whole(values.numClients, 'numClients', 1, 2000)
  const battles = whole(values.battles ?? values.numClients, 'battles', 1, 1_000_000)
  const endpoint = values.endpoint ?? ((await answers(DEFAULT_ENDPOINT)) ? DEFAULT_ENDPOINT : undefined)
  const scenario = scenarioOf(values.scenario)
  const stage = await stageFor(scenario, endpoint, log)
  try {
    if (process.stdout.isTTY) return await atTerminal(stage.url)
    const played = await headless({ ...stage, ...TABLE, scenario, clients, seconds: SECONDS_MAX, battles, log })
    const { battles: done, failed, battles_per_s, joins_per_s } = played
    log(`${done} battles played, ${failed} failed, ${battles_per_s} battles/s, ${joins_per_s} joins/s`)
    process.stdout.write(`${JSON.stringify({ load: 'battle', scenario, clients, ...TABLE, ...played })}\n`)
    return failed === 0 && Number(done) > 0 ? 0 : 1
  } finally {
    await stage.stop()
  }
}

/** The screen takes over its whole process and ends it as it likes, so it gets one of its own. */
async function atTerminal(url: string): Promise<number> {
  const args = [join(import.meta.dirname, 'screen.ts'), ...process.argv.slice(2), '--endpoint', url]
  const screen = spawn(process.execPath, args, { stdio: 'inherit' })
  process.once('exit', () => screen.kill())
  const [code] = (await once(screen, 'exit')) as [number | null]
  return code ?? 1
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

try {
  process.exitCode = await main()
} catch (error) {
  log(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

import { parseArgs } from 'node:util'
import { chaosBattles } from './chaos/battles.ts'
import { chaosBridge } from './chaos/bridge.ts'
import { chaosFeed } from './chaos/feed.ts'
import { chaosLedger } from './chaos/ledger.ts'
import { installServices } from '../scripts/install-services.ts'
import { whole } from './whole.ts'

const HELP = `npm run chaos -- ledger [--kills 20] [--seed N] [--untimed]
npm run chaos -- battles [--nodes 3] [--kills 10] [--seed N] [--untimed]
npm run chaos -- feed [--nodes 2] [--seed N]
npm run chaos -- bridge [--nodes 2] [--kills 20] [--seed N] [--untimed]
Kills, cuts and freezes on 127.0.0.1, then compares and audits. Ends with one line of JSON; the exit code is 1 when anything
was lost, doubled or wrong, or stood still for longer than it should (--untimed leaves that out).`

const { values, positionals } = parseArgs({
  options: {
    nodes: { type: 'string' },
    kills: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    untimed: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const log = (line: string): void => void process.stdout.write(`${line}\n`)
const seed = whole(values.seed, 'seed', 0, 2 ** 31)
const nodes = (usual: string) => whole(values.nodes ?? usual, 'nodes', 2, 8)
const kills = (usual: string) => whole(values.kills ?? usual, 'kills', 1, 1_000)

const runs: Readonly<Record<string, () => Promise<Record<string, unknown> & { ok: boolean }>>> = {
  ledger: () => chaosLedger({ kills: kills('20'), seed, untimed: values.untimed, log }),
  battles: async () => {
    await installServices(['redis-server'])
    return chaosBattles({ nodes: nodes('3'), kills: kills('10'), seed, untimed: values.untimed, log })
  },
  feed: async () => {
    await installServices(['redis-server'])
    return chaosFeed({ nodes: nodes('2'), seed, log })
  },
  bridge: async () => {
    await installServices(['openjdk-17-jre-headless', 'maven', 'kcat', 'chdb'])
    return chaosBridge({ nodes: nodes('2'), kills: kills('20'), seed, untimed: values.untimed, log })
  },
}

// Of every socket that is lost the SDK of Colyseus warns; here that is what is being done, and counted.
console.warn = () => {}

const run = runs[positionals.join()]
if (run === undefined || values.help) {
  log(HELP)
  process.exitCode = values.help ? 0 : 1
} else {
  const { ok, ...figures } = await run()
  log(JSON.stringify(figures))
  process.exitCode = ok ? 0 : 1
}

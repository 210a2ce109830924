import { setTimeout as delay } from 'node:timers/promises'
import { auditOf } from './audit.ts'
import { Cluster } from './battles-cluster.ts'
import { faults, figures, suffer, type Done, type Fault } from './battles-faults.ts'
import { Players } from './battles-players.ts'
import { verdictOn } from './battles-verdict.ts'
import { Random } from './random.ts'

export type BattlesRun = Readonly<{
  nodes: number
  kills: number
  seed: number
  /** Whether the result counts however long battles stood still: for machines that are busy with other things. */
  untimed: boolean
  log(line: string): void
}>

type Figures = Record<string, unknown> & { ok: boolean }

const PLAYERS = 100
/** Battles that are played before the first fault: processes that have just started are slow. */
const WARM = { battles: 60, most_ms: 15_000 }
/** How long battles are played between two faults. */
const CALM_MS = 1_200
/** Half of the battles go on within this long: goals of the design, in ms. */
const GOAL_P50_MS = { kill: 1_000, freeze: 3_000 }
const LATER_FAULTS: readonly Fault[] = ['kill', 'kill', 'freeze', 'drain', 'redis', 'postgres']

/**
 * Lets players battle on several server processes while nodes are killed, frozen past their lease and drained, and while
 * Redis and Postgres go away; then counts how every battle ended and audits the ledger. Returns the figures of the last line;
 * `ok` says whether nothing was lost or doubled, everybody came back, and half of the battles went on as fast as they should.
 */
export async function chaosBattles({ nodes, kills, seed, untimed, log }: BattlesRun): Promise<Figures> {
  const random = new Random(seed)
  log(`starting ${nodes} nodes, Postgres and Redis`)
  const cluster = await Cluster.start(nodes)
  stopOnSignals(cluster)
  let isOk = false
  try {
    const players = new Players(cluster.proxy.url, seed)
    await players.enter(PLAYERS)
    await players.play()
    await warmUp(players)
    const done: Done[] = []
    let crashed = 0
    for (let n = 0; n < kills; n++) {
      await delay(CALM_MS + random.below(CALM_MS))
      for (const { name } of await cluster.revive()) log(`${name} has ended by itself, which makes ${++crashed}`)
      const fault = faults[n] ?? random.pick(LATER_FAULTS)
      done.push(await suffer(fault, cluster, players, random.pick(cluster.members)))
      log(`${String(n + 1).padStart(3)}/${kills} ${fault.padEnd(9)} ${done.at(-1)!.words}`)
    }
    await delay(CALM_MS)
    for (const { name } of await cluster.revive()) log(`${name} has ended by itself, which makes ${++crashed}`)
    const judged = await judge(cluster, players, done, log)
    isOk = judged.ok && crashed === 0 && (untimed || inTime(judged))
    return { chaos: 'battles', nodes, kills, seed, ...judged, crashed, ok: isOk }
  } finally {
    const folder = await cluster.stop({ keep: !isOk })
    if (!isOk) log(`what the nodes said is in ${folder}`)
  }
}

async function judge(
  cluster: Cluster,
  players: Players,
  done: readonly Done[],
  log: BattlesRun['log'],
): Promise<Figures> {
  await players.stop()
  for (const words of players.stranded.slice(0, 5)) log(`somebody did not see the end: ${words}`)
  if (players.refused.size > 0) log(`refused after all retries: ${JSON.stringify(Object.fromEntries(players.refused))}`)
  const { battles, lost, double } = await verdictOn(cluster.databaseUrl, players.created)
  const audit = await auditOf(cluster.databaseUrl)
  const of = (fault: Fault) => figures(done.flatMap((each) => (each.fault === fault ? each.resumed.ms : [])))
  const [kill, freeze, drain] = [of('kill'), of('freeze'), of('drain')]
  const never = players.stranded.length + done.reduce((sum, each) => sum + each.resumed.never, 0)
  return {
    battles,
    lost,
    double,
    never,
    resume_p50_ms: kill.p50,
    resume_max_ms: kill.max,
    freeze_resume_p50_ms: freeze.p50,
    freeze_resume_max_ms: freeze.max,
    drain_resume_p50_ms: drain.p50,
    drain_resume_max_ms: drain.max,
    audit,
    ok: lost + double + never === 0 && audit === 'ok',
  }
}

async function warmUp(players: Players): Promise<void> {
  const until_ms = performance.now() + WARM.most_ms
  while (players.finished < WARM.battles && performance.now() < until_ms) await delay(50)
}

function inTime({ resume_p50_ms, freeze_resume_p50_ms }: Figures): boolean {
  return Number(resume_p50_ms) <= GOAL_P50_MS.kill && Number(freeze_resume_p50_ms) <= GOAL_P50_MS.freeze
}

/** Nothing that was started may stay behind. */
function stopOnSignals(cluster: Cluster): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => void cluster.stop().finally(() => process.exit(code)))
}

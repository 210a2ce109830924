import { GroupCommit } from '../ledger/group-commit.ts'
import { defaultLimits } from '../ledger/limits.ts'
import { HOUSE, MAIN_TENANT, PLAY_FAUCET, userOwner } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { Client } from './client.ts'
import { Cluster } from './cluster.ts'
import { breakThings } from './faults.ts'
import { planBattle, USERS, waitingOf, type Plan } from './people.ts'
import { checkAtRest } from './rest.ts'
import { idle } from './schedule.ts'
import { createWorld, type Sabotage, type World } from './world.ts'

export type Run = Readonly<{
  seed: number
  /** Which promises were broken; none when all is well. */
  broken: readonly string[]
  steps: number
  /** Messages that clients were sent, and commits of battles. */
  messages: number
  commits: number
  lateStarts: number
  /** Of everything that happened: the same seed gives the same. */
  digest: string
  last: readonly string[]
}>

const FUNDS = toAmount(1_000_000n)
const NODES = 3
/** Everything has to have come to rest by then. */
const REST_MS = 120_000

/** Runs one seed to its end, or to the first promise that is broken. */
export async function runSeed(seed: number, sabotage: Sabotage = {}): Promise<Run> {
  const world = createWorld(seed, sabotage)
  await fund(world)
  const random = world.random.fork('people')
  const count = random.between(2, 6)
  const plans = Array.from({ length: count }, (_, n) => planBattle(random.fork(String(n)), n, world.schedule.now_ms))
  const cluster = new Cluster(world, NODES)
  const clients = plans.flatMap((plan) => plan.clients.map((options) => new Client(world, cluster, options)))
  for (const plan of plans) void create(world, cluster, plan)
  for (const client of clients) void client.live()
  let isMended = false
  void breakThings(world, cluster).then(() => (isMended = true))
  const isAtRest = () => isMended && clients.every(({ isDone }) => isDone) && plans.every((plan) => isOver(world, plan))
  const open = () => plans.filter((plan) => !isOver(world, plan)).map(({ wish }) => `battle ${wish.id}`)
  const steps = await drive(world, isAtRest, () => `${[...open(), ...waitingOf(clients)].join(', ')} wait in vain`)
  if (world.trace.broken.length === 0) await checkAtRest(world, plans, clients, { asset: PLAY_CREDIT, amount: FUNDS })
  const { trace, witness, history } = world
  const commits = [...history.battles.values()].reduce((total, versions) => total + versions.length, 0)
  return {
    seed,
    broken: trace.broken,
    steps,
    messages: witness.messages,
    commits,
    lateStarts: history.lateStarts,
    last: trace.last,
    digest: trace.digest(),
  }
}

async function drive({ schedule, trace, elapsed }: World, isAtRest: () => boolean, who: () => string): Promise<number> {
  await idle()
  for (let steps = 1; ; steps++) {
    if (!schedule.step()) trace.broke('nothing happens any more')
    await idle()
    if (trace.broken.length > 0 || isAtRest()) return steps
    if (elapsed() > REST_MS) trace.broke(`no rest after ${REST_MS} ms: ${who()}`)
  }
}

function isOver({ history }: World, { wish }: Plan): boolean {
  const phase = history.of(wish.id).at(-1)?.battle.phase
  return phase === 'settled' || phase === 'cancelled'
}

/** The creator asks until the answer is that it is created. */
async function create(world: World, cluster: Cluster, { at_ms, wish }: Plan): Promise<void> {
  const random = world.random.fork(wish.id)
  await world.sleep(at_ms)
  for (;;) {
    const answer = await cluster.request(random.pick(cluster.addresses), (node) => node.create(wish))
    if (answer.ok) return
    await world.sleep(random.between(100, 500))
  }
}

/** Gives everyone something to play with before anything begins. */
async function fund({ database: { store }, random, schedule }: World): Promise<void> {
  const commits = new GroupCommit(store, defaultLimits, () => {})
  const payload = { asset: PLAY_CREDIT, amount: FUNDS.toString() }
  const give = (owner: string) => ({ asset: PLAY_CREDIT, debit: PLAY_FAUCET, credit: owner, amount: FUNDS })
  await commits.submit({
    id: random.fork('fund').uuid(schedule.now_ms),
    kind: 'sim.fund',
    tenant: MAIN_TENANT,
    request: digestOf(payload),
    transfers: [HOUSE, ...USERS.map(userOwner)].map(give),
    events: [{ type: 'money.moved', payload }],
  })
  await commits.close()
}

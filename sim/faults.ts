import type { Cluster } from './cluster.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** Faults begin within this time; afterwards everything is mended and has to come to rest. */
export const FAULTS_MS = 14_000

const DRAIN_MS = 5_000

type Fault = (world: World, cluster: Cluster, random: Random) => Promise<void>

/** Somebody who acts for a battle, more often than not. */
function victim({ database }: World, cluster: Cluster, random: Random): string {
  const acting = [...database.tables.actors.values()].flatMap(
    ({ node }) => database.nodes.get(node ?? '')?.address ?? [],
  )
  return acting.length > 0 && random.chance(700) ? random.pick(acting) : random.pick(cluster.addresses)
}

/** Everything that can go wrong, each mended again by itself. */
const faults: Readonly<Record<string, Fault>> = {
  /** All its memory is gone; what it had sent to the database may or may not arrive. */
  async kill(world, cluster, random) {
    const { sleep, trace } = world
    const address = victim(world, cluster, random)
    const machine = cluster.machine(address)
    if (machine.isDead) return
    trace.note(`FAULT: kill ${machine.name}`)
    machine.kill()
    await sleep(random.between(200, 5_000))
    cluster.start(address)
  },

  /** Stands still, longer than its lease or shorter, and goes on as if nothing had been; when it slept, by a time that is behind. */
  async pause(world, cluster, random) {
    const { sleep, trace } = world
    const machine = cluster.machine(victim(world, cluster, random))
    if (!machine.isRunning) return
    const sleeps = random.chance(300)
    trace.note(`FAULT: ${sleeps ? 'sleep' : 'pause'} ${machine.name}`)
    machine.pause({ sleeps })
    await sleep(random.between(200, 6_000))
    trace.note(`${machine.name} goes on`)
    machine.resume()
  },

  /** Taken for dead while it lives: others take over what it acts for at the same time. */
  async evict(world, cluster, random) {
    const { trace, database } = world
    const node = cluster.node(victim(world, cluster, random))
    if (!node || node.machine.isDead) return
    trace.note(`FAULT: ${node.machine.name} is taken for dead`)
    database.nodes.delete(node.id)
  },

  async outage({ sleep, trace, database }, _cluster, random) {
    trace.note('FAULT: the database goes away')
    database.goAway()
    await sleep(random.between(200, 4_000))
    trace.note('the database is back')
    database.comeBack()
  },

  /** SIGTERM, and after a while the end, whatever is still going on. */
  async drain(world, cluster, random) {
    const { sleep, trace } = world
    const address = victim(world, cluster, random)
    const node = cluster.node(address)
    if (!node || !node.machine.isRunning) return
    trace.note(`FAULT: drain ${node.machine.name}`)
    await Promise.race([node.drain().catch(() => {}), sleep(DRAIN_MS)]) // What it could not hand over is claimed.
    trace.note(`${node.machine.name} ends`)
    node.machine.kill()
    await sleep(random.between(100, 2_000))
    if (cluster.machine(address) === node.machine) cluster.start(address)
  },

  /** Somebody sets its clock on the wall. */
  async jump(world, cluster, random) {
    const { trace, skew_ms } = world
    const machine = cluster.machine(victim(world, cluster, random))
    machine.skew_ms = random.between(-skew_ms, skew_ms)
    trace.note(`FAULT: the clock on the wall of ${machine.name} is now ${machine.skew_ms} ms ahead`)
  },

  /** Slow networks that lose and double. */
  async storm({ sleep, trace, weather }, _cluster, random) {
    trace.note('FAULT: bad weather')
    weather.isBad = true
    await sleep(random.between(500, 4_000))
    trace.note('the weather is good again')
    weather.isBad = false
  },
}

/** Lets faults happen as the seed has it. Resolves when the last one is mended. */
export async function breakThings(world: World, cluster: Cluster): Promise<void> {
  const random = world.random.fork('faults')
  const names = Object.keys(faults)
  const planned = Array.from({ length: random.between(3, 14) }, async (_, index) => {
    const own = random.fork(String(index))
    await world.sleep(own.between(500, FAULTS_MS))
    await faults[own.pick(names)]!(world, cluster, own)
  })
  await Promise.all(planned)
}

import { RollingDropError } from '../schema/errors.ts'
import { refused, type Answer } from './client.ts'
import { Machine } from './machine.ts'
import { SimNode } from './node.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

const REQUEST_MS = 1_500
/** How much too fast or too slow the time of a machine runs: twice what bad quartz does. */
const DRIFT_PPM_MAX = 200

type Slot = { machine: Machine; node: SimNode | undefined; starts: number }

/** The nodes by their addresses; each address has one machine at a time, and another one after its end. */
export class Cluster {
  readonly addresses: readonly string[]
  readonly #world: World
  readonly #random: Random
  readonly #slots = new Map<string, Slot>()

  constructor(world: World, count: number) {
    this.#world = world
    this.#random = world.random.fork('cluster')
    this.addresses = Array.from({ length: count }, (_, index) => `n${index + 1}`)
    for (const address of this.addresses) this.start(address)
  }

  machine(address: string): Machine {
    return this.#slots.get(address)!.machine
  }

  node(address: string): SimNode | undefined {
    return this.#slots.get(address)?.node
  }

  /** Starts a new process at an address whose last one is dead. */
  start(address: string): void {
    const starts = (this.#slots.get(address)?.starts ?? 0) + 1
    const { schedule, skew_ms, goesByWall } = this.#world
    const drift_ppm = this.#random.between(-DRIFT_PPM_MAX, DRIFT_PPM_MAX)
    const machine = new Machine(`${address}.${starts}`, schedule, { drift_ppm, goesByWall })
    machine.skew_ms = this.#random.between(-skew_ms, skew_ms)
    const slot: Slot = { machine, node: undefined, starts }
    this.#slots.set(address, slot)
    this.#world.trace.note(`${machine.name} starts, its clock ${machine.skew_ms} ms ahead`)
    void SimNode.start(this.#world, machine, address).then((node) => (slot.node = node))
  }

  /** A request over HTTP: asked once or twice, answered late or never, which then is `matchmaking/unavailable`. */
  request<T>(address: string, run: (node: SimNode) => Promise<T>): Promise<Answer<T, SimNode>> {
    const { schedule, weather } = this.#world
    return new Promise((resolve) => {
      const lost = () => resolve(refused(new RollingDropError('matchmaking/unavailable')))
      schedule.after(REQUEST_MS, lost)
      const node = this.node(address)
      if (!node) {
        schedule.after(weather.far_ms, lost)
        return
      }
      const answer = (told: Answer<T, SimNode>) => {
        if (!weather.loses) schedule.after(weather.far_ms, () => resolve(told))
      }
      const ask = () =>
        run(node).then(
          (value) => answer({ ok: true, value, by: node }),
          (error: unknown) => answer(refused(error)),
        )
      for (let copies = weather.doubles ? 2 : 1; copies > 0; copies--)
        if (!weather.loses) schedule.after(weather.far_ms, () => node.machine.enter(() => void ask()))
    })
  }
}

import { pause, type Clock } from '../entropy/clock.ts'
import type { Log } from './actor.ts'
import type { ClusterNode } from './node.ts'

/** The battles of this node, as far as they are gone through. */
type Battles = Readonly<{
  claim(limit: number): Promise<void>
  yieldToSuccessors(): Promise<void>
  sweep(): Promise<void>
}>

type Options = Readonly<{
  node: Pick<ClusterNode, 'isQuiet' | 'troubled' | 'reap'>
  battles: Battles
  /** Looked at before battles are taken up, so that those of a dead node are shared among the living. */
  placement?: Readonly<{ refresh(): Promise<void> }>
  shelves: readonly Readonly<{ sweep(): Promise<void> }>[]
  /** Those of other kinds that have one place over the cluster. */
  sessions?: Readonly<{ yieldToSuccessors(): Promise<void>; sweep(): Promise<void> }>
  forgetProcess(process: string): Promise<void>
  clock: Clock
  log: Log
}>

/** How soon after its node's death, or its alarm's time, a battle is taken up by another node. */
const ROUND_MS = 200
/** How soon an activation that has been followed by another one ends, at the latest, when it has nothing to commit. */
const YIELD_EVERY = 10
const SWEEP_EVERY = 25
/** Battles that all nodes together take up in one round. */
const CLAIM_MAX = 256

/**
 * What a node does over and over: it takes the dead off the list, takes up battles that nobody acts for, ends what another
 * node acts for by now, and lets go of what nobody watches. When the database does not answer, it touches nothing of another
 * node's for a whole lease: the others are then as absent as the database was.
 */
export class Rounds {
  readonly #options: Options
  readonly #walking: Promise<void>
  #stopped = false

  constructor(options: Options) {
    this.#options = options
    this.#walking = this.#walk()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#walking
  }

  async #walk(): Promise<void> {
    const { node, clock, log } = this.#options
    for (let round = 1; !this.#stopped; round++) {
      try {
        await this.#round(round)
      } catch (error) {
        node.troubled()
        log.warn({ error }, 'a round over the battles of the cell failed')
      }
      await pause(clock, ROUND_MS)
    }
  }

  async #round(round: number): Promise<void> {
    const { node, battles, sessions, placement, shelves, forgetProcess, log } = this.#options
    if (!node.isQuiet) {
      for (const dead of await node.reap()) {
        log.warn({ node: dead.id }, 'a node has gone')
        // The list of rooms may be out of reach; what stands there of the dead is only ever a detour.
        forgetProcess(dead.process).catch((error: unknown) => log.warn({ error }, 'could not forget a process'))
      }
      await placement?.refresh()
      await battles.claim(CLAIM_MAX)
    }
    if (round % YIELD_EVERY === 0) await Promise.all([battles.yieldToSuccessors(), sessions?.yieldToSuccessors()])
    if (round % SWEEP_EVERY === 0)
      await Promise.all([battles, ...shelves, ...(sessions ? [sessions] : [])].map((each) => each.sweep()))
  }
}

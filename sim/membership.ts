import { pause, type NodeClock } from '../entropy/clock.ts'
import type { ClusterNode, DeadNode } from '../rooms/node.ts'
import type { Peer } from '../rooms/placement.ts'
import type { Database, NodeRow } from './database.ts'
import type { Machine } from './machine.ts'

type Options = Readonly<{
  database: Database
  machine: Machine
  address: string
  clock: NodeClock
  /** Names of nodes: one is never used twice. */
  newId(): string
  /** Battles it acts for, told with every beat. */
  load(): number
  lost(): void
}>

export const LEASE_MS = 1_200
const BEAT_MS = 240
const AGAIN_MS = 100
/** A node whose beats fail to come for longer is no longer given anything. */
const SUSPECT_MS = 3 * BEAT_MS

type Node = Pick<ClusterNode, 'id' | 'isQuiet' | 'addressOf' | 'wayIn' | 'peers' | 'troubled' | 'reap' | 'others'>

/** A node's entry among the living in a simulated database: what `ClusterNode` is over Postgres, with the same promises. */
export class Membership implements Node {
  readonly #options: Options
  #row: NodeRow | undefined
  #quiet_until_ms = 0
  #closed = false

  private constructor(options: Options) {
    this.#options = options
  }

  static async join(options: Options): Promise<Membership> {
    const node = new Membership(options)
    await node.#again(() => node.#register())
    void node.#beat()
    options.machine.onDeath(() => {
      // The kernel closes the session, and the database drops its lock.
      options.database.schedule.after(2, () => node.#row && (node.#row.locked = false))
    })
    return node
  }

  get id(): string {
    return this.#row!.id
  }

  get isQuiet(): boolean {
    return this.#options.clock.now() < this.#quiet_until_ms
  }

  troubled(): void {
    this.#quiet_until_ms = this.#options.clock.now() + LEASE_MS
  }

  addressOf(node: string): Promise<string | undefined> {
    return this.#ask('whose address', (database) =>
      database.isLive(node) ? database.nodes.get(node)!.address : undefined,
    )
  }

  wayIn(node: string): Promise<string | undefined> {
    return this.#ask('the way in', (database) => {
      const row = database.isLive(node) ? database.nodes.get(node)! : undefined
      return row?.draining ? undefined : row?.address
    })
  }

  async others(): Promise<readonly string[]> {
    const peers = await this.peers()
    return peers.toSorted((a, b) => a.load - b.load).map(({ address }) => address)
  }

  peers(): Promise<readonly Peer[]> {
    return this.#ask('who else', (database) => {
      const until_ms = database.schedule.now_ms + LEASE_MS - SUSPECT_MS
      return [...database.nodes.values()]
        .filter(({ id, draining, lease_until_ms }) => id !== this.id && !draining && lease_until_ms > until_ms)
        .filter(({ id }) => database.isLive(id))
        .map(({ id, address, load }) => ({ id, address, load }))
    })
  }

  reap(): Promise<readonly DeadNode[]> {
    return this.#ask('reap', (database) => {
      const dead = [...database.nodes.keys()].filter((id) => id !== this.id && !database.isLive(id))
      for (const id of dead) database.nodes.delete(id)
      return dead.map((id) => ({ id, process: id }))
    })
  }

  async drain(): Promise<void> {
    await this.#ask('drain', ({ nodes }) => {
      const row = nodes.get(this.id)
      if (row) row.draining = true
    })
  }

  async leave(): Promise<void> {
    this.#closed = true
    await this.#ask('leave', ({ nodes }) => void nodes.delete(this.id))
  }

  async #register(): Promise<void> {
    const { database, address, newId } = this.#options
    this.#row = await this.#ask('register', ({ nodes }) => {
      const lease_until_ms = database.schedule.now_ms + LEASE_MS
      const row: NodeRow = { id: newId(), address, lease_until_ms, draining: false, locked: true, load: 0 }
      nodes.set(row.id, row)
      return row
    })
  }

  async #beat(): Promise<void> {
    const { clock, lost } = this.#options
    for (await pause(clock, BEAT_MS); !this.#closed; await pause(clock, BEAT_MS)) {
      try {
        if (await this.#extend()) continue
        this.troubled()
        lost()
        await this.#again(() => this.#register())
      } catch {
        this.troubled()
        await this.#again(() => this.#resume())
      }
    }
  }

  /** False: the row is gone. A beat over a session that has ended fails. */
  async #extend(): Promise<boolean> {
    const { clock, machine } = this.#options
    const load = this.#options.load()
    const asked = machine.steady.now()
    const database_ms = await this.#ask('beat', ({ nodes, schedule }) => {
      const row = nodes.get(this.id)
      if (row && !row.locked) throw new Error('the session has ended')
      if (row) Object.assign(row, { load, lease_until_ms: schedule.now_ms + LEASE_MS })
      return row && schedule.now_ms
    })
    if (database_ms === undefined) return false
    clock.learn?.({ asked, answered: machine.steady.now(), database_ms })
    return true
  }

  async #resume(): Promise<void> {
    await this.#ask('lock', ({ nodes }) => {
      const row = nodes.get(this.id)
      if (row) row.locked = true
    })
    await this.#extend()
  }

  async #again(attempt: () => Promise<void>): Promise<void> {
    while (!this.#closed) {
      try {
        return await attempt()
      } catch {
        this.troubled() // Until the database answers again there is nothing to say but that.
        await pause(this.#options.clock, AGAIN_MS)
      }
    }
  }

  #ask<T>(what: string, question: (database: Database) => T): Promise<T> {
    const { database, machine } = this.#options
    return database.ask(machine, what, () => question(database))
  }
}

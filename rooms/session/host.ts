import type { Clock } from '../../entropy/clock.ts'
import type { ActorRow, Ledger } from '../../ledger/ledger.ts'
import { digestOf } from '../../schema/digest.ts'
import { RollingDropError, toRollingDropError } from '../../schema/errors.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import type { Log } from '../actor.ts'
import { IDLE_MS } from '../idle.ts'
import type { ClusterNode } from '../node.ts'
import type { Placement } from '../placement.ts'
import type { Owner } from './log.ts'

/** A room that shows a session: who is in it, and how they are sent on to another address. */
export type Screen = Readonly<{
  room: Readonly<{ clients: Readonly<{ length: number }>; move(address: string): Promise<void> }>
}>

/** Where a session is: in a room here, or at the address of another node, which has it or is to `take` it. */
export type Place<Opened> = Readonly<{ here: Opened } | { at: string; take?: true }>

/** Whose session, with the name that it shows. */
export type Visiting = Owner & Readonly<{ name: string }>

type Options<Opened extends Screen> = Readonly<{
  node: Pick<ClusterNode, 'id' | 'isQuiet' | 'addressOf'>
  ledger: Ledger
  clock: Clock
  openRoom(owner: Visiting, roomId: string): Promise<Opened>
  /** Which node takes what nobody acts for. */
  placement: Pick<Placement, 'elsewhere'>
  log: Log
}>

type Hosted<Opened> = {
  readonly row: Pick<ActorRow, 'id' | 'epoch' | 'version'>
  readonly opened: Promise<Opened>
  wanted_ms: number
}

const KIND = 'session'

/**
 * The sessions of this node. Each user has one over the whole cluster: the actor `session-<user>`, of which a node is the holder
 * as long as it lives. It has no state of its own to commit, so nothing is lost when it changes hands, and a node that
 * does not know yet that another one has followed it shows what is true all the same; it ends within seconds.
 *
 *     asked for ──activate──▶ hosted ──nobody there for a while──▶ given back
 *                               └──another node has it──▶ sockets closed with 4101, out of memory
 */
export class SessionHost<Opened extends Screen> {
  readonly #options: Options<Opened>
  readonly #hosted = new Map<string, Promise<Hosted<Opened> | undefined>>()
  readonly #present = new Map<string, Hosted<Opened>>()
  #draining = false

  constructor(options: Options<Opened>) {
    this.#options = options
  }

  get count(): number {
    return this.#present.size
  }

  /**
   * `take`: another node has sent whoever asks, because this one has less to do. Throws `matchmaking/unavailable` while the session
   * is on its way from one node to another, or `server/draining`.
   */
  async place(owner: Visiting, take: boolean): Promise<Place<Opened>> {
    const id = `session-${owner.user}`
    const hosted = await this.#hosted.get(id)
    if (hosted) return this.#here(hosted)
    const row = await this.#find(id, owner)
    const address = await this.#holderOf(row)
    if (address !== undefined) return { at: address }
    if (this.#draining) throw new RollingDropError('server/draining')
    const at = take ? undefined : await this.#options.placement.elsewhere()
    if (at !== undefined) return { at, take: true }
    const here = await this.#host(id, owner)
    if (here) return this.#here(here)
    const winner = await this.#holderOf(await this.#find(id, owner))
    if (winner === undefined) throw new RollingDropError('matchmaking/unavailable', { actor: id })
    return { at: winner }
  }

  /** Gives back those that nobody has asked for, and is in, for a while. */
  async sweep(): Promise<void> {
    const now_ms = this.#options.clock.now()
    for (const [id, hosted] of this.#present) {
      const { room } = await hosted.opened
      if (room.clients.length > 0 || now_ms - hosted.wanted_ms < IDLE_MS) continue
      this.#forget(id, hosted)
      await this.#release(hosted)
      await room.move('')
    }
  }

  /** Ends those that another node has by now. */
  async yieldToSuccessors(): Promise<void> {
    if (this.#present.size === 0) return
    const ours = [...this.#present.values()].map(({ row }) => row)
    for (const { id } of await this.#options.ledger.actors.superseded(ours)) {
      const hosted = this.#present.get(id)
      if (hosted) await this.#end(id, hosted, 'ledger/fenced')
    }
  }

  /** Somebody has taken this node for dead: all its sessions are anybody's now. */
  abandon(): void {
    for (const [id, hosted] of this.#present) void this.#end(id, hosted, 'ledger/fenced')
  }

  /** Hands everything over and sends the clients to one of `addresses`. */
  async drain(addresses: readonly string[]): Promise<void> {
    this.#draining = true
    await Promise.allSettled(this.#hosted.values())
    const ended = [...this.#present].map(async ([id, hosted], index) => {
      this.#forget(id, hosted)
      await this.#release(hosted)
      await hosted.opened.then(({ room }) => room.move(addresses[index % addresses.length] ?? ''))
    })
    await Promise.allSettled(ended)
  }

  async #here(hosted: Hosted<Opened>): Promise<Place<Opened>> {
    hosted.wanted_ms = this.#options.clock.now()
    return { here: await hosted.opened }
  }

  /** The row of a session; made when there is none. */
  async #find(id: string, owner: Owner): Promise<ActorRow> {
    const { ledger, clock } = this.#options
    for (;;) {
      const row = await ledger.actors.find(id)
      if (row) return row
      const outcome = {
        id: uuidv7(clock.now()),
        kind: 'session.open',
        tenant: owner.tenant,
        request: digestOf({ open: id }),
        actor: { id, kind: KIND, epoch: 0, version: 0, state: '{}' },
        transfers: [],
        events: [{ type: 'actor.activated', payload: { actor: id } }],
      } as const
      await ledger.commit(outcome).catch((cause: unknown) => {
        // Another node was faster: its row will do.
        if (toRollingDropError(cause).code !== 'ledger/fenced') throw cause
      })
    }
  }

  /** The address of the node that has it; undefined when it is ours to take. */
  async #holderOf({ id, node: holder }: ActorRow): Promise<string | undefined> {
    const { node } = this.#options
    if (holder === null || holder === node.id) return undefined
    const address = await node.addressOf(holder)
    if (address === undefined && node.isQuiet) throw new RollingDropError('matchmaking/unavailable', { actor: id })
    return address
  }

  /** One activation at a time for each session. Undefined: another node has it. */
  #host(id: string, owner: Visiting): Promise<Hosted<Opened> | undefined> {
    const known = this.#hosted.get(id)
    if (known) return known
    const hosting = this.#take(id, owner)
    this.#hosted.set(id, hosting)
    const drop = () => this.#hosted.get(id) === hosting && this.#hosted.delete(id)
    hosting.then(
      (hosted) => (hosted ? this.#present.set(id, hosted) : drop()),
      () => drop(),
    )
    return hosting
  }

  async #take(id: string, owner: Visiting): Promise<Hosted<Opened> | undefined> {
    const { ledger, node, clock, openRoom } = this.#options
    const row = await ledger.actors.activate(id, node.id)
    if (!row) return undefined
    const hosted = { row, opened: openRoom(owner, `${id}-${row.epoch}`), wanted_ms: clock.now() }
    try {
      await hosted.opened
      return hosted
    } catch (error) {
      await this.#release(hosted)
      throw error
    }
  }

  async #release({ row }: Pick<Hosted<Opened>, 'row'>): Promise<void> {
    // What cannot be given back stays ours: it is taken up again when it is asked for here, or when this node has gone.
    await this.#options.ledger.actors.release(row).catch(() => false)
  }

  async #end(id: string, hosted: Hosted<Opened>, reason: string): Promise<void> {
    this.#options.log.warn({ actor: id }, 'another node has this session')
    this.#forget(id, hosted)
    await hosted.opened.then(({ room }) => room.move(reason)).catch(() => {}) // A room that never opened has nobody in it.
  }

  #forget(id: string, hosted: Hosted<Opened>): void {
    if (this.#present.get(id) !== hosted) return
    this.#present.delete(id)
    this.#hosted.delete(id)
  }
}

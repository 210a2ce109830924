import type { Sealer } from '../../access/seal.ts'
import { pause, type Clock } from '../../entropy/clock.ts'
import type { Entropy } from '../../entropy/entropy.ts'
import { readStock } from '../../catalog/stock.ts'
import type { InStock } from '../../game/battle/stock.ts'
import { battleFromJson } from '../../game/battle/stored.ts'
import type { ActorRow, Ledger } from '../../ledger/ledger.ts'
import { wageredOwner } from '../../schema/account.ts'
import { wageredAsset } from '../../schema/asset.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { levelOf } from '../../schema/level.ts'
import type { Log } from '../actor.ts'
import { IDLE_MS, OVER_IDLE_MS } from '../idle.ts'
import type { ClusterNode } from '../node.ts'
import type { Placement } from '../placement.ts'
import { BattleActivation, finishedBattle, type WatchedBattle } from './activation.ts'
import { BATTLE, battleActor } from './rules.ts'

/** What is opened for a battle that somebody wants to watch. */
export type Screening = Readonly<{
  roomId: string
  watched: WatchedBattle
  /** The level of a user in what this battle is paid with. */
  levelOf(user: string): Promise<number>
  /** What is free of limited items. */
  readStock(): Promise<InStock>
}>

/** A room that shows a battle: who is in it, and how they are sent on to another address. */
export type Screen = Readonly<{
  room: Readonly<{ clients: Readonly<{ length: number }>; move(address: string): Promise<void> }>
}>

type Options<Opened extends Screen> = Readonly<{
  node: Pick<ClusterNode, 'id' | 'isQuiet' | 'addressOf'>
  /** Tells this process apart from the others in the names of rooms. */
  process: string
  ledger: Ledger
  clock: Clock
  openRoom(screening: Screening): Promise<Opened>
  /** Which node takes what nobody acts for; left out: this one. */
  placement?: Pick<Placement, 'isFull' | 'elsewhere' | 'slice' | 'share'>
  entropy: Entropy
  sealer: Sealer
  mailbox_max: number
  log: Log
}>

/** Where a battle can be watched: in a room here, or at the address of another node, which has it or is to `take` it. */
export type Place<Opened> = Readonly<{ here: Opened } | { at: string; take?: true }>

type Hosted<Opened> = {
  readonly watched: WatchedBattle
  /** Undefined once nobody acts for it any more. */
  readonly activation: BattleActivation | undefined
  readonly roomId: string
  room: Promise<Opened> | undefined
  wanted_ms: number
}

/** How long a commit in flight is waited for when battles are handed over. */
const RELEASE_MS = 2_000

/**
 * The battles of this node. A battle is activated when somebody asks for it or when it is claimed (its alarm is due, its node
 * is dead); only those somebody watches have a room.
 *
 *     asked for, claimed ──activate──▶ hosted ──nobody there, nothing under way──▶ given back
 *                                        ├──over, nobody there any more──▶ out of memory
 *                                        └──another one acts──▶ sockets closed with 4101, out of memory
 */
export class BattleHost<Opened extends Screen> {
  readonly #options: Options<Opened>
  /** By the actor's id; whoever comes while one is being activated waits for it. */
  readonly #hosted = new Map<string, Promise<Hosted<Opened> | undefined>>()
  readonly #present = new Map<string, Hosted<Opened>>()
  /**
   * Activations and releases whose answer was lost: the row may name this node, which lives, so that no other would ever
   * take the battle up.
   */
  readonly #doubtful = new Set<string>()
  /** Of those present. */
  readonly #over = new Set<Hosted<Opened>>()
  #draining = false

  constructor(options: Options<Opened>) {
    this.#options = options
  }

  /** In memory, those that are over and still looked at as well. */
  get count(): number {
    return this.#present.size
  }

  /** Those this node still has to bring to their end: what its work is measured by. */
  get acting(): number {
    return this.#present.size - this.#over.size
  }

  /**
   * `take`: another node has sent whoever asks, because this one has less. Throws `battle/unknown`, `matchmaking/full` when
   * no node takes any more, or `matchmaking/unavailable` while the battle is on its way from one node to another.
   */
  async place(battle: string, take = false): Promise<Place<Opened>> {
    const id = battleActor(battle)
    const hosted = await this.#hosted.get(id)
    if (hosted) return { here: await this.#roomOf(hosted) }
    const row = await this.#find(id, battle)
    const address = await this.#holderOf(row)
    if (address !== undefined) return { at: address }
    if (this.#draining && !row.finished) throw new RollingDropError('server/draining')
    const at = await this.#elsewhere(take)
    if (at !== undefined) return { at, take: true }
    const here = await this.#host(id, row)
    if (here) return { here: await this.#roomOf(here) }
    const winner = await this.#holderOf(await this.#find(id, battle))
    if (winner === undefined) throw new RollingDropError('matchmaking/unavailable', { battle })
    return { at: winner }
  }

  /** Takes up battles that nobody acts for and whose time has come, and those that may be this node's without its knowing. */
  async claim(limit: number): Promise<void> {
    if (this.#draining) return
    const { ledger, placement } = this.#options
    const claimable = await ledger.actors.claimable(BATTLE, limit, placement?.slice)
    const ids = [...[...this.#doubtful].slice(0, limit), ...claimable.slice(0, placement?.share(claimable.length))]
    // One that cannot be activated is logged, and keeps no other from being taken up.
    await Promise.allSettled(ids.map((id) => this.#host(id, undefined)))
  }

  /** Gives back what rests unwatched and forgets what is over and unwatched. */
  async sweep(): Promise<void> {
    const now_ms = this.#options.clock.now()
    for (const [id, hosted] of this.#present) {
      const { activation, room, wanted_ms } = hosted
      const clients = room === undefined ? 0 : (await room).room.clients.length
      const idle_ms = this.#over.has(hosted) ? OVER_IDLE_MS : IDLE_MS
      const isIdle = clients === 0 && now_ms - wanted_ms >= idle_ms
      if (!isIdle || (activation && !activation.isFinished && !activation.isResting)) continue
      this.#forget(id, hosted)
      await activation?.release().catch(() => this.#doubtful.add(id))
      await this.#close(hosted, '')
    }
  }

  /** Ends the activations that others have followed. */
  async yieldToSuccessors(): Promise<void> {
    const active = [...this.#present.values()].flatMap(({ activation }) =>
      activation && !activation.isFinished ? [activation] : [],
    )
    if (active.length === 0) return
    const successors = await this.#options.ledger.actors.superseded(active.map(({ id, epoch }) => ({ id, epoch })))
    for (const { id, epoch } of successors) active.find((each) => each.id === id)?.supersededBy(epoch)
  }

  /** Somebody has taken this node for dead: all it acted for is another's. */
  abandon(): void {
    for (const { activation } of this.#present.values()) activation?.abandon()
  }

  /** Hands everything over: waits for what is being committed, gives it back, and sends its clients to one of `addresses`. */
  async drain(addresses: readonly string[]): Promise<void> {
    this.#draining = true
    await Promise.allSettled(this.#hosted.values())
    const all = [...this.#present]
    await Promise.all(
      all.map(async ([id, hosted], index) => {
        const given = hosted.activation?.release().catch(() => false) // What cannot be given back is claimed as a dead node's.
        await Promise.race([given, pause(this.#options.clock, RELEASE_MS)])
        this.#forget(id, hosted)
        await this.#close(hosted, addresses[index % addresses.length] ?? '')
      }),
    )
  }

  async #find(id: string, battle: string): Promise<ActorRow> {
    const row = await this.#options.ledger.actors.find(id)
    if (row?.kind !== BATTLE) throw new RollingDropError('battle/unknown', { battle })
    return row
  }

  /** The node that should rather take a battle than this one. What is claimed is never refused: a battle has to end. */
  async #elsewhere(isSent: boolean): Promise<string | undefined> {
    const { placement } = this.#options
    if (placement === undefined || (isSent && !placement.isFull)) return undefined
    const at = await placement.elsewhere()
    if (at === undefined && placement.isFull) throw new RollingDropError('matchmaking/full')
    return at
  }

  /** The address of the node that acts for it; undefined when it is ours to take, or over. */
  async #holderOf({ id, node: holder, finished }: ActorRow): Promise<string | undefined> {
    if (finished) return undefined
    const { node } = this.#options
    if (holder === null || holder === node.id) return undefined
    const address = await node.addressOf(holder)
    if (address === undefined && node.isQuiet) throw new RollingDropError('matchmaking/unavailable', { actor: id })
    return address
  }

  /** One activation at a time for each battle. Undefined: somebody else has it. */
  #host(id: string, row: ActorRow | undefined): Promise<Hosted<Opened> | undefined> {
    const known = this.#hosted.get(id)
    if (known) return known
    const hosting = this.#take(id, row)
    this.#hosted.set(id, hosting)
    const drop = () => this.#hosted.get(id) === hosting && this.#hosted.delete(id)
    hosting.then(
      (hosted) => (hosted ? this.#keep(id, hosted) : drop()),
      (error: unknown) => {
        drop()
        this.#options.log.error({ actor: id, error }, 'a battle could not be activated')
      },
    )
    return hosting
  }

  async #take(id: string, row: ActorRow | undefined): Promise<Hosted<Opened> | undefined> {
    const { ledger, node, clock, entropy, sealer, mailbox_max, log } = this.#options
    const wanted_ms = clock.now()
    if (row?.finished) {
      const watched = finishedBattle(battleFromJson(row.state), () => clock.now())
      return {
        watched,
        activation: undefined,
        roomId: `${id}-final-${this.#options.process}`,
        room: undefined,
        wanted_ms,
      }
    }
    const active = await ledger.actors.activate(id, node.id).catch((error: unknown) => {
      this.#doubtful.add(id)
      throw error
    })
    this.#doubtful.delete(id)
    if (!active) return undefined
    const activation: BattleActivation = new BattleActivation({
      row: active,
      ledger,
      clock,
      entropy,
      sealer,
      mailbox_max,
      log,
      gone: () => void this.#gone(id, hosted),
      changed: () => this.#changed(id, hosted),
    })
    const hosted: Hosted<Opened> = {
      watched: activation,
      activation,
      roomId: `${id}-${active.epoch}`,
      room: undefined,
      wanted_ms,
    }
    return hosted
  }

  #keep(id: string, hosted: Hosted<Opened>): void {
    this.#present.set(id, hosted)
    if (hosted.activation === undefined || hosted.activation.isFinished) this.#over.add(hosted)
  }

  #roomOf(hosted: Hosted<Opened>): Promise<Opened> {
    const { ledger, clock, openRoom } = this.#options
    hosted.wanted_ms = clock.now()
    const { roomId, watched } = hosted
    const { tenant, asset } = watched.battle
    const level = async (user: string) =>
      levelOf((await ledger.reader.balance(tenant, wageredOwner(user), wageredAsset(asset)))?.balance ?? 0n)
    hosted.room ??= openRoom({ roomId, watched, levelOf: level, readStock: () => readStock(ledger.reader, tenant) })
    hosted.room.catch(() => (hosted.room = undefined))
    return hosted.room
  }

  /** A battle that ended with nobody watching needs no more memory. */
  #changed(id: string, hosted: Hosted<Opened>): void {
    if (!hosted.activation?.isFinished) return
    if (this.#present.get(id) === hosted) this.#over.add(hosted)
    if (hosted.room === undefined) this.#forget(id, hosted)
  }

  async #gone(id: string, hosted: Hosted<Opened>): Promise<void> {
    this.#options.log.warn({ actor: id }, 'another activation acts for this battle')
    this.#forget(id, hosted)
    await this.#close(hosted, 'ledger/fenced')
  }

  #forget(id: string, hosted: Hosted<Opened>): void {
    if (this.#present.get(id) !== hosted) return
    this.#present.delete(id)
    this.#hosted.delete(id)
    this.#over.delete(hosted)
  }

  async #close({ room }: Hosted<Opened>, reason: string): Promise<void> {
    if (room === undefined) return
    await room.then(({ room: open }) => open.move(reason)).catch(() => {}) // A room that never opened has nobody in it.
  }
}

import type { BattleMessages } from '../schema/battle-message.ts'
import { toRollingDropError, type RollingDropError } from '../schema/errors.ts'
import type { Cluster } from './cluster.ts'
import type { Random } from './random.ts'
import { Socket, type Told } from './socket.ts'
import type { View } from './witness.ts'
import type { World } from './world.ts'

type Said = { [type in keyof BattleMessages]: Readonly<{ type: type; message: Omit<BattleMessages[type], 'command'> }> }

/** Something a player sets out to do, so long after being there for the first time. */
export type Deed = Said[keyof BattleMessages] & Readonly<{ after_ms: number }>

export type ClientOptions = Readonly<{
  name: string
  /** Null: only watches. */
  user: string | null
  battle: string
  from_ms: number
  /** Leaves for good after so long; left out, it stays to the end. */
  stays_ms?: number
  deeds: readonly Deed[]
}>

const ANSWER_MS = 2_000
const TRIES_MAX = 4

/**
 * One tab: looks for its battle on any node, watches it to the end, and does what it set out to do, again when it hears no
 * answer. Whatever breaks, it looks anew.
 */
export class Client {
  readonly name: string
  readonly battle: string
  readonly #options: ClientOptions
  readonly #world: World
  readonly #cluster: Cluster
  readonly #random: Random
  readonly #replies = new Map<number, (isOver: boolean) => void>()
  /** Commands that were answered with yes. */
  readonly #done = new Set<number>()
  #command = 0
  #socket: Socket | undefined
  #way: Readonly<{ at: string; take?: true }> | undefined
  #finish = () => {}
  /** The last state it was told. */
  view: View | undefined
  hasLeft = false

  constructor(world: World, cluster: Cluster, options: ClientOptions) {
    this.name = options.name
    this.battle = options.battle
    this.#options = options
    this.#world = world
    this.#cluster = cluster
    this.#random = world.random.fork(options.name)
  }

  /** Whether it has seen how its battle ended, or has gone before. */
  get isDone(): boolean {
    return this.hasLeft || this.view?.phase === 'settled' || this.view?.phase === 'cancelled'
  }

  async live(): Promise<void> {
    await this.#world.sleep(this.#options.from_ms)
    void this.#act()
    const { stays_ms } = this.#options
    if (stays_ms !== undefined) this.#world.schedule.after(stays_ms, () => this.#leaveForGood())
    while (!this.isDone) {
      await this.#visit()
      await this.#world.sleep(this.#random.between(20, 300))
    }
    this.#socket?.hangUp()
  }

  /** Until the socket closes. */
  async #visit(): Promise<void> {
    const { at, take = false } = this.#way ?? { at: this.#random.pick(this.#cluster.addresses) }
    this.#way = undefined
    const found = await this.#cluster.request(at, (node) => node.seat(this.battle, take))
    if (!found.ok) return
    if ('at' in found.value) {
      this.#way = found.value
      return
    }
    const { room } = found.value.here
    const { machine } = found.by
    await new Promise<void>((resolve) => {
      this.#finish = resolve
      const ear = {
        told: (message: Told) => this.#hear(message),
        closed: (code: number) => {
          this.#note(`is closed with ${code}`)
          resolve()
        },
      }
      const socket = new Socket(this.#options.user, machine, this.#world, ear)
      this.#socket = socket
      const { schedule, weather } = this.#world
      schedule.after(weather.far_ms, () => machine.enter(() => room.join(socket)))
    })
    this.#socket = undefined
  }

  #leaveForGood(): void {
    this.#note('leaves for good')
    this.hasLeft = true
    this.#finish()
  }

  #hear(message: Told): void {
    if (message.type === 'state') {
      this.view = message.view
      this.#note(`sees ${message.view.phase}, ${message.view.drops.length} drops`)
      if (this.isDone) this.#finish()
    }
    if (message.type !== 'reply') return
    const { reply } = message
    this.#note(`hears of ${reply.command}: ${reply.ok ? 'done' : reply.error.code}`)
    if (reply.ok) this.#done.add(reply.command)
    this.#replies.get(reply.command)?.(reply.ok || !reply.error.retry)
  }

  /** One deed after the other, each until it is over. */
  async #act(): Promise<void> {
    const began_ms = this.#world.elapsed()
    for (const deed of this.#options.deeds) {
      await this.#world.sleep(Math.max(0, began_ms + deed.after_ms - this.#world.elapsed()))
      for (let tries = 0; tries < TRIES_MAX && !this.isDone; tries++) if (await this.#try(deed)) break
    }
  }

  /** Whether it is over: done, or refused for good. */
  async #try({ type, message }: Deed): Promise<boolean> {
    while (!this.#socket?.isOpen || this.view === undefined) {
      if (this.isDone) return true
      await this.#world.sleep(100)
    }
    const command = (this.#command += 1)
    this.#note(`asks ${command}: ${type}`)
    this.#socket.say(type, { command, ...message })
    const isOver = await new Promise<boolean>((resolve) => {
      this.#replies.set(command, resolve)
      this.#world.schedule.after(ANSWER_MS, () => resolve(false))
    })
    if (this.#done.has(command)) this.#checkDone(type)
    return isOver
  }

  /** What was answered with yes stands in the ledger. */
  #checkDone(type: Deed['type']): void {
    const { user, battle } = this.#options
    const versions = this.#world.history.of(battle)
    const kinds = { join: 'battle.join', leave: 'battle.leave', callBot: 'battle.call-bot', cancel: 'battle.cancel' }
    const stands =
      type === 'join'
        ? versions.some((each) => each.battle.seats.some((seat) => seat?.user === user))
        : versions.some(({ kind }) => kind === kinds[type] || (type === 'leave' && kind === 'battle.cancel'))
    if (!stands) this.#world.trace.broke(`${this.name} was told that ${type} is done, which is not committed`)
  }

  #note(what: string): void {
    this.#world.trace.note(`${this.name} (${this.battle.slice(-6)}) ${what}`)
  }
}

/** What a request came to. */
export type Answer<T, By> = Readonly<{ ok: true; value: T; by: By } | { ok: false; error: RollingDropError }>

export function refused(cause: unknown): Readonly<{ ok: false; error: RollingDropError }> {
  return { ok: false, error: toRollingDropError(cause) }
}

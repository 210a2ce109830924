import type { Principal } from '../../access/access.ts'
import type { Entropy } from '../../entropy/entropy.ts'
import type { BattleState } from '../../schema/battle-state.ts'
import type { CommandReply } from '../../schema/battle-message.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { GuardedRoom, type Guard, type RoomClient } from '../guarded-room.ts'
import type { WatchedBattle } from './activation.ts'
import { commandOf, readMessage } from './command.ts'
import { ownPatches } from '../patches.ts'
import { newView, nextReveal, show, viewBytesMax, type Shown } from './view.ts'

export type BattleRoomOptions = Readonly<{
  roomId: string
  guard: Guard
  entropy: Entropy
  watched: WatchedBattle
  /** The level of a user in what this battle is paid with. */
  levelOf(user: string): Promise<number>
}>

/**
 * The Colyseus edge of a battle: who is connected, what they may say, what they see. A seat belongs to an account, so leaving
 * the socket leaves no seat, and two sockets of one user are one player. Everybody else watches the same state.
 */
export class BattleRoom extends GuardedRoom<BattleState> {
  #watched!: WatchedBattle
  #entropy!: Entropy
  #levelOf!: BattleRoomOptions['levelOf']
  readonly #connected = new Map<string, number>()
  #cancelReveal = () => {}
  #stopListening = () => {}
  #isStale = false

  override onCreate({ roomId, guard, entropy, watched, levelOf }: BattleRoomOptions): void {
    this.roomId = roomId
    this.guard = guard
    this.#entropy = entropy
    this.#levelOf = levelOf
    this.#watched = watched
    this.state = newView(this.#shown())
    ownPatches(this, viewBytesMax(watched.battle))
    this.#stopListening = watched.onChange(() => this.#refresh())
  }

  override onJoin(client: RoomClient, options: unknown, auth: RoomClient['auth'] | undefined): void {
    super.onJoin(client, options, auth)
    // The first one sees to it that rounds are shown from now on; for those who follow only the clock moves on, and their
    // coming sends nothing to those who are there.
    if (this.clients.length === 1) this.#refresh()
    else this.state.now = this.guard.clock.now()
  }

  override onLeave(client: RoomClient): void {
    super.onLeave(client)
    const user = this.principalOf(client)?.user
    if (user !== undefined) this.#count(user, -1)
  }

  override onDispose(): void {
    this.#cancelReveal()
    this.#stopListening()
  }

  protected override arrived(client: RoomClient, before: Principal | null): void {
    const user = this.principalOf(client)?.user
    if (user !== undefined && before === null) this.#count(user, 1)
  }

  protected override async hear(client: RoomClient, type: string, payload: unknown): Promise<void> {
    const said = readMessage(type, payload)
    if (!said)
      return this.refuse(client, new RollingDropError('request/invalid', { type, reason: 'unknown type' }), undefined)
    const principal = this.principalOf(client)
    if (!principal) throw new RollingDropError('auth/token-missing')
    const { battle } = this.#watched
    if (principal.tenant !== battle.tenant) throw new RollingDropError('auth/forbidden')
    // Levels only rise: one that was read before the decision is high enough when it is taken.
    const level = said.type === 'join' && battle.minLevel > 0 ? await this.#levelOf(principal.user) : 0
    await this.#watched.ask(commandOf(battle.id, { ...principal, level }, said, this.#entropy))
    client.send('reply', { command: said.message.command, ok: true } satisfies CommandReply)
  }

  /** Shows what stands now and sets out for the next reveal. Called after commits, at reveals and when somebody comes. */
  #refresh(): void {
    this.#isStale = false
    const shown = this.#shown()
    show(this.state, shown)
    this.broadcastPatch()
    this.#cancelReveal()
    const next_ms = this.clients.length > 0 ? nextReveal(shown.battle, shown.now_ms) : null
    this.#cancelReveal = next_ms === null ? () => {} : this.guard.clock.at(next_ms, () => this.#refresh())
  }

  #shown(): Shown {
    const { battle, result } = this.#watched
    return { battle, result, connected: this.#connected, now_ms: this.guard.clock.now() }
  }

  /** Many may come and go at once: they are shown together. */
  #count(user: string, change: 1 | -1): void {
    const count = (this.#connected.get(user) ?? 0) + change
    if (count > 0) this.#connected.set(user, count)
    else this.#connected.delete(user)
    if (this.#isStale || !this.#watched.battle.seats.some((seat) => seat?.user === user)) return
    this.#isStale = true
    setImmediate(() => this.#isStale && this.#refresh())
  }
}

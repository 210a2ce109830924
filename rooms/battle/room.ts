import type { Principal } from '../../access/access.ts'
import type { Entropy } from '../../entropy/entropy.ts'
import type { BattleState } from '../../schema/battle-state.ts'
import type { CommandReply } from '../../schema/battle-message.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { seatOf } from '../../game/battle/decision.ts'
import { ownStake } from '../../game/battle/stake.ts'
import type { Battle } from '../../game/battle/state.ts'
import type { InStock } from '../../game/battle/stock.ts'
import type { Limits } from '../../limits/limits.ts'
import { GuardedRoom, type Guard, type RoomClient } from '../guarded-room.ts'
import type { WatchedBattle } from './activation.ts'
import { commandOf, readMessage } from './command.ts'
import { ownPatches } from '../patches.ts'
import { Showing } from './showing.ts'
import { askWithStock } from './stock.ts'
import { viewBytesMax } from './view.ts'

export type BattleRoomOptions = Readonly<{
  roomId: string
  guard: Guard
  entropy: Entropy
  watched: WatchedBattle
  /** The level of a user in what this battle is paid with. */
  levelOf(user: string): Promise<number>
  /** What is free of limited items. */
  readStock(): Promise<InStock>
  limits: Pick<Limits, 'within'>
}>

/**
 * The Colyseus edge of a battle: who is connected, what they may say, what they see. A seat belongs to an account, so leaving
 * the socket leaves no seat, and two sockets of one user are one player. Everybody else watches the same state.
 */
export class BattleRoom extends GuardedRoom<BattleState> {
  #watched!: WatchedBattle
  #entropy!: Entropy
  #levelOf!: BattleRoomOptions['levelOf']
  #readStock!: BattleRoomOptions['readStock']
  #limits!: BattleRoomOptions['limits']
  #showing!: Showing

  override onCreate({ roomId, guard, entropy, watched, levelOf, readStock, limits }: BattleRoomOptions): void {
    this.roomId = roomId
    this.guard = guard
    this.#entropy = entropy
    this.#levelOf = levelOf
    this.#readStock = readStock
    this.#limits = limits
    this.#watched = watched
    this.#showing = new Showing({
      watched,
      clock: guard.clock,
      isWatched: () => this.clients.length > 0,
      changed: () => void this.broadcastPatch(),
    })
    this.state = this.#showing.state
    ownPatches(this, viewBytesMax(watched.battle))
  }

  get battle(): Battle {
    return this.#watched.battle
  }

  /** Throws `battle/too-many-spectators` for one more who has no seat in the battle. */
  admit(principal: Principal | null): void {
    const { spectators_max } = this.guard.limits
    const isPlayer = principal !== null && seatOf(this.#watched.battle, principal.user) >= 0
    if (!isPlayer && this.expected >= spectators_max)
      throw new RollingDropError('battle/too-many-spectators', { spectators_max })
  }

  override onJoin(client: RoomClient, options: unknown, auth: RoomClient['auth'] | undefined): void {
    super.onJoin(client, options, auth)
    // The first one sees to it that rounds are shown from now on; for those who follow only the clock moves on, and their
    // coming sends nothing to those who are there.
    if (this.clients.length === 1) this.#showing.refresh()
    else this.state.now = this.guard.clock.now()
  }

  override onLeave(client: RoomClient): void {
    super.onLeave(client)
    const user = this.principalOf(client)?.user
    if (user !== undefined) this.#showing.count(user, -1)
  }

  override onDispose(): void {
    this.#showing.close()
  }

  protected override arrived(client: RoomClient, before: Principal | null): void {
    const user = this.principalOf(client)?.user
    if (user !== undefined && before === null) this.#showing.count(user, 1)
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
    const ask = (taken: readonly Transfer[]) => {
      const by = { ...principal, level, taken }
      const commandWith = (inStock: InStock) => commandOf(battle.id, by, said, this.#entropy, inStock)
      return askWithStock(this.#watched, this.#readStock, commandWith)
    }
    // One that waits no more refuses everybody, whatever their budgets.
    if (said.type === 'join' && battle.phase === 'waiting') {
      const stake = ownStake(battle, said.message.seat, { user: principal.user, borrow: said.message.borrow ?? 0 })
      await this.#limits.within(principal, battle.asset, stake, ask)
    } else await ask([])
    client.send('reply', { command: said.message.command, ok: true } satisfies CommandReply)
  }
}

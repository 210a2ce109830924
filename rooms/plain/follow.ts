import { assertMayEnter } from '../../access/battle-key.ts'
import type { Sealer } from '../../access/seal.ts'
import type { Clock } from '../../entropy/clock.ts'
import type { Actors, Tail } from '../../ledger/ledger.ts'
import type { TenantId } from '../../schema/account.ts'
import type { BattleRef } from '../../schema/battle-ref.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { BATTLE, battleActor } from '../battle/rules.ts'
import { FollowedBattle } from './followed.ts'

type Options = Readonly<{
  tail: Tail
  actors: Pick<Actors, 'find'>
  sealer: Sealer
  clock: Clock
  spectators_max: number
}>

type Follower = Readonly<{ tenant: TenantId; user: string | undefined }>

/** The battles that plain sockets of this node watch, each read once however many watch it. */
export class Following {
  readonly #options: Options
  readonly #followed = new Map<string, FollowedBattle>()
  readonly #unsubscribe: () => void

  constructor(options: Options) {
    this.#options = options
    this.#unsubscribe = options.tail.subscribe((events) => {
      for (const { actor } of events) if (actor !== null) this.#followed.get(actor)?.changed()
    })
  }

  /**
   * Calls `listen` with what stands now, then with every change, until the returned function is called. Throws
   * `battle/unknown`, also for another tenant's or one that is in no list and asked for without its key, or `battle/too-many-spectators`.
   */
  async follow({ id: battle, key }: BattleRef, { tenant, user }: Follower, listen: (frame: Uint8Array) => void) {
    const id = battleActor(battle)
    const followed = this.#followed.get(id) ?? (await this.#open(id, battle))
    const { spectators_max, sealer } = this.#options
    if (followed.battle.tenant !== tenant) throw new RollingDropError('battle/unknown', { battle })
    assertMayEnter(sealer, followed.battle, { ...(key !== undefined && { key }), user })
    if (followed.count >= spectators_max) throw new RollingDropError('battle/too-many-spectators', { spectators_max })
    const stop = followed.listen(listen)
    listen(followed.snapshot())
    return {
      snapshot: () => followed.snapshot(),
      stop: () => {
        stop()
        if (followed.count === 0) this.#close(id, followed)
      },
    }
  }

  close(): void {
    this.#unsubscribe()
    for (const [id, followed] of this.#followed) this.#close(id, followed)
  }

  async #open(id: string, battle: string): Promise<FollowedBattle> {
    const row = await this.#options.actors.find(id)
    if (row?.kind !== BATTLE) throw new RollingDropError('battle/unknown', { battle })
    const known = this.#followed.get(id)
    if (known) return known
    const followed = new FollowedBattle({ ...this.#options, row })
    this.#followed.set(id, followed)
    // What was committed between the reading and here found nobody to tell.
    followed.changed()
    setImmediate(() => followed.count === 0 && this.#close(id, followed))
    return followed
  }

  #close(id: string, followed: FollowedBattle): void {
    if (this.#followed.get(id) === followed) this.#followed.delete(id)
    followed.close()
  }
}

import type { Result, Battle } from '../../game/battle/state.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { BattleStarted } from '../../schema/battle-event.ts'
import type { Receipt } from '../../schema/outcome.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { Sealer } from '../../access/seal.ts'
import { Actor, type ActorOptions, type Command } from '../actor.ts'
import { battleRules, draw, type BattleRulesOptions, type Drawn } from './rules.ts'

/** A battle as its room sees it, whether somebody still acts for it or it is over. */
export interface WatchedBattle {
  readonly battle: Battle
  /** Null before the draw. Secret until revealed. */
  readonly result: Result | null
  ask(command: Command<Battle>): Promise<unknown>
  /** Calls `listen` after every commit, before the caller of the command hears of it. Returns how to stop. */
  onChange(listen: () => void): () => void
}

type Options = Readonly<
  Pick<ActorOptions<Battle>, 'row' | 'ledger' | 'clock' | 'mailbox_max' | 'log' | 'gone'> &
    Pick<BattleRulesOptions, 'entropy'> & {
      sealer: Sealer
      /** Called after every commit. */
      changed(): void
    }
>

/** A battle has a few events; this many are read at most. */
const EVENTS_MAX = 1_000

/** A battle that this node acts for. */
export class BattleActivation implements WatchedBattle {
  readonly #actor: Actor<Battle>
  readonly #sealer: Sealer
  readonly #listeners = new Set<() => void>()
  readonly #ledger: Ledger
  #drawn: Drawn | undefined
  /** When the value that decides was fixed, where that was here. */
  #fixed: Readonly<{ round: number; at_ms: number }> | undefined

  constructor({ entropy, sealer, changed, ...options }: Options) {
    this.#sealer = sealer
    this.#ledger = options.ledger
    const told = ({ phase, entropy: fix }: Battle, { at_ms }: Receipt) => {
      if (phase === 'drawing') this.#fixed = { round: fix!.round, at_ms }
      for (const listen of this.#listeners) listen()
      changed()
    }
    this.#actor = new Actor({
      ...options,
      rules: battleRules({
        entropy,
        fixedAt: (battle) => this.#fixedAt(battle),
        drawnOf: (battle) => this.#drawnOf(battle),
      }),
      told,
    })
  }

  get id(): string {
    return this.#actor.id
  }

  get epoch(): number {
    return this.#actor.epoch
  }

  get battle(): Battle {
    return this.#actor.state
  }

  get result(): Result | null {
    const { phase } = this.battle
    if (phase !== 'revealing' && phase !== 'settled') return null
    return this.battle.result ?? this.#drawnOf(this.battle).result
  }

  get isFinished(): boolean {
    return this.#actor.finished
  }

  /** Whether nothing is under way: it could be given back and taken up again without anyone noticing. */
  get isResting(): boolean {
    return this.battle.phase === 'waiting' && !this.#actor.busy
  }

  ask(command: Command<Battle>): Promise<Receipt> {
    return this.#actor.ask(command)
  }

  onChange(listen: () => void): () => void {
    this.#listeners.add(listen)
    return () => this.#listeners.delete(listen)
  }

  release(): Promise<boolean> {
    return this.#actor.release()
  }

  abandon(): void {
    this.#actor.abandon()
  }

  supersededBy(epoch: number): void {
    this.#actor.supersededBy(epoch)
  }

  /** Opened and drawn once in the life of an activation. */
  #drawnOf(battle: Battle): Drawn {
    return (this.#drawn ??= draw(battle, this.#sealer))
  }

  /** Known from the commit, or where another node made it, from its event. */
  async #fixedAt({ entropy }: Battle): Promise<number> {
    const { round } = entropy!
    if (this.#fixed?.round === round) return this.#fixed.at_ms
    const events = await this.#ledger.reader.events({ since: 0n, actor: this.id, limit: EVENTS_MAX })
    const fixing = events.findLast(({ type }) => type === 'battle.started' || type === 'battle.refixed')
    if ((fixing?.payload as BattleStarted | undefined)?.entropy.round !== round)
      throw new Error(`no event of ${this.id} fixes round ${round}`)
    return fixing!.at_ms
  }
}

/** A battle that is over: there for those who come late, refusing what is asked of it. */
export function finishedBattle(battle: Battle, now: () => number): WatchedBattle {
  return {
    battle,
    result: battle.result,
    async ask(command) {
      const verdict = command.decide(battle, now())
      throw new RollingDropError(verdict.ok ? 'battle/finished' : verdict.code)
    },
    onChange: () => () => {},
  }
}

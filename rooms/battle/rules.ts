import { battleSeedContext, type Sealer } from '../../access/seal.ts'
import type { Entropy } from '../../entropy/entropy.ts'
import { expire } from '../../game/battle/cancel.ts'
import { resolve } from '../../game/battle/draw.ts'
import { drawn } from '../../game/battle/reveal.ts'
import { lateness, refix } from '../../game/battle/refix.ts'
import { settle } from '../../game/battle/settle.ts'
import type { Battle, Decision, Result } from '../../game/battle/state.ts'
import { battleFromJson, battleToJson } from '../../game/battle/stored.ts'
import { digestOf } from '../../schema/digest.ts'
import type { Command, Rules, Verdict } from '../actor.ts'

export type BattleRulesOptions = Readonly<{
  entropy: Entropy
  /** When the public value that is to decide the battle was fixed: the time of that commit, unix ms. */
  fixedAt(battle: Battle): Promise<number>
  /** What a drawn battle was decided by and comes to. */
  drawnOf(battle: Battle): Drawn
}>

/** Secret until its rounds are revealed and it is settled: it stays in the memory of the node that has the battle. */
export type Drawn = Readonly<{ serverSeed: string; result: Result }>

/** The kind of actor a battle is. */
export const BATTLE = 'battle'

/** The actor of a battle. */
export const battleActor = (battle: string): string => `${BATTLE}-${battle}`

/** What its alarm does to a battle: a table that stays empty expires, entropy draws (a later
 * value where the first was fixed too late), and after the last round it is paid out. */
export function battleRules({ entropy, fixedAt, drawnOf }: BattleRulesOptions): Rules<Battle> {
  const latenessOf = async (battle: Battle) =>
    lateness(battle, { committed_ms: await fixedAt(battle), lead_ms: await entropy.lead_ms(battle.entropy!) })
  // The next commit may take as long as the last one did, and our clock may be as far off: twice that is ahead of both.
  const refixed = (battle: Battle, late_ms: number) =>
    battleCommand({ battle: battle.id, alarm: 'refix', late_ms }, (at, now_ms) =>
      refix(at, entropy.fix(Math.max(now_ms, at.entropy?.due_ms ?? 0) + 2 * late_ms), now_ms),
    )
  return {
    kind: BATTLE,
    root: ({ id }) => id,
    parse: battleFromJson,
    format: battleToJson,
    async wake(battle) {
      switch (battle.phase) {
        case 'waiting':
          return battleCommand({ battle: battle.id, alarm: 'expire' }, expire)
        case 'drawing': {
          const late_ms = await latenessOf(battle)
          if (late_ms > 0) return refixed(battle, late_ms)
          const value = await entropy.value(battle.entropy!)
          return battleCommand({ battle: battle.id, alarm: 'draw', ...value }, (at, now_ms) => drawn(at, value, now_ms))
        }
        case 'revealing': {
          const secret = drawnOf(battle)
          const decide = (at: Battle, now_ms: number) => settle(at, secret, now_ms)
          return { ...battleCommand({ battle: battle.id, alarm: 'settle' }, decide), word: 'settle' }
        }
        case 'settled':
        case 'cancelled':
          return undefined
        default:
          return battle.phase satisfies never
      }
    },
  }
}

/** A pure decision about a battle as a command for its actor. `received` is what its digest is taken of. */
export function battleCommand(received: object, decide: (battle: Battle, now_ms: number) => Decision): Command<Battle> {
  return { request: digestOf(received), decide: (battle, now_ms) => verdictOf(decide(battle, now_ms)) }
}

/** What a drawn battle comes to. */
export function resultOf(battle: Battle, sealer: Sealer): Result {
  return battle.result ?? draw(battle, sealer).result
}

/** Opens the seed of a drawn battle and draws. */
export function draw(battle: Battle, sealer: Sealer): Drawn {
  const entropyValue = battle.entropy?.value
  if (!entropyValue) throw new Error(`battle ${battle.id} is not drawn yet`)
  const serverSeed = sealer.open(battle.sealedSeed, battleSeedContext(battle.id))
  return { serverSeed, result: resolve(battle, { serverSeed, entropyValue }) }
}

function verdictOf(decision: Decision): Verdict<Battle> {
  if (!decision.ok) return decision
  return { ok: true, step: { state: decision.battle, ...decision.effects } }
}

import type { BattleStarted } from '../../schema/battle-event.ts'
import type { EntropyFix } from '../fairness/chain.ts'
import { accept, reject } from './decision.ts'
import type { Battle, Decision } from './state.ts'

/**
 * By how much the commit that fixed the public value of a battle came too late, in ms: at `committed_ms` it was due in less
 * than `lead_ms`, so somebody may have known it while the last seat was still being taken. 0 or less: in time.
 */
export function lateness(
  battle: Battle,
  { committed_ms, lead_ms }: Readonly<Record<'committed_ms' | 'lead_ms', number>>,
) {
  return committed_ms + lead_ms - (battle.entropy?.due_ms ?? Infinity)
}

/**
 * Has a later public value decide the battle, because the one it had was fixed too late. Only ever a later one that is not due
 * yet, and only before the draw: `battle/too-early` before the start, `battle/already-started` once drawn, `battle/finished`.
 */
export function refix(battle: Battle, { source, round, due_ms, anchor }: EntropyFix, now_ms: number): Decision {
  const { phase, entropy } = battle
  if (phase === 'settled' || phase === 'cancelled') return reject('battle/finished')
  if (phase === 'revealing') return reject('battle/already-started')
  if (entropy === null) return reject('battle/too-early')
  if (due_ms <= Math.max(now_ms, entropy.due_ms)) throw new Error(`entropy round ${round} is no later one`)
  const payload: BattleStarted = { battle: battle.id, entropy: { source, round, due_ms } }
  return accept(
    { ...battle, entropy: { source, round, due_ms, anchor, value: null } },
    {
      kind: 'battle.refix',
      transfers: [],
      events: [{ type: 'battle.refixed', payload }],
      wake_at_ms: due_ms,
      finished: false,
    },
  )
}

import type { BattleCancelled } from '../../schema/battle-event.ts'
import { accept, refusedUnlessWaiting, reject } from './decision.ts'
import { refunds, sponsorshipsBack } from './stake.ts'
import type { Battle, Decision } from './state.ts'

/**
 * Calls a waiting battle off and refunds it. Only its creator may (`battle/not-creator`), and only while no other player
 * sits in it (`battle/not-alone`); bots do not count. Refuses with `battle/already-started` or `battle/finished`.
 */
export function cancel(battle: Battle, { by }: Readonly<{ by: string }>, now_ms: number): Decision {
  if (by !== battle.creator) return reject('battle/not-creator')
  const refusal = refusedUnlessWaiting(battle)
  if (refusal) return refusal
  const others = battle.seats.some((seat) => seat !== null && !seat.bot && seat.user !== by)
  return others ? reject('battle/not-alone') : cancelled(battle, 'creator', now_ms)
}

/** Ends a battle that waited its time in vain and refunds everyone. Before that time it refuses with `battle/too-early`. */
export function expire(battle: Battle, now_ms: number): Decision {
  const refusal = refusedUnlessWaiting(battle)
  if (refusal) return refusal
  return now_ms < battle.expires_ms ? reject('battle/too-early') : cancelled(battle, 'expired', now_ms)
}

function cancelled(battle: Battle, reason: BattleCancelled['reason'], now_ms: number): Decision {
  const payload: BattleCancelled = { battle: battle.id, reason }
  return accept(
    { ...battle, phase: 'cancelled' },
    {
      kind: reason === 'expired' ? 'battle.expire' : 'battle.cancel',
      transfers: [
        ...battle.seats.flatMap((seat, index) => (seat === null ? [] : refunds(battle, index, seat, now_ms))),
        ...sponsorshipsBack(battle, battle.seats.filter((seat) => seat?.bot !== true).length - 1),
      ],
      events: [{ type: 'battle.cancelled', payload }],
      wake_at_ms: null,
      finished: true,
    },
  )
}

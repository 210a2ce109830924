import type { BattleProof } from '../../schema/http.ts'
import { ALGORITHM } from '../fairness/line.ts'
import { prizeOf } from './pull.ts'
import type { Battle } from './state.ts'

/**
 * Everything public about a battle that a stranger needs to recompute it. Before settlement the server seed is null and
 * drops, winners and payouts are empty; the entropy is null before the last seat, its value null until drawn. Options that
 * are not used are left out.
 */
export function proofOf(battle: Battle): BattleProof {
  return {
    algorithm: ALGORITHM,
    battle: battle.id,
    mode: battle.mode,
    ...(battle.teamSize > 1 && { teamSize: battle.teamSize }),
    asset: battle.asset,
    price: battle.price.toString(),
    ...(battle.sponsor > 0 && { sponsor: battle.sponsor }),
    ...(battle.entropy !== null && battle.limited.length > 0 && { limited: [...battle.limited] }),
    seedHash: battle.seedHash,
    serverSeed: battle.phase === 'settled' ? battle.serverSeed : null,
    boxesHash: battle.boxesHash,
    boxes: battle.boxes.map(boxToJson),
    rounds: [...battle.rounds],
    seats: battle.seats.flatMap((taken, seat) => {
      if (taken === null) return []
      const { user, bot, clientSeed, borrow } = taken
      return [{ seat, user, bot, clientSeed, ...(borrow > 0 && { borrow }) }]
    }),
    entropy: battle.entropy && { ...battle.entropy },
    ...resultOf(battle),
  }
}

function resultOf(battle: Battle): Pick<BattleProof, 'drops' | 'winners' | 'payouts'> {
  if (battle.phase !== 'settled' || battle.result === null) return { drops: [], winners: [], payouts: [] }
  const { pulls, winners, payouts } = battle.result
  return {
    drops: pulls.map((pull) => {
      const { sku, value } = prizeOf(battle, pull)
      return { round: pull.round, seat: pull.seat, sku, value: value.toString() }
    }),
    winners: [...winners],
    payouts: payouts.map(({ seat, asset, amount }) => ({ seat, asset, amount: amount.toString() })),
  }
}

export function boxToJson(box: Battle['boxes'][number]): BattleProof['boxes'][number] {
  return {
    ...box,
    price: box.price.toString(),
    prizes: box.prizes.map((prize) => ({ ...prize, value: prize.value.toString() })),
  }
}

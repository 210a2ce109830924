import { proofOf } from '../game/battle/proof.ts'
import type { Battle } from '../game/battle/state.ts'
import type { BattleDetail, BattleSummary } from '../schema/http.ts'

/** A battle as everybody may see it: winners and pot only once it is settled. */
export function summaryOf(battle: Battle): BattleSummary {
  const result = battle.phase === 'settled' ? battle.result : null
  return {
    id: battle.id,
    phase: battle.phase,
    mode: battle.mode,
    asset: battle.asset,
    price: `${battle.price}`,
    rounds: battle.rounds.map((box) => battle.boxes[box]!.id),
    seats: battle.seats.map((taken, seat) => ({
      seat,
      user: taken?.user ?? null,
      name: taken?.name ?? null,
      bot: taken?.bot ?? false,
    })),
    creator: battle.creator,
    createdAt: battle.created_ms,
    winners: result ? [...result.winners] : [],
    pot: result ? `${result.pot}` : null,
  }
}

export function detailOf(battle: Battle): BattleDetail {
  return { ...summaryOf(battle), proof: proofOf(battle) }
}

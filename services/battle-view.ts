import { proofOf } from '../game/battle/proof.ts'
import { sharesOf } from '../game/battle/split.ts'
import { entryOf } from '../game/battle/stake.ts'
import type { Battle } from '../game/battle/state.ts'
import type { BattleDetail, BattleSummary } from '../schema/http.ts'

/** A battle as everybody may see it: winners and pot only once it is settled. */
export function summaryOf(battle: Battle): BattleSummary {
  const result = battle.phase === 'settled' ? battle.result : null
  const shares = result ? sharesOf(battle, result) : []
  return {
    id: battle.id,
    phase: battle.phase,
    mode: battle.mode,
    teamSize: battle.teamSize,
    asset: battle.asset,
    price: `${battle.price}`,
    entry: `${entryOf(battle)}`,
    sponsor: battle.sponsor,
    minLevel: battle.minLevel,
    borrowMax: battle.borrowMax,
    revealMs: battle.reveal_ms,
    rounds: battle.rounds.map((box) => battle.boxes[box]!.id),
    seats: battle.seats.map((taken, seat) => ({
      seat,
      user: taken?.user ?? null,
      name: taken?.name ?? null,
      bot: taken?.bot ?? false,
      borrow: taken?.borrow ?? 0,
      share: shares[seat]?.toString() ?? null,
    })),
    creator: battle.creator,
    createdAt: battle.created_ms,
    winners: result ? [...result.winners] : [],
    pot: result ? `${result.pot}` : null,
  }
}

/** `key` is that of a battle in no list, for whoever was let in. */
export function detailOf(battle: Battle, key: string): BattleDetail {
  const { unlisted, fast } = battle
  return { ...summaryOf(battle), unlisted, ...(unlisted && { key }), fast, proof: proofOf(battle) }
}

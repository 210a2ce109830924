import { escrowOwner, HOUSE, ITEM_ISSUER, userOwner } from '../../schema/account.ts'
import type { BattleSettled, Drop } from '../../schema/battle-event.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { hashSeed } from '../fairness/seed.ts'
import { accept, reject, stakes } from './decision.ts'
import { boxOf, prizeOf } from './draw.ts'
import { revealedRounds } from './reveal.ts'
import type { Battle, Decision, Payout, Pull, Result } from './state.ts'

export type Settlement = Readonly<{ serverSeed: string; result: Result }>

/**
 * Pays a battle out in one outcome: the stakes go to the house, what the players won is issued to them, and the server
 * seed becomes public. `result` is what `resolve` gives. Refuses with `battle/too-early` before the last round is shown
 * and with `battle/finished` afterwards. Throws when the seed is not the promised one or the result does not add up.
 */
export function settle(battle: Battle, { serverSeed, result }: Settlement, now_ms: number): Decision {
  if (battle.phase === 'settled' || battle.phase === 'cancelled') return reject('battle/finished')
  if (revealedRounds(battle, now_ms) < battle.rounds.length) return reject('battle/too-early')
  if (hashSeed(serverSeed) !== battle.seedHash) throw new Error(`battle ${battle.id}: not the promised server seed`)
  assertComplete(battle, result)
  const next: Battle = { ...battle, phase: 'settled', serverSeed, result }
  return accept(next, {
    kind: 'battle.settle',
    transfers: [takeStakes(battle), ...result.payouts.flatMap((payout) => issue(battle, payout))],
    events: [{ type: 'battle.settled', payload: settled(next, result) }],
    wake_at_ms: null,
    finished: true,
  })
}

/** Every seat opened every round, everything opened is paid out, and its worth is the pot. */
function assertComplete(battle: Battle, { pulls, totals, payouts, pot }: Result): void {
  const expected = battle.rounds.length * battle.seats.length
  const distinct = new Set(pulls.map(({ round, seat }) => round * battle.seats.length + seat)).size
  const paid = payouts.reduce((count, { amount }) => count + amount, 0n)
  const worth = pulls.reduce((total, pull) => total + prizeOf(battle, pull).value, 0n)
  const counted = totals.reduce<bigint>((total, each) => total + each, 0n)
  const complete = pulls.length === expected && distinct === expected && paid === BigInt(expected)
  if (!complete || worth !== pot || counted !== pot) throw new Error(`battle ${battle.id}: the result does not add up`)
}

function takeStakes(battle: Battle): Transfer {
  return { asset: battle.asset, debit: escrowOwner(battle.id), credit: HOUSE, amount: stakes(battle) }
}

function issue(battle: Battle, { seat, asset, amount }: Payout): Transfer[] {
  const user = battle.seats[seat]!.user
  return user === null ? [] : [{ asset, debit: ITEM_ISSUER, credit: userOwner(user), amount }]
}

function settled(battle: Battle, result: Result): BattleSettled {
  return {
    battle: battle.id,
    mode: battle.mode,
    asset: battle.asset,
    price: battle.price.toString(),
    pot: result.pot.toString(),
    winners: result.winners,
    seats: battle.seats.map((seat, index) => ({
      seat: index,
      user: seat!.user,
      bot: seat!.bot,
      total: result.totals[index]!.toString(),
    })),
    drops: result.pulls.map((pull) => dropOf(battle, pull)),
  }
}

/** A pull as the world is told of it. */
export function dropOf(battle: Battle, pull: Pull): Drop {
  const { sku, name, rarity, value } = prizeOf(battle, pull)
  const { round, seat } = pull
  return { round, seat, box: boxOf(battle, round).id, sku, name, rarity, value: value.toString() }
}

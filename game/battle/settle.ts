import { escrowOwner, HOUSE, ITEM_ISSUER, userOwner, WAGER_ISSUER, wageredOwner } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { skuOf, wageredAsset } from '../../schema/asset.ts'
import type { BattleSettled, Drop } from '../../schema/battle-event.ts'
import { toJson } from '../../schema/json.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { hashSeed } from '../fairness/seed.ts'
import { accept, reject } from './decision.ts'
import { boxOf, prizeOf } from './pull.ts'
import { revealedRounds } from './reveal.ts'
import { payoutsOf, sharesOf } from './split.ts'
import { ownStake } from './stake.ts'
import { isReserved, released } from './stock.ts'
import type { Battle, Decision, Payout, Pull, Result, Seat } from './state.ts'

export type Settlement = Readonly<{ serverSeed: string; result: Result }>

/**
 * Pays a battle out in one outcome: the stakes go to the house, which pays the players what they won in money, the items
 * they won are issued to them, what of limited items was reserved and not won goes back into the stock, what they staked counts for their levels, and the server seed becomes public. `result` is what `resolve` gives. Refuses with `battle/too-early` before the last round is shown
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
    transfers: [
      takeStakes(battle),
      ...result.payouts.flatMap((payout) => pay(battle, payout)),
      ...released(battle, result.payouts),
      ...battle.seats.flatMap((seat, index) => count(battle, index, seat!)),
    ],
    events: [{ type: 'battle.settled', payload: settled(next, result) }],
    wake_at_ms: null,
    finished: true,
  })
}

/** Every seat opened every round, the worth of it is the pot, and what is paid out is what follows for these winners. */
function assertComplete(battle: Battle, { pulls, totals, winners, payouts, pot }: Result): void {
  const expected = battle.rounds.length * battle.seats.length
  const distinct = new Set(pulls.map(({ round, seat }) => round * battle.seats.length + seat)).size
  const worth = pulls.reduce((total, pull) => total + prizeOf(battle, pull).value, 0n)
  const counted = totals.reduce<bigint>((total, each) => total + each, 0n)
  const complete = pulls.length === expected && distinct === expected && worth === pot && counted === pot
  if (!complete || toJson(payouts) !== toJson(payoutsOf(battle, { pulls, totals, winners })))
    throw new Error(`battle ${battle.id}: the result does not add up`)
}

function takeStakes(battle: Battle): Transfer {
  return {
    asset: battle.asset,
    debit: escrowOwner(battle.id),
    credit: HOUSE,
    amount: toAmount(battle.price * BigInt(battle.seats.length)),
  }
}

/** Items are issued, those of limited stock come out of the escrow, money comes from the house. What a bot wins is the house's already. */
function pay(battle: Battle, { seat, asset, amount }: Payout): Transfer[] {
  const user = battle.seats[seat]!.user
  if (user === null) return []
  return [{ asset, debit: payerOf(battle, asset), credit: userOwner(user), amount }]
}

function payerOf({ id, asset: money, limited }: Battle, asset: Payout['asset']): string {
  if (asset === money) return HOUSE
  return isReserved(limited, skuOf(asset)!) ? escrowOwner(id) : ITEM_ISSUER
}

/** What a player paid of their own stake is wagered now. What somebody else gave for it counts for nobody. */
function count(battle: Battle, index: number, seat: Seat): Transfer[] {
  const amount = ownStake(battle, index, seat)
  if (seat.user === null || amount === 0n) return []
  return [{ asset: wageredAsset(battle.asset), debit: WAGER_ISSUER, credit: wageredOwner(seat.user), amount }]
}

function settled(battle: Battle, result: Result): BattleSettled {
  const shares = sharesOf(battle, result)
  return {
    battle: battle.id,
    mode: battle.mode,
    teamSize: battle.teamSize,
    asset: battle.asset,
    price: battle.price.toString(),
    pot: result.pot.toString(),
    winners: result.winners,
    seats: battle.seats.map((seat, index) => ({
      seat: index,
      user: seat!.user,
      bot: seat!.bot,
      total: result.totals[index]!.toString(),
      share: shares[index]!.toString(),
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

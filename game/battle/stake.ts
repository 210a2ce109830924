import { escrowOwner, HOUSE, userOwner, type OwnerId } from '../../schema/account.ts'
import { toAmount, type Amount } from '../../schema/amount.ts'
import type { Transfer } from '../../schema/outcome.ts'
import type { Battle, Seat } from './state.ts'

/**
 * Who pays how much for a seat. The house pays for a bot's. A player pays the price, less what the creator sponsors of it,
 * less what the house lends of the rest.
 */
type Part = Readonly<{ owner: OwnerId; amount: bigint }>
type Payer = Pick<Seat, 'user' | 'borrow'>

/** `percent` of `amount`, rounded down to a whole unit. */
export function percentOf(amount: bigint, percent: number): bigint {
  return (amount * BigInt(percent)) / 100n
}

/** What the creator pays of each other player's stake. */
export function sponsored({ price, sponsor }: Pick<Battle, 'price' | 'sponsor'>): Amount {
  return toAmount(percentOf(price, sponsor))
}

/** What the next player pays for a seat when borrowing nothing. */
export function entryOf(battle: Pick<Battle, 'price' | 'sponsor'>): Amount {
  return toAmount(battle.price - sponsored(battle))
}

/** What the player in this seat pays of their own; the creator sits in seat 0. A bot pays nothing. */
export function ownStake(battle: Battle, index: number, { user, borrow }: Payer): Amount {
  if (user === null) return toAmount(0n)
  const entry = index === 0 ? battle.price : entryOf(battle)
  return toAmount(entry - percentOf(entry, borrow))
}

/** The price of a seat into the escrow, as far as it does not lie there already as sponsored. */
export function stakes(battle: Battle, index: number, seat: Payer): Transfer[] {
  return partsOf(battle, index, seat).map(({ owner, amount }) => moved(battle, owner, escrowOwner(battle.id), amount))
}

/** What `stakes` paid, back out of the escrow. */
export function refunds(battle: Battle, index: number, seat: Payer): Transfer[] {
  return partsOf(battle, index, seat).map(({ owner, amount }) => moved(battle, escrowOwner(battle.id), owner, amount))
}

/** What the creator sponsors of `count` seats, into the escrow. */
export function sponsorships(battle: Battle, count: number): Transfer[] {
  const amount = sponsored(battle) * BigInt(count)
  return amount === 0n ? [] : [moved(battle, userOwner(battle.creator), escrowOwner(battle.id), amount)]
}

/** What the creator sponsors of `count` seats, back out of the escrow. */
export function sponsorshipsBack(battle: Battle, count: number): Transfer[] {
  const amount = sponsored(battle) * BigInt(count)
  return amount === 0n ? [] : [moved(battle, escrowOwner(battle.id), userOwner(battle.creator), amount)]
}

function partsOf(battle: Battle, index: number, seat: Payer): readonly Part[] {
  if (seat.user === null) return [{ owner: HOUSE, amount: battle.price }]
  const entry = index === 0 ? battle.price : entryOf(battle)
  const own = ownStake(battle, index, seat)
  const parts = [
    { owner: userOwner(seat.user), amount: own },
    { owner: HOUSE, amount: entry - own },
  ]
  return parts.filter(({ amount }) => amount > 0n)
}

function moved(battle: Battle, debit: OwnerId, credit: OwnerId, amount: bigint): Transfer {
  return { asset: battle.asset, debit, credit, amount: toAmount(amount) }
}

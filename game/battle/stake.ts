import { escrowOwner, HOUSE, userOwner, type OwnerId } from '../../schema/account.ts'
import { toAmount, type Amount } from '../../schema/amount.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { givenBack } from '../limits/budget.ts'
import type { Battle, Seat, Taken } from './state.ts'

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

/** What `stakes` paid, back out of the escrow, and to the player's budgets what was taken for the seat. */
export function refunds(battle: Battle, index: number, seat: Payer & Pick<Seat, 'taken'>, now_ms: number): Transfer[] {
  const paid = partsOf(battle, index, seat)
  return [
    ...paid.map(({ owner, amount }) => moved(battle, escrowOwner(battle.id), owner, amount)),
    ...(seat.taken ? givenBack(seat.taken.transfers, { taken_ms: seat.taken.at_ms, now_ms }) : []),
  ]
}

/** What a seat remembers of what was taken for it: nothing where nothing was. */
export function remembered(transfers: readonly Transfer[], now_ms: number): Pick<Seat, 'taken'> {
  return transfers.length === 0 ? {} : { taken: { transfers, at_ms: now_ms } }
}

/** What is sponsored of one seat goes back to its creator's budgets, and is remembered no more. */
export function sponsoredBack(battle: Battle, now_ms: number): Readonly<{ battle: Battle; transfers: Transfer[] }> {
  const [creator] = battle.seats
  const amount = sponsored(battle)
  if (!creator?.taken || amount === 0n) return { battle, transfers: [] }
  const { transfers, at_ms } = creator.taken
  const taken: Taken = { transfers: transfers.flatMap((each) => less(each, amount)), at_ms }
  return {
    battle: { ...battle, seats: battle.seats.with(0, { ...creator, taken }) },
    transfers: givenBack(transfers, { taken_ms: at_ms, now_ms, amount }),
  }
}

function less(transfer: Transfer, amount: bigint): Transfer[] {
  const { asset, debit, credit } = transfer
  return transfer.amount > amount ? [{ asset, debit, credit, amount: toAmount(transfer.amount - amount) }] : []
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

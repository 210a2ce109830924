import { sum, toAmount, type Amount } from '../../schema/amount.ts'
import { itemAsset } from '../../schema/asset.ts'
import type { Limited } from '../../schema/battle-event.ts'
import { prizeOf } from './pull.ts'
import { modes } from './modes/table.ts'
import { percentOf } from './stake.ts'
import { isPaidInMoney } from './stock.ts'
import type { Battle, Payout, Result } from './state.ts'

/** Whom each thing goes to (null: the house buys it), and what each gets in money instead. */
type Division = Readonly<{ owners: readonly (number | null)[]; money: readonly bigint[] }>

/**
 * Divides things of these worths into shares of the same sum. What is `bought` the house buys in any case. Of the rest the dearest come first, of those alike the earlier. Each goes
 * to whoever lacks the most (of those alike the first) or, when it is worth more than that, is bought by the house at its
 * worth. What then is lacking is paid in money: exactly what the house bought.
 */
export function divide(
  worths: readonly bigint[],
  shares: readonly bigint[],
  isBought: (index: number) => boolean = () => false,
): Division {
  const lacking = [...shares]
  const owners = worths.map((): number | null => null)
  const dearestFirst = [...worths.keys()].toSorted(
    (a, b) => Number(worths[b]! > worths[a]!) - Number(worths[b]! < worths[a]!),
  )
  for (const index of dearestFirst) {
    const most = lacking.reduce((best, each, to) => (each > lacking[best]! ? to : best), 0)
    if (isBought(index) || worths[index]! > lacking[most]!) continue
    owners[index] = most
    lacking[most]! -= worths[index]!
  }
  return { owners, money: lacking }
}

/** Equal shares of `pot`: none differs from another by more than one, and what does not divide goes to the first. */
export function equalShares(pot: bigint, count: number): readonly bigint[] {
  const [each, over] = [pot / BigInt(count), pot % BigInt(count)]
  return Array.from({ length: count }, (_, index) => each + (BigInt(index) < over ? 1n : 0n))
}

/** The part of a battle that decides who gets how much of it. */
export type Divided = Pick<Battle, 'mode' | 'asset' | 'boxes' | 'rounds'> &
  Readonly<{ limited?: readonly Limited[]; seats: readonly (Readonly<{ borrow: number }> | null)[] }>

type Opened = Pick<Result, 'pulls' | 'totals' | 'winners'>

/** What each seat wins before the house takes the part it lent, in smallest units of the battle's asset. */
function wins(
  { mode, seats }: Pick<Divided, 'mode' | 'seats'>,
  { totals, winners }: Omit<Opened, 'pulls'>,
): readonly bigint[] {
  if (modes[mode].spoils === 'kept') return totals
  const shares = equalShares(sum(totals), winners.length)
  return seats.map((_seat, seat) => shares[winners.indexOf(seat)] ?? 0n)
}

/** The worth of what each seat gets. The house keeps, of what a seat wins, the percent it lent of its stake, rounded down. */
export function sharesOf(battle: Pick<Divided, 'mode' | 'seats'>, result: Omit<Opened, 'pulls'>): readonly Amount[] {
  return wins(battle, result).map((won, seat) => toAmount(won - percentOf(won, battle.seats[seat]?.borrow ?? 0)))
}

/**
 * What each seat gets: by seat, its items in the order in which their kinds were first opened, each kind once with its
 * count, then its money. What the house bought or keeps is in no payout. What is paid in money for want of stock is bought.
 */
export function payoutsOf(battle: Divided, opened: Opened): readonly Payout[] {
  const worths = opened.pulls.map((pull) => prizeOf(battle, pull).value)
  const { owners, money } = divisionOf(battle, opened, worths)
  return battle.seats.flatMap((_seat, seat) => {
    const counts = new Map<Payout['asset'], bigint>()
    for (const [index, pull] of opened.pulls.entries()) {
      if (owners[index] !== seat) continue
      const asset = itemAsset(prizeOf(battle, pull).sku, battle.asset)
      counts.set(asset, (counts.get(asset) ?? 0n) + 1n)
    }
    const due = money[seat]!
    if (due > 0n) counts.set(battle.asset, due)
    return [...counts].map(([asset, amount]) => ({ seat, asset, amount: toAmount(amount) }))
  })
}

/** By seat; the house, with what it lent, is one more who gets a share, after the last seat. */
function divisionOf(battle: Divided, { pulls, totals, winners }: Opened, worths: readonly bigint[]): Division {
  const { limited = [] } = battle
  const bought = pulls.map((pull) => limited.length > 0 && isPaidInMoney(limited, prizeOf(battle, pull).sku))
  if (modes[battle.mode].spoils === 'kept') {
    const paid = (seat: number) => sum(worths.filter((_worth, index) => bought[index] && pulls[index]!.seat === seat))
    return {
      owners: pulls.map(({ seat }, index) => (bought[index] ? null : seat)),
      money: totals.map((_, i) => paid(i)),
    }
  }
  const shares = sharesOf(battle, { totals, winners })
  const getting = [...winners, battle.seats.length]
  const lent = sum(totals) - sum(shares)
  const { owners, money } = divide(worths, [...winners.map((seat) => shares[seat]!), lent], (index) => bought[index]!)
  return {
    owners: owners.map((to) => (to === null ? null : getting[to]!)),
    money: battle.seats.map((_seat, seat) => money[winners.indexOf(seat)] ?? 0n),
  }
}

import { debtOwner, DEBT_ISSUER, owedOwner, userOwner, WORLD, type OwnerId } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { owedAsset, type AssetId } from '../../schema/asset.ts'
import type { FreezeStep, Transfer } from '../../schema/outcome.ts'

/** What a user has free to spend and owes of one money, whether it is frozen, and whether staff wants it so whatever is owed. */
export type Purse = Readonly<{
  user: string
  money: AssetId
  free: bigint
  owed: bigint
  frozen: boolean
  byStaff: boolean
}>

/** A purse after transfers, and those transfers, in order. */
export type Moved = Readonly<{ purse: Purse; transfers: readonly Transfer[] }>

/** Brings `amount` in from outside. What is owed is paid first: from what comes in, then from what is there. */
export function payIn(purse: Purse, amount: bigint): Moved {
  const { user, money, free, owed } = purse
  const first = least(owed, amount)
  const then = least(owed - first, free)
  const paid = first + then
  return {
    purse: { ...purse, free: free - then + (amount - first), owed: owed - paid },
    transfers: [
      ...leg(money, WORLD, debtOwner(user), first),
      ...leg(money, userOwner(user), debtOwner(user), then),
      ...leg(owedAsset(money), owedOwner(user), DEBT_ISSUER, paid),
      ...leg(money, WORLD, userOwner(user), amount - first),
    ],
  }
}

/** Takes `amount` back to outside: what is there, and the rest becomes a debt. */
export function takeBack(purse: Purse, amount: bigint): Moved {
  const { user, money, free, owed } = purse
  const there = least(free, amount)
  const rest = amount - there
  return {
    purse: { ...purse, free: free - there, owed: owed + rest },
    transfers: [
      ...leg(money, userOwner(user), WORLD, there),
      ...leg(money, debtOwner(user), WORLD, rest),
      ...leg(owedAsset(money), DEBT_ISSUER, owedOwner(user), rest),
    ],
  }
}

/**
 * What freezes the money as long as something is owed of it, and frees it when that is paid, unless staff wants it frozen. `takes`: the
 * outcome takes from it, which of frozen money it can only between the two steps.
 */
export function freezesOf(before: Purse, after: Purse, takes: boolean): readonly FreezeStep[] {
  const stays = after.owed > 0n || before.byStaff
  const step = (frozen: boolean): FreezeStep => ({ owner: userOwner(before.user), asset: before.money, frozen })
  if (before.frozen && !stays) return [step(false)]
  if (before.frozen && takes) return [step(false), step(true)]
  return stays && !before.frozen ? [step(true)] : []
}

/** Whether one of the transfers takes from the user's own money. */
export function takesFrom({ user }: Purse, transfers: readonly Transfer[]): boolean {
  return transfers.some(({ debit }) => debit === userOwner(user))
}

function leg(asset: AssetId, debit: OwnerId, credit: OwnerId, amount: bigint): Transfer[] {
  return amount > 0n ? [{ asset, debit, credit, amount: toAmount(amount) }] : []
}

/** The least of two amounts, never below zero. */
export function least(a: bigint, b: bigint): bigint {
  const less = a < b ? a : b
  return less > 0n ? less : 0n
}

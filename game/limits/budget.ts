import type { OwnerId } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { isPlay, toAsset, type AssetId } from '../../schema/asset.ts'
import { MINUTES, type LimitKind } from '../../schema/limits.ts'
import type { Transfer } from '../../schema/outcome.ts'

/** What is taken from a budget goes here, and what refills it comes from here. */
export const BUDGET_ISSUER: OwnerId = 'issue:budgets'

/** Whose account holds exactly what is left of a limit. */
export const budgetOwner = (kind: LimitKind, user: string): OwnerId => `budget:${kind}:${user}`

/**
 * Where what was taken and came back waits until it is counted: a budget itself is filled by the limits' own actor only, so that
 * no refund, however late, can lift it above the limit.
 */
export const returnedOwner = (kind: LimitKind, user: string): OwnerId => `budget:returned-${kind}:${user}`

/** The asset that counts what is left: `play:budget:CREDIT` for `play:CREDIT`, `budget:minutes`. */
export function budgetAsset(asset: string): AssetId {
  if (asset === MINUTES) return toAsset(`budget:${MINUTES}`)
  const money = toAsset(asset)
  return toAsset(isPlay(money) ? `play:budget:${money.slice('play:'.length)}` : `budget:${money}`)
}

/** The day (UTC, `2026-01-31`) of a time. */
export function dayOf(now_ms: number): string {
  return new Date(now_ms).toISOString().slice(0, 10)
}

/** Takes `amount` from a budget; what is not there the ledger refuses. */
export function taken(kind: LimitKind, user: string, asset: string, amount: bigint): Transfer[] {
  if (amount === 0n) return []
  return [moved(asset, budgetOwner(kind, user), BUDGET_ISSUER, amount)]
}

/** A move of what budgets count of `asset`. */
export function moved(asset: string, debit: OwnerId, credit: OwnerId, amount: bigint): Transfer {
  return { asset: budgetAsset(asset), debit, credit, amount: toAmount(amount) }
}

/**
 * Gives back what was taken from a budget for something that did not come to be: on the day it was taken, that is, for on the
 * next one the budget has been filled anew. `transfers` are those that took it; others among them are left alone. At most
 * `amount` comes back, all of it when left out.
 */
export function givenBack(
  transfers: readonly Transfer[],
  { taken_ms, now_ms, amount }: Readonly<{ taken_ms: number; now_ms: number; amount?: bigint }>,
): Transfer[] {
  if (dayOf(taken_ms) !== dayOf(now_ms)) return []
  return transfers.flatMap(({ asset, debit, amount: all }) => {
    const [, kind, user] = /^budget:(loss|deposit):(.+)$/.exec(debit) ?? []
    const back = amount === undefined || amount > all ? all : toAmount(amount)
    if (user === undefined || back === 0n) return []
    return [{ asset, debit: BUDGET_ISSUER, credit: returnedOwner(kind as LimitKind, user), amount: back }]
  })
}

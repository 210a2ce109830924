import type { OwnLimit } from '../../schema/limits.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { BUDGET_ISSUER, budgetOwner, dayOf, moved, returnedOwner } from './budget.ts'
import { exclusionAt, keyOf, type Budget, type Holding, type Holdings, type PersonalLimits } from './state.ts'

/** A limit counted at a time: what is left of it may be less than nothing where it was lowered below what had been spent. */
export type Counted = Readonly<{ budget: Budget; left: bigint }>

const NOTHING: Holding = { left: 0n, returned: 0n }

/** Whether what is stored has to be counted anew before anything is taken: a new day, a raise that is due, an exclusion that ended. */
export function isOld(limits: PersonalLimits, now_ms: number): boolean {
  const today = dayOf(now_ms)
  const isExcluded = exclusionAt(limits, now_ms) !== null
  return Object.values(limits.budgets).some(
    ({ day, raise, kept }) =>
      day < today || (raise !== null && raise.from_ms <= now_ms) || (kept !== '0' && !isExcluded),
  )
}

/** A limit as it stands now; null when it is none any more. A clock that is behind does not bring a day back. */
export function countedAt(budget: Budget, held: Holding, now_ms: number): Counted | null {
  const amount = BigInt(budget.amount)
  const due = budget.raise !== null && budget.raise.from_ms <= now_ms ? budget.raise : null
  if (due?.amount === null) return null
  const today = dayOf(now_ms)
  const isNew = budget.day < today
  const all = held.left + BigInt(budget.kept) + held.returned - BigInt(budget.over)
  const left = isNew || all > amount ? amount : all
  const now = { ...budget, raise: due === null ? budget.raise : null, day: isNew ? today : budget.day }
  return withAmount({ budget: now, left }, due === null ? amount : BigInt(due.amount))
}

/** With another limit, of which what was spent today has been spent already. */
export function withAmount({ budget, left }: Counted, amount: bigint): Counted {
  return { budget: { ...budget, amount: `${amount}` }, left: left + amount - BigInt(budget.amount) }
}

/** All limits as they stand now, by their keys. */
export function countAll(limits: PersonalLimits, holdings: Holdings, now_ms: number): Map<string, Counted> {
  const all = new Map<string, Counted>()
  for (const [key, budget] of Object.entries(limits.budgets)) {
    const counted = countedAt(budget, holdings.get(key) ?? NOTHING, now_ms)
    if (counted !== null) all.set(key, counted)
  }
  return all
}

/**
 * Stores what was counted: the accounts are brought to what is left, which while somebody is excluded is nothing. `holdings` has
 * every limit there was and is.
 */
export function stored(
  limits: Omit<PersonalLimits, 'budgets'>,
  counted: ReadonlyMap<string, Counted>,
  holdings: Holdings,
  now_ms: number,
): Readonly<{ limits: PersonalLimits; transfers: Transfer[] }> {
  const { user, tenant, exclusion, minute } = limits
  const isExcluded = exclusion !== null && exclusion.until_ms > now_ms
  const budgets: Record<string, Budget> = {}
  const transfers: Transfer[] = []
  for (const [key, held] of holdings) {
    const now = counted.get(key)
    const left = now === undefined || now.left < 0n ? 0n : now.left
    const [kind, asset] = key.split(' ') as [Budget['kind'], string]
    transfers.push(...brought(kind, user, asset, held, isExcluded ? 0n : left))
    if (now === undefined) continue
    const over = now.left < 0n ? -now.left : 0n
    budgets[key] = { ...now.budget, over: `${over}`, kept: `${isExcluded ? left : 0n}` }
  }
  return { limits: { user, tenant, budgets, exclusion: isExcluded ? exclusion : null, minute }, transfers }
}

/** Brings the budget account to `to`, and empties that of what came back. */
function brought(
  kind: Budget['kind'],
  user: string,
  asset: string,
  { left, returned }: Holding,
  to: bigint,
): Transfer[] {
  const budget = budgetOwner(kind, user)
  const transfers: Transfer[] = []
  if (returned > 0n) transfers.push(moved(asset, returnedOwner(kind, user), BUDGET_ISSUER, returned))
  if (to > left) transfers.push(moved(asset, BUDGET_ISSUER, budget, to - left))
  if (to < left) transfers.push(moved(asset, budget, BUDGET_ISSUER, left - to))
  return transfers
}

/** The limits as their owner is shown them. */
export function shownAt(limits: PersonalLimits, holdings: Holdings, now_ms: number): OwnLimit[] {
  return [...countAll(limits, holdings, now_ms).values()].map(({ budget, left }) => ({
    kind: budget.kind,
    asset: budget.asset,
    amount: budget.amount,
    left: `${left < 0n ? 0n : left}`,
    raise: budget.raise,
  }))
}

/** The keys of all limits, those of what is asked for among them. */
export function keysOf(limits: PersonalLimits, asked?: Pick<Budget, 'kind' | 'asset'>): readonly string[] {
  return [...new Set([...Object.keys(limits.budgets), ...(asked ? [keyOf(asked.kind, asked.asset)] : [])])]
}

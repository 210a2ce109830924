import { toAmount } from '../../schema/amount.ts'
import { isPlay, toAsset, type AssetId } from '../../schema/asset.ts'
import type { LimitSet, OwnLimit } from '../../schema/opening.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { BUDGET_ISSUER, budgetOwner, type Decision, type Limit, type Seeds } from './state.ts'

/** How long a limit stays what it was after a higher one was asked for. */
export const RAISE_MS = 24 * 3_600_000

/** The asset that counts what may still be spent of `money`: `play:budget:CREDIT` for `play:CREDIT`. */
export function budgetAsset(money: AssetId): AssetId {
  return toAsset(isPlay(money) ? `play:budget:${money.slice('play:'.length)}` : `budget:${money}`)
}

/** A limit as it stands on the day of `now_ms`, filled up when the day is a new one; null when it is none any more. */
function limitAt(limit: Limit, now_ms: number): Limit | null {
  const due = limit.raise !== null && limit.raise.from_ms <= now_ms ? limit.raise : null
  const amount = due === null ? limit.amount : due.amount
  if (amount === null) return null
  const day = new Date(now_ms).toISOString().slice(0, 10)
  const more = BigInt(amount) - BigInt(limit.amount)
  const left = day === limit.day ? BigInt(limit.left) + more : BigInt(amount)
  return { amount, raise: due === null ? limit.raise : null, day, left: `${left}` }
}

/** Brings the budget account from what lies in it to what is left by the limit. */
function moved(user: string, money: AssetId, from: bigint, to: bigint): Transfer[] {
  const asset = budgetAsset(money)
  const budget = budgetOwner(user)
  if (to > from) return [{ asset, debit: BUDGET_ISSUER, credit: budget, amount: toAmount(to - from) }]
  if (to < from) return [{ asset, debit: budget, credit: BUDGET_ISSUER, amount: toAmount(from - to) }]
  return []
}

/** Takes away a limit, or puts another in its place. */
function withLimit(seeds: Seeds, money: AssetId, limit: Limit | null): Seeds {
  const { [money]: _, ...others } = seeds.limits
  return { ...seeds, limits: limit === null ? others : { ...others, [money]: limit } }
}

/** What spending `amount` takes from the day's budget; undefined when that is not enough. Nothing without a limit. */
export function spend(
  seeds: Seeds,
  money: AssetId,
  amount: bigint,
  now_ms: number,
): Readonly<{ seeds: Seeds; transfers: readonly Transfer[] }> | undefined {
  const limit = seeds.limits[money]
  if (limit === undefined) return { seeds, transfers: [] }
  const today = limitAt(limit, now_ms)
  const lies = BigInt(limit.left)
  if (today === null) return { seeds: withLimit(seeds, money, null), transfers: moved(seeds.user, money, lies, 0n) }
  const left = BigInt(today.left)
  if (left < amount) return undefined
  const next = withLimit(seeds, money, { ...today, left: `${left - amount}` })
  const filled = moved(seeds.user, money, lies, left)
  return { seeds: next, transfers: [...filled, ...moved(seeds.user, money, left, left - amount)] }
}

/**
 * Sets what may be spent on openings in a day. A first or lower limit holds at once, and what was spent today counts; a higher
 * one, or none, RAISE_MS later, and while that is awaited no other can be asked for (`limit/raise-too-soon`).
 */
export function setLimit(
  seeds: Seeds,
  { money, amount }: Readonly<{ money: AssetId; amount: string | null }>,
  now_ms: number,
): Decision {
  const kept = seeds.limits[money]
  const now = kept === undefined ? null : limitAt(kept, now_ms)
  if (now === null && amount === null)
    return {
      ok: false,
      code: 'request/invalid',
      details: { issues: [{ path: 'amount', message: 'there is no limit' }] },
    }
  const lies = kept === undefined ? 0n : BigInt(kept.left)
  const isRaise = now !== null && (amount === null || BigInt(amount) > BigInt(now.amount))
  if (isRaise && now.raise !== null)
    return { ok: false, code: 'limit/raise-too-soon', details: { from_ms: now.raise.from_ms } }
  const from_ms = isRaise ? now_ms + RAISE_MS : now_ms
  const next = isRaise ? { ...now, raise: { amount, from_ms } } : lowered(now, amount!, now_ms)
  const payload: LimitSet = { user: seeds.user, limit: 'loss', asset: money, amount, from_ms }
  return {
    ok: true,
    seeds: withLimit(seeds, money, next),
    effects: {
      kind: 'limit.set',
      transfers: moved(seeds.user, money, lies, BigInt(next.left)),
      events: [{ type: 'limit.set', user: seeds.user, payload }],
    },
  }
}

function lowered(now: Limit | null, amount: string, now_ms: number): Limit {
  const day = new Date(now_ms).toISOString().slice(0, 10)
  if (now === null) return { amount, raise: null, day, left: amount }
  const left = BigInt(now.left) - (BigInt(now.amount) - BigInt(amount))
  return { amount, raise: null, day, left: `${left > 0n ? left : 0n}` }
}

/** The limits as their owner is shown them. */
export function limitsOf(seeds: Seeds, now_ms: number): readonly OwnLimit[] {
  return Object.entries(seeds.limits).flatMap(([asset, limit]) => {
    const today = limitAt(limit, now_ms)
    return today === null ? [] : [{ asset, amount: today.amount, left: today.left, raise: today.raise }]
  })
}

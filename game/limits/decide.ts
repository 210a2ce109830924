import type { EventDraft } from '../../schema/event.ts'
import { MINUTES, type Exclusion, type LimitExcluded, type LimitKind, type LimitSet } from '../../schema/limits.ts'
import { dayOf, taken } from './budget.ts'
import { countAll, isOld, stored, withAmount, type Counted } from './count.ts'
import { exclusionAt, keyOf, type Decision, type Holdings, type PersonalLimits } from './state.ts'

/** How long a limit stays what it was after a higher one was asked for. */
export const RAISE_MS = 24 * 3_600_000
/** A pause of play that is longer than this counts as this long. */
const PAUSE_MINUTES_MAX = 15

const minuteOf = (now_ms: number): number => Math.floor(now_ms / 60_000)

/** What is counted anew: filled up on a new day, raised when that is due, with what came back in it. */
export function refill(limits: PersonalLimits, holdings: Holdings, now_ms: number): Decision {
  const after = stored(limits, countAll(limits, holdings, now_ms), holdings, now_ms)
  if (after.transfers.length === 0 && !isOld(limits, now_ms)) return { type: 'done', limits }
  return { type: 'commit', ...after, events: [refilled(limits.user)] }
}

/** Whether there is a session limit of which this minute has not been counted. */
export function isNewMinute({ budgets, minute }: PersonalLimits, now_ms: number): boolean {
  return budgets[keyOf('session', MINUTES)] !== undefined && (minute === null || minuteOf(now_ms) > minute)
}

/**
 * Counts the minute as play, with those since the last one that was; a pause of more than PAUSE_MINUTES_MAX counts as that many. The
 * last ones of a day are all there is left. Refuses with `limit/session` when nothing is.
 */
export function play(limits: PersonalLimits, holdings: Holdings, now_ms: number): Decision {
  if (!isNewMinute(limits, now_ms)) return refill(limits, holdings, now_ms)
  const counted = countAll(limits, holdings, now_ms)
  const after = stored({ ...limits, minute: minuteOf(now_ms) }, counted, holdings, now_ms)
  const session = counted.get(keyOf('session', MINUTES))
  // Who is excluded is told so by whoever asks; their minutes are kept.
  if (session === undefined || exclusionAt(limits, now_ms)) return refill(limits, holdings, now_ms)
  if (session.left <= 0n) return { type: 'refuse', code: 'limit/session', details: { amount: session.budget.amount } }
  const since = BigInt(minuteOf(now_ms) - (limits.minute ?? minuteOf(now_ms) - 1))
  const most = [since, BigInt(PAUSE_MINUTES_MAX), session.left].reduce((a, b) => (a < b ? a : b))
  const transfers = [...after.transfers, ...taken('session', limits.user, MINUTES, most)]
  return { type: 'commit', limits: after.limits, transfers, events: [refilled(limits.user)] }
}

/**
 * Sets a limit. A first or lower one holds at once, and what was spent today counts; a higher one, or none, RAISE_MS later, and
 * while that is awaited no other can be asked for (`limit/raise-too-soon`). `holdings` has the limit that is asked for, too.
 */
export function setLimit(
  limits: PersonalLimits,
  { kind, asset, amount }: Readonly<{ kind: LimitKind; asset: string; amount: string | null }>,
  holdings: Holdings,
  now_ms: number,
): Decision {
  const key = keyOf(kind, asset)
  const counted = countAll(limits, holdings, now_ms)
  const now = counted.get(key)
  if (now === undefined && amount === null) return invalid('there is no limit')
  const isRaise = now !== undefined && (amount === null || BigInt(amount) > BigInt(now.budget.amount))
  if (isRaise && now.budget.raise !== null)
    return { type: 'refuse', code: 'limit/raise-too-soon', details: { from_ms: now.budget.raise.from_ms } }
  const from_ms = isRaise ? now_ms + RAISE_MS : now_ms
  if (isRaise) counted.set(key, { ...now, budget: { ...now.budget, raise: { amount, from_ms } } })
  else counted.set(key, now ? lowered(now, amount!) : first(kind, asset, amount!, now_ms))
  const payload: LimitSet = { user: limits.user, limit: kind, asset, amount, from_ms }
  const events = [{ type: 'limit.set', user: limits.user, payload } as const]
  return { type: 'commit', ...stored(limits, counted, holdings, now_ms), events }
}

/** Excludes somebody; what holds longer already stays. Until then their budgets are empty. */
export function exclude(limits: PersonalLimits, wanted: Exclusion, holdings: Holdings, now_ms: number): Decision {
  const now = exclusionAt(limits, now_ms)
  if (now !== null && now.until_ms >= wanted.until_ms) return { type: 'done', limits }
  const { user } = limits
  const payload: LimitExcluded = { user, exclusion: wanted.kind, until_ms: wanted.until_ms }
  const counted = countAll(limits, holdings, now_ms)
  const after = stored({ ...limits, exclusion: wanted }, counted, holdings, now_ms)
  return { type: 'commit', ...after, events: [{ type: 'limit.excluded', user, payload }] }
}

function first(kind: LimitKind, asset: string, amount: string, now_ms: number): Counted {
  const budget = { kind, asset, amount, raise: null, day: dayOf(now_ms), over: '0', kept: '0' }
  return { budget, left: BigInt(amount) }
}

function lowered(now: Counted, amount: string): Counted {
  const { budget, left } = withAmount(now, BigInt(amount))
  return { budget: { ...budget, raise: null }, left }
}

function refilled(user: string): EventDraft {
  return { type: 'limit.refilled', payload: { user } }
}

function invalid(message: string): Decision {
  return { type: 'refuse', code: 'request/invalid', details: { issues: [{ path: 'amount', message }] } }
}

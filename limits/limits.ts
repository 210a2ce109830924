import type { Pool } from 'pg'
import type { Principal } from '../access/access.ts'
import { claim } from '../access/idempotency.ts'
import type { Persons } from '../access/persons/persons.ts'
import { taken } from '../game/limits/budget.ts'
import { isOld, shownAt } from '../game/limits/count.ts'
import { exclude, isNewMinute, play, refill, setLimit } from '../game/limits/decide.ts'
import { exclusionAt, keyOf, type PersonalLimits } from '../game/limits/state.ts'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import { isAsset, isPlay, type AssetId } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import { MINUTES, type ExcludeSelf, type LimitKind, type OwnLimits, type SetLimit } from '../schema/limits.ts'
import type { Transfer } from '../schema/outcome.ts'
import { LimitActors } from './actors.ts'
import { isOverBudget, limitRefusal } from './refusal.ts'
import { LimitViews } from './views.ts'

/** Who spends. */
export type Spender = Pick<Principal, 'tenant' | 'user'>

/** A limit that is to be set. */
export type WantedLimit = SetLimit & Readonly<{ kind: LimitKind }>

/**
 * What people have let themselves do, kept by the ledger: whoever composes an outcome that spends puts these transfers into it, and
 * a budget that is used up refuses it.
 */
export interface Limits {
  /**
   * What spending `amount` of `money` on openings, seats, or from others takes from the spender's budgets; nothing where there are no
   * limits. Throws `limit/excluded`, `limit/session`, `person/age-unknown`, `person/too-young`, `box/not-sold-here`; the last three for
   * real money only. What the ledger then refuses is told by `limitRefusal`.
   */
  spend(spender: Spender, money: AssetId, amount: bigint): Promise<readonly Transfer[]>
  /** The same for paying `amount` of `money` in. It takes no time of play. */
  deposit(spender: Spender, money: AssetId, amount: bigint): Promise<readonly Transfer[]>
  /**
   * Has `commit` spend, with the transfers of `spend` among its own. Where a budget refuses it is counted anew, with what came
   * back to it, and `commit` is asked once more: it may have done nothing before. Throws `limit/exceeded`, and what `spend`
   * and `commit` throw.
   */
  within<T>(
    spender: Spender,
    money: AssetId,
    amount: bigint,
    commit: (taken: readonly Transfer[]) => Promise<T>,
  ): Promise<T>
  /** The same for paying in. */
  depositWithin<T>(
    spender: Spender,
    money: AssetId,
    amount: bigint,
    commit: (taken: readonly Transfer[]) => Promise<T>,
  ): Promise<T>
  /** All that somebody lets themselves do. */
  own(owner: Spender): Promise<OwnLimits>
  /** Throws `limit/raise-too-soon`, or `request/invalid` for what is not money, or a limit that is not there. */
  set(principal: Principal, key: string, wanted: WantedLimit): Promise<OwnLimits>
  /** Nothing can be spent or paid in until then; what holds longer already stays. Throws `request/invalid` for a time not on offer. */
  exclude(principal: Principal, key: string, wanted: ExcludeSelf): Promise<OwnLimits>
  close(): void
}

export type LimitParts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Pick<Tail, 'subscribe'>
  persons: Pick<Persons, 'demandRealMoney'>
  /** How long people can exclude themselves. */
  choices: OwnLimits['choices']
  /** Unix ms. */
  clock: () => number
}>

/** `USD`, `play:CREDIT`. */
const MONEY = /^(play:)?[A-Z][A-Z0-9]{1,15}$/
const HOUR_MS = 3_600_000

/** The limits of one node. */
export function createLimits(parts: LimitParts): Limits {
  const { persons, choices, clock } = parts
  const actors = new LimitActors(parts)
  const views = new LimitViews(parts.tail)

  /** Counted anew by the database, whatever this node remembers. */
  async function recount(owner: Spender, decide = refill): Promise<PersonalLimits> {
    views.forget(owner.user)
    const limits = await actors.act(owner, decide)
    views.forget(owner.user)
    return limits
  }

  async function take(owner: Spender, kind: 'loss' | 'deposit', money: AssetId, amount: bigint) {
    if (!isPlay(money)) await persons.demandRealMoney(owner)
    const known = await views.of(owner.user, () => actors.find(owner))
    if (known === undefined) return []
    demandIncluded(known, clock())
    const isPlayed = kind === 'loss' && isNewMinute(known, clock())
    const limits = isPlayed || isOld(known, clock()) ? await recount(owner, isPlayed ? play : refill) : known
    demandIncluded(limits, clock())
    return limits.budgets[keyOf(kind, money)] === undefined ? [] : taken(kind, owner.user, money, amount)
  }

  async function own(owner: Spender): Promise<OwnLimits> {
    const limits = await views.of(owner.user, () => actors.find(owner))
    if (limits === undefined) return { limits: [], exclusion: null, choices }
    const holdings = await actors.holdings(owner, limits)
    return { limits: shownAt(limits, holdings, clock()), exclusion: exclusionAt(limits, clock()), choices }
  }

  /** Does a command once for its key. */
  async function once(
    principal: Principal,
    asked: Readonly<{ route: string; key: string; body: unknown }>,
    act: (command: Parameters<LimitActors['act']>[2]) => Promise<unknown>,
  ): Promise<OwnLimits> {
    const { outcome: id, request } = await claim(parts.pool, { principal, ...asked }, clock(), async () => null)
    await act({ command: { id, request } })
    views.forget(principal.user)
    return own(principal)
  }

  return {
    spend: (spender, money, amount) => take(spender, 'loss', money, amount),
    deposit: (spender, money, amount) => take(spender, 'deposit', money, amount),
    within: (spender, money, amount, commit) =>
      counted(
        async () => commit(await take(spender, 'loss', money, amount)),
        () => recount(spender),
      ),
    depositWithin: (spender, money, amount, commit) =>
      counted(
        async () => commit(await take(spender, 'deposit', money, amount)),
        () => recount(spender),
      ),
    own,
    async set(principal, key, wanted) {
      const asked = checkedLimit(wanted)
      return once(principal, { route: 'set-limit', key, body: wanted }, (command) =>
        actors.act(principal, (limits, held, now_ms) => setLimit(limits, asked, held, now_ms), { ...command, asked }),
      )
    },
    async exclude(principal, key, wanted) {
      const lasts_ms = checkedDuration(wanted, choices)
      return once(principal, { route: 'exclude-self', key, body: wanted }, (command) =>
        actors.act(
          principal,
          (limits, held, now_ms) => exclude(limits, { kind: wanted.kind, until_ms: now_ms + lasts_ms }, held, now_ms),
          command,
        ),
      )
    },
    close: () => views.close(),
  }
}

/** Tries, and where a budget refuses tries once more after a recount. */
async function counted<T>(attempt: () => Promise<T>, recount: () => Promise<unknown>): Promise<T> {
  try {
    return await attempt()
  } catch (cause) {
    if (!isOverBudget(cause)) throw cause
  }
  await recount()
  return attempt().catch((cause: unknown) => {
    throw limitRefusal(cause)
  })
}

/** Throws `limit/excluded`. */
function demandIncluded(limits: PersonalLimits, now_ms: number): void {
  const exclusion = exclusionAt(limits, now_ms)
  if (exclusion !== null) throw new RollingDropError('limit/excluded', exclusion)
}

function checkedLimit(wanted: WantedLimit): WantedLimit {
  const { kind, asset } = wanted
  const isKnown = kind === 'session' ? asset === MINUTES : isAsset(asset) && MONEY.test(asset)
  if (!isKnown) throw invalid('asset', kind === 'session' ? `a session is limited in ${MINUTES}` : 'not money')
  return wanted
}

/** In ms. Throws `request/invalid` for what is not on offer. */
function checkedDuration(wanted: ExcludeSelf, { coolOffHours, selfExclusionDays }: OwnLimits['choices']): number {
  if (wanted.kind === 'cool-off') {
    if (!coolOffHours.includes(wanted.hours)) throw invalid('hours', `one of ${coolOffHours.join(', ')}`)
    return wanted.hours * HOUR_MS
  }
  if (!selfExclusionDays.includes(wanted.days)) throw invalid('days', `one of ${selfExclusionDays.join(', ')}`)
  return wanted.days * 24 * HOUR_MS
}

function invalid(path: string, message: string): RollingDropError {
  return new RollingDropError('request/invalid', { issues: [{ path, message }] })
}

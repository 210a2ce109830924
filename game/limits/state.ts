import type { TenantId } from '../../schema/account.ts'
import type { ErrorCode } from '../../schema/errors.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { Exclusion, LimitKind } from '../../schema/limits.ts'
import type { Transfer } from '../../schema/outcome.ts'

/**
 * One limit, amounts as decimal strings. What is left of `day` (UTC) is what lies in its budget account, and `kept` besides, which
 * is what an exclusion took out of it. `over`: what had been spent beyond the limit when it was lowered; what comes back
 * fills that first. `raise` is what the limit becomes at `from_ms`; an amount of null is no limit.
 */
export type Budget = Readonly<{
  kind: LimitKind
  asset: string
  amount: string
  raise: Readonly<{ amount: string | null; from_ms: number }> | null
  day: string
  over: string
  kept: string
}>

/** What somebody lets themselves do, the state of the actor `limits-<user>`. `minute` is the last one that was counted as play. */
export type PersonalLimits = Readonly<{
  user: string
  tenant: TenantId
  budgets: Readonly<Record<string, Budget>>
  exclusion: Exclusion | null
  minute: number | null
}>

/** What lies in the two accounts of a limit: what is left, and what came back and is not counted yet. */
export type Holding = Readonly<{ left: bigint; returned: bigint }>
/** By the key of the limit. */
export type Holdings = ReadonlyMap<string, Holding>

export type Decision = Readonly<
  | { type: 'done'; limits: PersonalLimits }
  | { type: 'refuse'; code: ErrorCode; details?: unknown }
  | { type: 'commit'; limits: PersonalLimits; transfers: readonly Transfer[]; events: readonly EventDraft[] }
>

export const LIMITS = 'limits'
export const limitsActor = (user: string): string => `${LIMITS}-${user}`
export const keyOf = (kind: LimitKind, asset: string): string => `${kind} ${asset}`

export function noLimits(user: string, tenant: TenantId): PersonalLimits {
  return { user, tenant, budgets: {}, exclusion: null, minute: null }
}

/** Whether somebody is excluded at this time. */
export function exclusionAt({ exclusion }: PersonalLimits, now_ms: number): Exclusion | null {
  return exclusion !== null && exclusion.until_ms > now_ms ? exclusion : null
}

export function limitsToJson(limits: PersonalLimits): string {
  return JSON.stringify(limits)
}

/** The limits that `limitsToJson` wrote. Text from anywhere else is not checked. */
export function limitsFromJson(text: string): PersonalLimits {
  return JSON.parse(text) as PersonalLimits
}

import { z } from 'zod'

/** Limits that people set for themselves, each for a day (UTC). */

/**
 * What a limit counts: `loss` what is spent on openings and seats, `deposit` what is paid in, `session` the minutes of play.
 */
export const limitKinds = ['loss', 'deposit', 'session'] as const
export type LimitKind = (typeof limitKinds)[number]

/** What a session limit counts, in the place of money. */
export const MINUTES = 'minutes'

/** Cool-off lasts hours to weeks, self-exclusion half a year or more; neither can be shortened. */
export const exclusionKinds = ['cool-off', 'self-exclusion'] as const
export type ExclusionKind = (typeof exclusionKinds)[number]

/** A limit somebody set for themselves, in smallest units (or minutes) per day; null takes it away. In force from `from_ms` on. */
export type LimitSet = Readonly<{
  user: string
  limit: LimitKind
  asset: string
  amount: string | null
  from_ms: number
}>

/** Payload of `limit.refilled`: what somebody has left was counted anew. */
export type LimitRefilled = Readonly<{ user: string }>

/** Payload of `limit.excluded`. */
export type LimitExcluded = Readonly<{ user: string; exclusion: ExclusionKind; until_ms: number }>

const amount = z.string().regex(/^(0|[1-9][0-9]{0,17})$/, 'an amount is a whole number of smallest units')

/** A command to limit what one can spend in a day (UTC), or, with null, to limit it no more. */
export const setLimit = z.strictObject({ asset: z.string().max(100), amount: amount.nullable() })
export type SetLimit = z.output<typeof setLimit>

/** What is asked for of a limit over HTTP, where its kind and asset stand in the path. */
export const limitAmount = setLimit.pick({ amount: true })

export const ownLimit = z.object({
  kind: z.enum(limitKinds),
  asset: z.string().describe('money, or `minutes`'),
  amount,
  left: amount.describe('of today'),
  raise: z
    .object({ amount: amount.nullable(), from_ms: z.number() })
    .nullable()
    .describe('what it becomes, and when; an amount of null is no limit'),
})
/** A limit one has set for oneself, per day (UTC). */
export type OwnLimit = z.infer<typeof ownLimit>

export const exclusion = z.object({ kind: z.enum(exclusionKinds), until_ms: z.number() })
export type Exclusion = z.infer<typeof exclusion>

export const ownLimits = z.object({
  limits: z.array(ownLimit.meta({ id: 'OwnLimit' })),
  exclusion: exclusion.nullable().describe('until when you neither spend nor pay in; null when you may'),
  choices: z
    .object({ coolOffHours: z.array(z.int()), selfExclusionDays: z.array(z.int()) })
    .describe('how long one can exclude oneself'),
})
/** Everything somebody has let themselves do. */
export type OwnLimits = z.infer<typeof ownLimits>

export const excludeSelf = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cool-off'), hours: z.int().min(1).max(1008) }),
  z.strictObject({ kind: z.literal('self-exclusion'), days: z.int().min(180).max(36_500) }),
])
/** A command to exclude oneself for one of the durations on offer. */
export type ExcludeSelf = z.output<typeof excludeSelf>

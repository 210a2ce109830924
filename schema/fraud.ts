import { z } from 'zod'
import { paced, paceUnits, type PaceBounds, type PaceUnit } from './analytics.ts'
import { decimal } from './http.ts'

/** What looks like fraud: each finding says by which rule, and with which figures. None proves anything. */

/** What two users may have in common: a device, an address on the network, or where their money is paid to. */
export const signalKinds = ['device', 'address', 'payout'] as const
export type SignalKind = (typeof signalKinds)[number]

/** From when on something is shown. */
export type FraudRules = Readonly<{
  /** More than this within a minute, an hour or a day. */
  pace: Readonly<Record<PaceUnit, PaceBounds>>
  /** As many users or more. */
  shared: Readonly<Record<SignalKind, number>>
  /** As much given as this, or more, beyond what came back; smallest units. */
  given: bigint
}>

const limit = z.coerce.number().int().min(1).max(200).default(50)

export const velocityQuery = z.object({
  unit: z.enum(paceUnits).default('hour'),
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(31)
    .default(1)
    .describe('how far back: at most 2 by the minute, 14 by the hour, 31 by the day'),
  limit,
})
export const velocity = z.object({
  findings: z.array(
    z.object({
      user: z.string(),
      unit: z.enum(paceUnits),
      at: z.number().describe('unix ms at which that minute, hour or day (UTC) began'),
      passed: z
        .array(z.object({ rule: z.string(), what: z.enum(paced), count: z.int(), bound: z.int() }))
        .describe('the bounds that were passed'),
      openings: z.int(),
      deposits: z.int(),
      withdrawals: z.int().describe('asked for'),
      trades: z.int().describe('bought, sold, traded and given away'),
    }),
  ),
})
export type Velocity = z.infer<typeof velocity>

/** How far back is looked, in days. */
export const VELOCITY_DAYS_MAX: Readonly<Record<PaceUnit, number>> = { minute: 2, hour: 14, day: 31 }

/** 128 bits in base64url. */
const group = z.string().regex(/^[A-Za-z0-9_-]{22}$/)
export const sharedQuery = z.object({
  kind: z.enum(signalKinds),
  cursor: z
    .string()
    .regex(/^[0-9]{1,15}\.[A-Za-z0-9_-]{22}$/)
    .optional(),
  limit,
})
const member = z.object({
  user: z.string(),
  firstAt: z.number().describe('unix ms'),
  lastAt: z.number(),
  count: z.int().describe('how often'),
})
export const shared = z.object({
  groups: z
    .array(
      z.object({
        group: group.describe('names what they share and does not say what it is'),
        kind: z.enum(signalKinds),
        rule: z.string(),
        users: z.int(),
        bound: z.int(),
        members: z.array(member).describe('the latest ten'),
      }),
    )
    .describe('the largest first'),
  next: z.string().nullable(),
})
export type Shared = z.infer<typeof shared>
export const membersPath = z.object({ kind: z.enum(signalKinds), group })
export const membersQuery = z.object({ cursor: z.string().max(64).optional(), limit })
export const members = z.object({ members: z.array(member).describe('by id'), next: z.string().nullable() })

export type SharedUsers = z.infer<typeof members>

export const giftsQuery = z.object({ limit })
const flow = { asset: z.string(), rule: z.string(), bound: decimal }
export const gifts = z.object({
  oneSided: z
    .array(
      z.object({
        ...flow,
        from: z.string(),
        to: z.string(),
        gifts: z.int(),
        given: decimal.describe('items at what they are worth, and money'),
        back: decimal.describe('what came the other way'),
        lastAt: z.number(),
      }),
    )
    .describe('five times as much given as came back, or more'),
  circles: z
    .array(
      z.object({
        ...flow,
        users: z.array(z.string()).describe('each gave to the next, and the last to the first'),
        least: decimal.describe('what went all the way round'),
      }),
    )
    .describe('through three or four users'),
})
export type Gifts = z.infer<typeof gifts>

export const chargeBacksQuery = z.object({ limit })
export const chargeBacks = z.object({
  users: z.array(
    z.object({
      user: z.string(),
      asset: z.string(),
      rule: z.string(),
      deposited: decimal,
      reversed: decimal.describe('of it, charged back'),
    }),
  ),
})
export type ChargeBacks = z.infer<typeof chargeBacks>

import { z } from 'zod'
import { rarities } from './box.ts'

/** What a subscriber wants of the feed. Every field narrows; none given means everything that is public. */
export const feedFilter = z.strictObject({
  types: z.array(z.string().max(40)).min(1).max(20).optional(),
  box: z.string().max(64).optional(),
  rarity: z.enum(rarities).optional(),
  minValue: z
    .string()
    .regex(/^[0-9]{1,18}$/)
    .optional(),
  /** Only what concerns whoever asks, also what nobody else is told. Needs a token. */
  mine: z.literal(true).optional(),
  /** Only what names a user with this mask. */
  user: z
    .string()
    .regex(/^[0-9a-f]{3}•••$/)
    .optional(),
})
export type FeedFilter = z.infer<typeof feedFilter>

/** How one joins the feed room: from now on (`since` left out), or with all that was missed since a position. */
export const feedOptions = z.strictObject({ since: z.string().max(64).optional(), filter: feedFilter.optional() })
export type FeedOptions = z.infer<typeof feedOptions>

/** One event as the public feed tells it: users are masked, `seq` is a decimal string. */
export type FeedEvent = Readonly<{
  seq: string
  type: string
  actor: string | null
  at_ms: number
  payload: Readonly<Record<string, unknown>>
}>

/**
 * What is new: all events of the filter with `from` < seq ≤ `to`, msgpack-encoded under the message type `frame`. The next
 * frame's `from` is this one's `to`; a jump means something was lost and the client recovers by `since`. `conflated`: the
 * reader was too slow, and so many events of the range were left out, none of them a settlement.
 */
export type FeedFrame = Readonly<{
  lineage: string
  from: string
  to: string
  events: readonly FeedEvent[]
  conflated?: number | undefined
}>

/**
 * The first frame after joining; where much was missed it ends before the head, and frames with the rest follow. `recovered: false`:
 * too much was missed, `events` are the last ones instead.
 */
export type FeedWelcome = FeedFrame & Readonly<{ recovered: boolean }>

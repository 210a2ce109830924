import { z } from 'zod'
import type { ErrorReply } from './errors.ts'
import { feedOptions, type FeedEvent, type FeedFrame, type FeedWelcome } from './feed.ts'

/** How messages are written on a socket of the feed, by the subprotocol asked for; the first is also that of who asks for none. */
export const feedProtocols = ['rollingdrop.json', 'rollingdrop.msgpack'] as const
export type FeedProtocol = (typeof feedProtocols)[number]

/**
 * What is said on `/ws/live-feed`. `token` says who one is, which nobody has to; `subscribe` asks for the feed, from a position on
 * or from now; it is answered by `welcome`. A query after the path does what `subscribe` does: `?since=…&types=a,b&minValue=500`.
 */
export const liveFeedMessages = {
  token: z.strictObject({ type: z.literal('token'), token: z.string().min(1).max(4096) }),
  subscribe: feedOptions.extend({ type: z.literal('subscribe') }),
  unsubscribe: z.strictObject({ type: z.literal('unsubscribe') }),
  ping: z.strictObject({ type: z.literal('ping') }),
} as const

export type LiveFeedMessages = { [type in keyof typeof liveFeedMessages]: z.infer<(typeof liveFeedMessages)[type]> }
export type LiveFeedMessage = LiveFeedMessages[keyof LiveFeedMessages]

const seq = z.string().regex(/^[0-9]{1,19}$/)

export const feedEvent = z.strictObject({
  seq: seq.describe('gapless over all events; what a filter leaves out is missing here'),
  type: z.string(),
  actor: z.string().nullable(),
  at_ms: z.int().describe('unix ms of its commit'),
  payload: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<FeedEvent>

export const feedFrame = z.strictObject({
  lineage: z.string().describe('with a seq it makes a position: lineage:seq'),
  from: seq,
  to: seq.describe('all events of the filter with from < seq ≤ to are here'),
  events: z.array(feedEvent),
  conflated: z.int().min(1).exactOptional().describe('so many events were left out, because the reader was too slow'),
}) satisfies z.ZodType<FeedFrame>

export const feedWelcome = feedFrame.extend({
  recovered: z.boolean().describe('false: events are the latest ones, not those since the position asked for'),
}) satisfies z.ZodType<FeedWelcome>

/** What a client is told when something is refused; `of` is the type of the message that was. */
export const errorReply = z.strictObject({
  of: z.string().optional(),
  code: z.string(),
  message: z.string(),
  retry: z.boolean().describe('whether trying again can help'),
  details: z.unknown().optional(),
})

/** What is told on `/ws/live-feed`, and the events of `GET /live-feed` by their names; `ended` is the last one of those. */
export const liveFeedFrames = {
  welcome: feedWelcome.extend({ type: z.literal('welcome') }),
  frame: feedFrame.extend({ type: z.literal('frame') }),
  unsubscribed: z.strictObject({ type: z.literal('unsubscribed') }),
  pong: z.strictObject({ type: z.literal('pong') }),
  error: errorReply.extend({ type: z.literal('error') }),
} as const

export type LiveFeedFrame =
  | Readonly<{ type: 'welcome' } & FeedWelcome>
  | Readonly<{ type: 'frame' } & FeedFrame>
  | Readonly<{ type: 'unsubscribed' | 'pong' }>
  | Readonly<{ type: 'error'; of?: string } & ErrorReply>

/** What a query says of the feed, to be read by `feedOptions`: the fields of a filter stand beside `since`, types with commas. An empty `since` is now. */
export function feedQuery(query: URLSearchParams): unknown {
  const { since, types, mine, ...rest } = Object.fromEntries(query)
  const filter = {
    ...rest,
    ...(types !== undefined && { types: types.split(',') }),
    ...(mine !== undefined && { mine: mine === 'true' ? true : mine }),
  }
  return { ...(since && { since }), ...(Object.keys(filter).length > 0 && { filter }) }
}

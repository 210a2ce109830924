import { z } from 'zod'
import { feedFilter } from '../feed.ts'
import { errorReply, feedFrame, feedWelcome, liveFeedFrames, liveFeedMessages } from '../live-feed.ts'
import { isPartnerTopic } from '../topic.ts'
import { JSON_TYPE, MSGPACK_TYPE, type Channel, type ChannelMessage } from './channel.ts'

const LINEAGE = '0f3a9c5e7b1d2468'
const BATTLE = '0190e0a3-ac96-774b-bcce-b302099a8057'
const event = {
  seq: '1207',
  type: 'battle.joined',
  actor: `battle-${BATTLE}`,
  at_ms: 1_760_000_000_000,
  payload: { battle: BATTLE, seat: 1, user: '3fa•••', bot: false },
}
const frame = { lineage: LINEAGE, from: '1200', to: '1207', events: [event] }
const welcome = { ...frame, from: '1100', recovered: true }
const error = {
  code: 'feed/position',
  message: 'This is not a position in the feed.',
  retry: false,
}

/** How one filters in a query: the fields of a filter, types with commas between them. */
export const feedQueryShape = feedFilter.omit({ types: true, mine: true }).extend({
  since: z.string().max(64).optional().describe('a position; empty or left out: from now on'),
  types: z.string().optional().describe('event types with commas between them'),
  mine: z.literal('true').optional().describe('only what concerns whoever asks; needs a token'),
})

const WELCOME =
  'The first answer: all that was missed, or the latest events with `recovered: false`. Where much was missed this is the first part ' +
  'of it, up to `to`; frames with the rest follow as they are taken.'
const FRAME =
  'All events of the filter with from < seq ≤ to. `from` is the last `to`; a jump says that something was lost.'
const ERROR = 'What was said is refused, or the reason why the connection ends.'

const said = {
  subscribe: {
    summary: 'Asks for the feed. A second one is refused until `unsubscribe`.',
    schema: liveFeedMessages.subscribe,
    example: { type: 'subscribe', since: `${LINEAGE}:1100`, filter: { types: ['battle.joined'] } },
  },
  unsubscribe: {
    summary: 'Wants no more, also while what was missed is still being read.',
    schema: liveFeedMessages.unsubscribe,
    example: { type: 'unsubscribe' },
  },
  ping: { summary: 'Is answered by `pong`.', schema: liveFeedMessages.ping, example: { type: 'ping' } },
} as const satisfies Readonly<Record<string, ChannelMessage>>

const told = {
  welcome: { summary: WELCOME, schema: liveFeedFrames.welcome, example: { type: 'welcome', ...welcome } },
  frame: { summary: FRAME, schema: liveFeedFrames.frame, example: { type: 'frame', ...frame } },
  unsubscribed: {
    summary: 'Nothing more comes until the next `subscribe`.',
    schema: liveFeedFrames.unsubscribed,
    example: { type: 'unsubscribed' },
  },
  pong: { summary: 'The answer to `ping`.', schema: liveFeedFrames.pong, example: { type: 'pong' } },
  error: { summary: ERROR, schema: liveFeedFrames.error, example: { type: 'error', of: 'subscribe', ...error } },
} as const satisfies Readonly<Record<string, ChannelMessage>>

export const feedChannels: readonly Channel[] = [
  {
    id: 'liveFeed',
    address: '/ws/live-feed',
    protocol: 'wss',
    title: 'The public feed over a plain WebSocket',
    description:
      'Subprotocols `rollingdrop.json` (text frames, also for those who ask for none) and `rollingdrop.msgpack` (binary ' +
      'frames). What `subscribe` asks for may stand in the query instead. Pings of the WebSocket must be answered.',
    contentTypes: [JSON_TYPE, MSGPACK_TYPE],
    query: feedQueryShape,
    said: {
      token: {
        summary:
          'Says who one is, which nobody has to. Again before it expires; without that the socket closes with it.',
        schema: liveFeedMessages.token,
        example: { type: 'token', token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' },
      },
      ...said,
    },
    told,
  },
  {
    id: 'partnerLiveFeed',
    address: '/partner/ws/live-feed',
    protocol: 'wss',
    title: 'One topic of a partner’s own tenant',
    description:
      'The request is signed as every call of a partner is. `topic` stands in the query. Otherwise as `/ws/live-feed`; users are ' +
      'not masked.',
    contentTypes: [JSON_TYPE, MSGPACK_TYPE],
    query: feedQueryShape.omit({ mine: true }).extend({
      topic: z.string().refine(isPartnerTopic).describe('partner-transactions, partner-box-openings …'),
      tenant: z.string().optional(),
    }),
    said,
    told,
  },
  {
    id: 'liveFeedEvents',
    address: '/live-feed',
    protocol: 'https',
    title: 'The public feed as Server-Sent Events',
    description:
      'The name of an event is that of the message, its id the position after it, its data the message as JSON. A browser comes ' +
      'back by itself with `Last-Event-ID`, which goes before `since`. A comment comes when it is quiet.',
    contentTypes: ['text/event-stream'],
    query: feedQueryShape,
    said: {},
    told: {
      welcome: told.welcome,
      frame: told.frame,
      ended: {
        summary: 'The last event: why the connection closes. With `retry: true` come back.',
        schema: errorReply.omit({ of: true }),
        example: { code: 'server/draining', message: 'This server is going away; reconnect.', retry: true },
      },
    },
  },
  {
    id: 'feedRoom',
    address: '/{process}/feed-{process}',
    protocol: 'wss',
    title: 'The public feed as a Colyseus room',
    description:
      'Joined with a seat of `POST /actors/feed/main/seat`, whose body is `{since?, filter?}`; the SDK does all of it. Messages are ' +
      'Colyseus’s, by type, their payload msgpack.',
    contentTypes: [MSGPACK_TYPE],
    parameters: { process: 'the process that the seat names' },
    said: {
      token: {
        summary: 'A new token, before the last one expires.',
        schema: liveFeedMessages.token.omit({ type: true }),
        example: { token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' },
      },
    },
    told: {
      welcome: { summary: WELCOME, schema: feedWelcome, example: welcome },
      frame: { summary: FRAME, schema: feedFrame, example: frame },
      error: { summary: ERROR, schema: errorReply, example: error },
    },
  },
]

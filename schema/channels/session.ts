import { z } from 'zod'
import { errorReply, feedEvent } from '../live-feed.ts'
import { sessionMessages, type LogPage, type OwnResult } from '../session.ts'
import { MSGPACK_TYPE, type Channel } from './channel.ts'

const SEEDS = '0190e0a3-ac96-774b-bcce-b302099a8057'
const command = z.int().min(1)

const ownResult = feedEvent.omit({ actor: true }).extend({
  prev: z.string().describe('number of the message told before it on this device'),
}) satisfies z.ZodType<OwnResult>

const logPage = z.strictObject({
  lineage: z.string(),
  entries: z.array(ownResult),
  more: z.boolean().describe('true: ask for the next ones with `page`'),
}) satisfies z.ZodType<LogPage>

const reply = z.discriminatedUnion('ok', [
  z.strictObject({ command, ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ command, ok: z.literal(false), error: errorReply.omit({ of: true }) }),
])

const entry = {
  seq: '1207',
  prev: '1180',
  type: 'item.sold',
  at_ms: 1_760_000_000_000,
  payload: { asset: 'item:golden-acorn', count: 1, paid: '2500' },
}

export const sessionChannels: readonly Channel[] = [
  {
    id: 'sessionRoom',
    address: '/{process}/{room}',
    protocol: 'wss',
    title: 'A user’s own things, as a Colyseus room',
    description:
      'Joined with a seat of `POST /actors/session/{user}/seat`. Balances, seeds and limits are the room’s state. Commands carry a ' +
      'number, with which they are answered once what they did is committed.',
    contentTypes: [MSGPACK_TYPE],
    parameters: { process: 'the process that the seat names', room: 'the room that the seat names' },
    said: {
      open: {
        summary: 'Opens boxes.',
        schema: sessionMessages.open,
        example: { command: 1, id: 'my-1', box: 'pocket-change', count: 1 },
      },
      sell: {
        summary: 'Sells items back.',
        schema: sessionMessages.sell,
        example: { command: 2, id: 'my-2', asset: 'item:golden-acorn', count: 1 },
      },
      begin: {
        summary: 'Begins the next pair of seeds; the pair in use is revealed.',
        schema: sessionMessages.begin,
        example: { command: 3, seeds: SEEDS, clientSeed: 'ab'.repeat(32) },
      },
      limit: {
        summary: 'Limits what one can spend in a day.',
        schema: sessionMessages.limit,
        example: { command: 4, id: 'my-4', asset: 'play:CREDIT', amount: '10000' },
      },
      ack: {
        summary: 'Has seen the log up to this number.',
        schema: sessionMessages.ack,
        example: { command: 5, seq: '1207' },
      },
      page: {
        summary: 'Asks for the next messages of the log.',
        schema: sessionMessages.page,
        example: { command: 6 },
      },
    },
    told: {
      log: {
        summary: 'Messages of the log, in order: what was missed first.',
        schema: logPage,
        example: { lineage: '0f3a9c5e7b1d2468', entries: [entry], more: false },
      },
      reply: {
        summary: 'The answer to a command.',
        schema: reply,
        example: { command: 5, ok: true, value: null },
      },
      error: {
        summary: 'What was said could not be read as a command.',
        schema: errorReply,
        example: { code: 'request/invalid', message: 'The request does not have the expected shape.', retry: false },
      },
    },
  },
]

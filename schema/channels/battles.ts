import { z } from 'zod'
import { battleMessages } from '../battle-message.ts'
import { errorReply, liveFeedFrames } from '../live-feed.ts'
import { plainMessages, type PlainBattle } from '../plain-battles.ts'
import { JSON_TYPE, MSGPACK_TYPE, type Channel } from './channel.ts'

const BATTLE = '0190e0a3-ac96-774b-bcce-b302099a8057'
const SEED = 'ab'.repeat(32)
const command = z.int().min(1)
const amount = z.string().describe('a decimal string in smallest units; empty while there is none')
const time = z.number().describe('unix ms; 0 while there is none')

const seat = z.strictObject({
  seat: z.int(),
  user: z.string().describe('empty while the seat is free'),
  name: z.string(),
  bot: z.boolean(),
  clientSeed: z.string(),
  borrow: z.int(),
  total: amount,
  share: amount,
})
const drop = z.strictObject({ round: z.int(), seat: z.int(), sku: z.string(), value: amount })

const state = z.strictObject({
  battle: z.string(),
  phase: z.string(),
  mode: z.string(),
  teamSize: z.int(),
  asset: z.string(),
  price: amount,
  entry: amount,
  sponsor: z.int(),
  minLevel: z.int(),
  borrowMax: z.int(),
  creator: z.string(),
  unlisted: z.boolean(),
  createdAt: time,
  expiresAt: time,
  seedHash: z.string(),
  boxesHash: z.string(),
  rounds: z.array(z.string()),
  seats: z.array(seat),
  entropySource: z.string(),
  entropyRound: z.int(),
  entropyDue: time,
  entropy: z.string(),
  revealFrom: time,
  revealMs: z.int(),
  revealed: z.int(),
  drops: z.array(drop),
  winners: z.array(z.int()),
  pot: amount,
  serverSeed: z.string().describe('empty until the battle is settled'),
  now: time,
  inMoney: z.array(z.string()).describe('skus of items that are paid in money, at their value'),
}) satisfies z.ZodType<PlainBattle>

const shown: z.infer<typeof state> = {
  battle: BATTLE,
  phase: 'waiting',
  mode: 'standard',
  teamSize: 1,
  asset: 'play:CREDIT',
  price: '250',
  entry: '250',
  sponsor: 0,
  minLevel: 0,
  borrowMax: 0,
  creator: '0190e0a3-0000-774b-bcce-b302099a8057',
  unlisted: false,
  createdAt: 1_760_000_000_000,
  expiresAt: 1_760_000_900_000,
  seedHash: SEED,
  boxesHash: SEED,
  rounds: ['pocket-change'],
  seats: [{ seat: 0, user: '', name: '', bot: false, clientSeed: '', borrow: 0, total: '0', share: '' }],
  entropySource: '',
  entropyRound: 0,
  entropyDue: 0,
  entropy: '',
  revealFrom: 0,
  revealMs: 3500,
  revealed: 0,
  drops: [],
  winners: [],
  pot: '',
  serverSeed: '',
  now: 1_760_000_000_000,
  inMoney: [],
}
const error = { code: 'battle/unknown', message: 'There is no such battle.', retry: false }
const feed = { lineage: '0f3a9c5e7b1d2468', from: '1200', to: '1207', events: [] }

export const battleFrames = {
  welcome: liveFeedFrames.welcome,
  frame: liveFeedFrames.frame,
  battle: z.strictObject({ type: z.literal('battle'), battle: z.string(), state }),
  rounds: z.strictObject({
    type: z.literal('rounds'),
    battle: z.string(),
    from: z.int(),
    revealed: z.int(),
    drops: z.array(drop),
    totals: z.array(amount),
  }),
  error: liveFeedFrames.error,
} as const

const plain: Channel = {
  id: 'battles',
  address: '/ws/battles',
  protocol: 'wss',
  title: 'The lobby and battles over a plain WebSocket',
  description: 'Text frames of JSON. To be watched; playing needs the room of a battle.',
  contentTypes: [JSON_TYPE],
  said: {
    token: {
      summary: 'Says who one is, which nobody has to.',
      schema: plainMessages.token,
      example: { type: 'token', token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' },
    },
    lobby: {
      summary: 'Asks for what happens to battles. Again: instead of what was asked for before.',
      schema: plainMessages.lobby,
      example: { type: 'lobby', filter: { types: ['battle.created'] } },
    },
    leaveLobby: { summary: 'Wants no more of it.', schema: plainMessages.leaveLobby, example: { type: 'leaveLobby' } },
    watch: {
      summary: 'Asks for one battle, instead of the last one.',
      schema: plainMessages.watch,
      example: { type: 'watch', battle: BATTLE },
    },
    unwatch: { summary: 'Wants no more of it.', schema: plainMessages.unwatch, example: { type: 'unwatch' } },
  },
  told: {
    welcome: {
      summary: 'What was missed of the lobby, or the latest.',
      schema: battleFrames.welcome,
      example: { type: 'welcome', ...feed, recovered: true },
    },
    frame: { summary: 'What is new in the lobby.', schema: battleFrames.frame, example: { type: 'frame', ...feed } },
    battle: {
      summary: 'All of a battle that may be seen now: on `watch` and after every commit.',
      schema: battleFrames.battle,
      example: { type: 'battle', battle: BATTLE, state: shown },
    },
    rounds: {
      summary: 'What was revealed since: rounds with from ≤ i < revealed.',
      schema: battleFrames.rounds,
      example: {
        type: 'rounds',
        battle: BATTLE,
        from: 0,
        revealed: 1,
        drops: [{ round: 0, seat: 0, sku: 'golden-acorn', value: '2500' }],
        totals: ['2500'],
      },
    },
    error: {
      summary: 'A refusal, or why the socket closes.',
      schema: battleFrames.error,
      example: { type: 'error', of: 'watch', ...error },
    },
  },
}

const room: Channel = {
  id: 'battleRoom',
  address: '/{process}/{room}',
  protocol: 'wss',
  title: 'A battle as a Colyseus room',
  description:
    'Joined with a seat of `POST /actors/battle/{battle}/seat`. The battle is the room’s state. Commands carry a number, with which ' +
    'they are answered once what they did is committed.',
  contentTypes: [MSGPACK_TYPE],
  parameters: { process: 'the process that the seat names', room: 'the room that the seat names' },
  said: {
    join: {
      summary: 'Takes a seat.',
      schema: battleMessages.join,
      example: { command: 1, seat: 1, clientSeed: SEED },
    },
    leave: { summary: 'Gives the seat up.', schema: battleMessages.leave, example: { command: 2 } },
    callBot: { summary: 'Fills a seat with a bot.', schema: battleMessages.callBot, example: { command: 3, seat: 1 } },
    cancel: { summary: 'Cancels a battle one is alone in.', schema: battleMessages.cancel, example: { command: 4 } },
  },
  told: {
    reply: {
      summary: 'The answer to a command.',
      schema: z.discriminatedUnion('ok', [
        z.strictObject({ command, ok: z.literal(true) }),
        z.strictObject({ command, ok: z.literal(false), error: errorReply.omit({ of: true }) }),
      ]),
      example: { command: 1, ok: true },
    },
    error: { summary: 'What was said could not be read as a command.', schema: errorReply, example: error },
  },
}

export const battleChannels: readonly Channel[] = [plain, room]

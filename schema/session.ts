import { schema, t, type SchemaType } from '@colyseus/schema'
import { z } from 'zod'
import type { ErrorReply } from './errors.ts'
import { sellBack, type Sold } from './http.ts'
import { setLimit, type OwnLimit } from './limits.ts'
import { beginSeeds, openBoxes, type Opened, type OwnSeeds } from './opening.ts'

/** Seeds as their owner sees them. Without a pair in use `seeds`, `seedHash` and `clientSeed` are empty. */
export const SeedsState = schema(
  {
    seeds: t.string(),
    seedHash: t.string(),
    clientSeed: t.string(),
    nonce: t.number(),
    nextSeeds: t.string(),
    nextSeedHash: t.string(),
  },
  'SeedsState',
)
export type SeedsState = SchemaType<typeof SeedsState>

/** A limit of one day (UTC): what it is, what is left of it, and what it becomes at `raiseFrom` (0: nothing is awaited; an empty `raise` is no limit). */
export const LimitState = schema(
  { amount: t.string(), left: t.string(), raise: t.string(), raiseFrom: t.number() },
  'LimitState',
)
export type LimitState = SchemaType<typeof LimitState>

/**
 * A user's live view of their own things. Balances by asset, decimal strings in smallest units; `held` of them is reserved; items
 * stand among them with their count. `levels` and `limits` are by the money that is wagered.
 */
export const SessionState = schema(
  {
    user: t.string(),
    name: t.string(),
    balances: t.map('string'),
    held: t.map('string'),
    levels: t.map('number'),
    seeds: SeedsState,
    limits: t.map(LimitState),
  },
  'SessionState',
)
export type SessionState = SchemaType<typeof SessionState>

/**
 * One message of the user's log: something that has happened and concerns them. `seq` is its number, the same on every device
 * and node; `prev` is that of the message told before it on this device, so that one which is missing shows.
 */
export type OwnResult = Readonly<{
  seq: string
  prev: string
  type: string
  at_ms: number
  payload: Readonly<Record<string, unknown>>
}>

/**
 * Messages of the log in order, under the message type `log`. The first ones come unasked after joining; while there is `more`,
 * the next ones come for the command `page`; afterwards each as it happens. `lineage` names the history its numbers are of.
 */
export type LogPage = Readonly<{ lineage: string; entries: readonly OwnResult[]; more: boolean }>

/** Messages of one page of the log. */
export const LOG_PAGE_MAX = 100

const position = z.string().regex(/^[a-z0-9]{8,32}:(0|[1-9][0-9]{0,18})$/)

/** How a device joins: with what follows the last message it has seen, or (left out) with all that is not acknowledged. */
export const sessionOptions = z.strictObject({ since: position.optional() })
export type SessionOptions = z.infer<typeof sessionOptions>

const command = z
  .int()
  .min(1)
  .max(2 ** 32 - 1)
/** The client's own id of a command: asked again under it, on whatever node, it is answered again and done once. */
const id = z.string().regex(/^[\x21-\x7e]{1,128}$/)
const seq = z.string().regex(/^(0|[1-9][0-9]{0,18})$/)

/** What a client may say to its session. `command` is the client's number for it; the reply carries it back. */
export const sessionMessages = {
  open: openBoxes.extend({ command, id }),
  sell: sellBack.extend({ command, id }),
  begin: beginSeeds.extend({ command }),
  limit: setLimit.extend({ command, id }),
  ack: z.strictObject({ command, seq }),
  page: z.strictObject({ command }),
} as const

export type SessionMessages = { [type in keyof typeof sessionMessages]: z.infer<(typeof sessionMessages)[type]> }

/** What each command is answered with, once what it did is committed. */
export type SessionAnswers = {
  open: Opened
  sell: Sold
  begin: OwnSeeds
  limit: readonly OwnLimit[]
  ack: null
  page: null
}

/** The answer to a command, under the message type `reply`. */
export type SessionReply = Readonly<
  | { command: number; ok: true; value: SessionAnswers[keyof SessionAnswers] }
  | { command: number; ok: false; error: ErrorReply }
>

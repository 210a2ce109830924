import { z } from 'zod'
import { BORROW_PERCENT_MAX } from './battle-mode.ts'
import type { ErrorReply } from './errors.ts'

/** A client seed: 32 bytes as 64 lower-case hex digits. It comes only with taking a seat. */
export const clientSeed = z.string().regex(/^[0-9a-f]{64}$/, 'a client seed is 64 lower-case hex digits')

const command = z
  .int()
  .min(1)
  .max(2 ** 32 - 1)
const seat = z.int().min(0).max(5)

/** How much of a stake the house lends, in percent; it takes as much of the winnings. */
export const borrow = z.int().min(0).max(BORROW_PERCENT_MAX)

/** What a client may say to a battle room. `command` is the client's number for it; the reply carries it back. */
export const battleMessages = {
  join: z.strictObject({ command, seat, clientSeed, borrow: borrow.optional() }),
  leave: z.strictObject({ command }),
  callBot: z.strictObject({ command, seat }),
  cancel: z.strictObject({ command }),
} as const

export type BattleMessages = { [type in keyof typeof battleMessages]: z.infer<(typeof battleMessages)[type]> }

/** The answer to a command, under the message type `reply`, after what it did is committed. */
export type CommandReply = Readonly<{ command: number; ok: true } | { command: number; ok: false; error: ErrorReply }>

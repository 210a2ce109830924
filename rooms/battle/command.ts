import type { Principal } from '../../access/access.ts'
import type { Entropy } from '../../entropy/entropy.ts'
import { cancel } from '../../game/battle/cancel.ts'
import { callBot, join, leave } from '../../game/battle/seat.ts'
import type { Battle } from '../../game/battle/state.ts'
import { NOTHING_IN_STOCK } from '../../game/battle/stock.ts'
import { battleMessages, type BattleMessages } from '../../schema/battle-message.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { Transfer } from '../../schema/outcome.ts'
import type { Command } from '../actor.ts'
import { battleCommand } from './rules.ts'

/** A message that zod has read, by its type. */
export type Said = {
  [type in keyof BattleMessages]: Readonly<{ type: type; message: BattleMessages[type] }>
}[keyof BattleMessages]

/** Reads a message of a client. Throws `request/invalid` with what is wrong; undefined when there is no such type. */
export function readMessage(type: string, payload: unknown): Said | undefined {
  if (!Object.hasOwn(battleMessages, type)) return undefined
  const known = type as keyof BattleMessages
  const read = battleMessages[known].safeParse(payload)
  if (read.success) return { type: known, message: read.data } as Said
  const problems = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new RollingDropError('request/invalid', { type: known, problems })
}

/** Who asks, with the level that a battle may ask for, and what a seat takes from their budgets. */
export type Asking = Pick<Principal, 'user' | 'name'> & Readonly<{ level?: number; taken?: readonly Transfer[] }>

/** What `by` asks of the battle, as a command for its actor. `inStock` is what the last seat could reserve of limited items. */
export function commandOf(
  battle: string,
  by: Asking,
  { type, message }: Said,
  entropy: Entropy,
  inStock = NOTHING_IN_STOCK,
): Command<Battle> {
  const { command: _number, ...asked } = message
  const received = { battle, by: by.user, type, ...asked }
  switch (type) {
    case 'join': {
      const { seat, clientSeed, borrow = 0 } = message
      const player = {
        seat,
        user: by.user,
        name: by.name,
        clientSeed,
        borrow,
        level: by.level ?? 0,
        taken: by.taken ?? [],
      }
      return battleCommand(received, (at, now_ms) => join(at, player, now_ms, { ...entropy.fix(now_ms), inStock }))
    }
    case 'leave':
      return battleCommand(received, (at, now_ms) => leave(at, { user: by.user }, now_ms))
    case 'callBot': {
      const call = { seat: message.seat, by: by.user }
      return battleCommand(received, (at, now_ms) => callBot(at, call, now_ms, { ...entropy.fix(now_ms), inStock }))
    }
    case 'cancel':
      return battleCommand(received, (at, now_ms) => cancel(at, { by: by.user }, now_ms))
    default:
      return type satisfies never
  }
}

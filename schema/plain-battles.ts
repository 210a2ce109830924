import { z } from 'zod'
import type { BattleState } from './battle-state.ts'
import type { ErrorReply } from './errors.ts'
import { feedFilter, type FeedFrame, type FeedWelcome } from './feed.ts'
import { battleRef } from './battle-ref.ts'

/** What the lobby tells: everything public that happens to a battle. */
export const lobbyTypes = [
  'battle.created',
  'battle.joined',
  'battle.left',
  'battle.cancelled',
  'battle.started',
  'battle.refixed',
  'battle.settled',
] as const

/**
 * What is said on `/ws/battles`, as JSON in text frames. `token` says who one is, which nobody has to; `lobby` asks for what
 * happens to battles, from a position on (that of a list, or of the last frame); `watch` for one battle instead of the last one.
 */
export const plainMessages = {
  token: z.strictObject({ type: z.literal('token'), token: z.string().min(1).max(4096) }),
  lobby: z.strictObject({
    type: z.literal('lobby'),
    since: z.string().max(64).optional(),
    filter: feedFilter
      .extend({ types: z.array(z.enum(lobbyTypes)).min(1).max(lobbyTypes.length).optional() })
      .optional(),
  }),
  leaveLobby: z.strictObject({ type: z.literal('leaveLobby') }),
  watch: z.strictObject({ type: z.literal('watch'), battle: battleRef }),
  unwatch: z.strictObject({ type: z.literal('unwatch') }),
} as const

export type PlainMessages = { [type in keyof typeof plainMessages]: z.infer<(typeof plainMessages)[type]> }
export type PlainMessage = PlainMessages[keyof PlainMessages]

type Whole = ReturnType<BattleState['toJSON']>
type Drop = Whole['drops'][number]

/** A battle as everyone sees it. Who is connected only its rooms know. */
export type PlainBattle = Omit<Whole, 'seats'> & { seats: readonly Omit<Whole['seats'][number], 'connected'>[] }

/**
 * What comes over `/ws/battles`. `battle` is the whole of it, on `watch` and after every commit; `rounds` is what was revealed
 * since, rounds `from` ≤ i < `revealed`. `of` is the type of the message an error is about.
 */
export type PlainFrame =
  | Readonly<{ type: 'welcome' } & FeedWelcome>
  | Readonly<{ type: 'frame' } & FeedFrame>
  | Readonly<{ type: 'battle'; battle: string; state: PlainBattle }>
  | Readonly<{
      type: 'rounds'
      battle: string
      from: number
      revealed: number
      drops: readonly Drop[]
      totals: readonly string[]
    }>
  | Readonly<{ type: 'error'; of?: string } & ErrorReply>

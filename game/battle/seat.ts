import type { BattleJoined, BattleLeft, BattleStarted } from '../../schema/battle-event.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { Transfer } from '../../schema/outcome.ts'
import type { EntropyFix } from '../fairness/chain.ts'
import { botSeed, isHex32 } from '../fairness/seed.ts'
import { cancel } from './cancel.ts'
import { accept, refusedUnlessWaiting, reject, seatOf } from './decision.ts'
import { whyNotBorrow } from './options.ts'
import { refunds, remembered, sponsoredBack, sponsorshipsBack, stakes } from './stake.ts'
import { NOTHING_IN_STOCK, reservations, reserved, type InStock } from './stock.ts'
import type { Battle, Decision, Seat } from './state.ts'

/**
 * `borrow` is in percent, 0 when left out; `level` follows from what the player has wagered, 0 when left out. `taken` is what the seat
 * takes from the player's budgets.
 */
export type Join = Readonly<{
  seat: number
  user: string
  name: string
  clientSeed: string
  borrow?: number
  level?: number
  taken?: readonly Transfer[]
}>
export type BotCall = Readonly<{ seat: number; by: string }>

/** What the last seat of a battle fixes: the public value that decides, and what is kept of the items free in stock. */
export type Start = EntropyFix & Readonly<{ inStock?: InStock }>

/**
 * Takes a seat and pays what is neither sponsored nor borrowed of it. With the last one the battle starts: `entropy`, which must not be due yet, is then fixed
 * as what decides it, and what it could draw of limited items is reserved; before, both go unused. Refuses with `battle/already-seated`, `battle/full`, `battle/finished`,
 * `battle/seat-unknown`, `battle/seat-taken`, `battle/level`, `battle/options` (more was to be borrowed than is allowed) or
 * `request/invalid`.
 */
export function join(battle: Battle, player: Join, now_ms: number, start: Start): Decision {
  if (isOver(battle, now_ms)) return reject('battle/finished')
  if (seatOf(battle, player.user) >= 0) return reject('battle/already-seated')
  if (battle.phase !== 'waiting') return reject('battle/full')
  if (!isHex32(player.clientSeed)) return reject('request/invalid', { field: 'clientSeed' })
  const { seat, user, name, clientSeed, borrow = 0, level = 0, taken = [] } = player
  if (level < battle.minLevel) return reject('battle/level', { level, minLevel: battle.minLevel })
  const reason = whyNotBorrow(borrow, battle.borrowMax)
  if (reason) return reject('battle/options', { reason })
  const taking: Seat = { user, name, bot: false, clientSeed, borrow, ...remembered(taken, now_ms) }
  return sit(battle, seat, taking, now_ms, start)
}

/**
 * Has a bot take a seat; the house pays all of it, what was sponsored of it goes back to the creator, and its client seed
 * follows from the battle's id and the seat. Only the creator may call one (`battle/not-creator`). Refuses like `join`, or with `battle/already-started`.
 */
export function callBot(battle: Battle, { seat, by }: BotCall, now_ms: number, start: Start): Decision {
  if (isOver(battle, now_ms)) return reject('battle/finished')
  if (by !== battle.creator) return reject('battle/not-creator')
  const bot: Seat = { user: null, name: `Bot ${seat + 1}`, bot: true, clientSeed: '', borrow: 0 }
  return refusedUnlessWaiting(battle) ?? sit(battle, seat, bot, now_ms, start)
}

/**
 * Gives a seat up before the start; what it cost comes back. The creator can leave only while alone, which cancels the
 * battle (`battle/not-alone` otherwise). Refuses with `battle/not-seated`, `battle/already-started` or `battle/finished`.
 */
export function leave(battle: Battle, { user }: Readonly<{ user: string }>, now_ms: number): Decision {
  const index = seatOf(battle, user)
  if (index < 0) return reject('battle/not-seated')
  const refusal = refusedUnlessWaiting(battle)
  if (refusal) return refusal
  if (user === battle.creator) return cancel(battle, { by: user }, now_ms)
  const payload: BattleLeft = { battle: battle.id, seat: index, user }
  return accept(
    { ...battle, seats: battle.seats.with(index, null) },
    {
      kind: 'battle.leave',
      transfers: refunds(battle, index, battle.seats[index]!, now_ms),
      events: [{ type: 'battle.left', payload }],
      wake_at_ms: battle.expires_ms,
      finished: false,
    },
  )
}

/** Ended, or waiting past its time: the alarm that refunds everyone is on its way. */
function isOver(battle: Battle, now_ms: number): boolean {
  if (battle.phase === 'waiting') return now_ms >= battle.expires_ms
  return battle.phase === 'settled' || battle.phase === 'cancelled'
}

function sit(battle: Battle, index: number, taken: Seat, now_ms: number, start: Start): Decision {
  const there = battle.seats[index]
  if (there === undefined) return reject('battle/seat-unknown')
  if (there !== null) return reject('battle/seat-taken')
  const seat = taken.bot ? { ...taken, clientSeed: botSeed(battle.id, index) } : taken
  const before = seat.bot ? sponsoredBack(battle, now_ms) : { battle, transfers: [] }
  const seated: Battle = { ...before.battle, seats: before.battle.seats.with(index, seat) }
  const next = seated.seats.includes(null) ? seated : started(seated, now_ms, start)
  const payload: BattleJoined = { battle: battle.id, seat: index, user: seat.user, bot: seat.bot }
  return accept(next, {
    kind: seat.bot ? 'battle.call-bot' : 'battle.join',
    transfers: [
      ...(seat.taken?.transfers ?? []),
      ...stakes(battle, index, seat),
      ...(seat.bot ? sponsorshipsBack(battle, 1) : []),
      ...before.transfers,
      ...reservations(next),
    ],
    events: [{ type: 'battle.joined', payload }, ...startTold(next)],
    wake_at_ms: next.entropy?.due_ms ?? battle.expires_ms,
    finished: false,
  })
}

function started(battle: Battle, now_ms: number, fix: Start): Battle {
  if (fix.due_ms <= now_ms) throw new Error(`entropy round ${fix.round} is due already: it could be known`)
  const { source, round, due_ms, anchor, inStock = NOTHING_IN_STOCK } = fix
  const limited = reserved(battle, inStock)
  return { ...battle, phase: 'drawing', limited, entropy: { source, round, due_ms, anchor, value: null } }
}

function startTold({ id, entropy, limited }: Battle): EventDraft[] {
  if (entropy === null) return []
  const { source, round, due_ms } = entropy
  const reserves = limited.length > 0 && { limited }
  const payload: BattleStarted = { battle: id, entropy: { source, round, due_ms }, ...reserves }
  return [{ type: 'battle.started', payload }]
}

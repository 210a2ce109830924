import { escrowOwner, HOUSE, userOwner } from '../../schema/account.ts'
import { sum } from '../../schema/amount.ts'
import type { ErrorCode } from '../../schema/errors.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { Transfer } from '../../schema/outcome.ts'
import type { Battle, Decision, Effects, Seat } from './state.ts'

/** The decision to go on to `battle` with these effects. An unlisted battle's events stay inside the system. */
export function accept(battle: Battle, effects: Effects): Decision {
  const events = battle.unlisted ? effects.events.map(inside) : effects.events
  return { ok: true, battle, effects: { ...effects, events } }
}

export function reject(code: ErrorCode, details?: unknown): Decision {
  return details === undefined ? { ok: false, code } : { ok: false, code, details }
}

function inside(event: EventDraft): EventDraft {
  return { ...event, audience: 'internal' }
}

/** The refusal for a battle that no longer waits for players; undefined while it waits. */
export function refusedUnlessWaiting(battle: Battle): Decision | undefined {
  switch (battle.phase) {
    case 'waiting':
      return undefined
    case 'drawing':
    case 'revealing':
      return reject('battle/already-started')
    case 'settled':
    case 'cancelled':
      return reject('battle/finished')
    default:
      return battle.phase satisfies never
  }
}

/** Who pays for a seat and is refunded: the player, or the house for a bot. */
export function payerOf(seat: Pick<Seat, 'user'>): string {
  return seat.user === null ? HOUSE : userOwner(seat.user)
}

/** The price of a seat, into the escrow. */
export function stake(battle: Battle, seat: Pick<Seat, 'user'>): Transfer {
  return { asset: battle.asset, debit: payerOf(seat), credit: escrowOwner(battle.id), amount: battle.price }
}

/** The price of a seat, back out of the escrow. */
export function refund(battle: Battle, seat: Pick<Seat, 'user'>): Transfer {
  return { asset: battle.asset, debit: escrowOwner(battle.id), credit: payerOf(seat), amount: battle.price }
}

/** All that lies in the escrow of a battle with every seat taken. */
export function stakes(battle: Battle) {
  return sum(battle.seats.map(() => battle.price))
}

/** The seat of `user`, or −1. */
export function seatOf(battle: Battle, user: string): number {
  return battle.seats.findIndex((seat) => seat !== null && seat.user === user)
}

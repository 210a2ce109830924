import type { ErrorCode } from '../../schema/errors.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { Battle, Decision, Effects } from './state.ts'

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

/** The seat of `user`, or −1. */
export function seatOf(battle: Battle, user: string): number {
  return battle.seats.findIndex((seat) => seat !== null && seat.user === user)
}

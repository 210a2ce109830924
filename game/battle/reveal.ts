import { isHex32 } from '../fairness/seed.ts'
import { accept, reject } from './decision.ts'
import type { Battle, Decision } from './state.ts'

/** The longest pause between the draw and the first round: time for every client to have been told. */
const LEAD_MS_MAX = 1_500

/** A public value, 64 hex digits. `signature`, in hex, comes with a drand round and is what the value is checked by. */
export type PublicValue = Readonly<{ entropyValue: string; signature?: string }>

/**
 * Takes in the public value that decides the battle and sets the times of its rounds. Neither the state
 * nor the event says what was drawn. Refuses with `battle/too-early` before the value is due or the battle has started,
 * with `battle/already-started` when it was drawn before, and with `battle/finished`.
 */
export function drawn(battle: Battle, { entropyValue, signature }: PublicValue, now_ms: number): Decision {
  const { entropy } = battle
  if (battle.phase === 'settled' || battle.phase === 'cancelled') return reject('battle/finished')
  if (battle.phase === 'revealing') return reject('battle/already-started')
  if (entropy === null || now_ms < entropy.due_ms) return reject('battle/too-early')
  if (!isHex32(entropyValue)) throw new RangeError('an entropy value is 64 lower-case hex digits')
  const reveal_from_ms = now_ms + Math.min(LEAD_MS_MAX, battle.reveal_ms)
  const value = { ...entropy, value: entropyValue, ...(signature !== undefined && { signature }) }
  const next: Battle = { ...battle, phase: 'revealing', entropy: value, reveal_from_ms }
  return accept(next, {
    kind: 'battle.draw',
    transfers: [],
    events: [{ type: 'battle.drawn', payload: { battle: battle.id, entropy: entropyValue, reveal_from_ms } }],
    wake_at_ms: settlesAt(next),
    finished: false,
  })
}

/** How many rounds may be shown at `now_ms`: none before the draw, all after the settlement. */
export function revealedRounds(battle: Battle, now_ms: number): number {
  if (battle.phase === 'settled') return battle.rounds.length
  if (battle.reveal_from_ms === null || now_ms < battle.reveal_from_ms) return 0
  const passed = Math.floor((now_ms - battle.reveal_from_ms) / battle.reveal_ms)
  return Math.min(battle.rounds.length, passed + 1)
}

/** When the last round has been shown for its whole time, unix ms; null before the draw. */
export function settlesAt(battle: Battle): number | null {
  return battle.reveal_from_ms === null ? null : battle.reveal_from_ms + battle.rounds.length * battle.reveal_ms
}

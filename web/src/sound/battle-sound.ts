import { useEffect } from 'preact/hooks'
import type { OpenBattle } from '../state/battle.ts'
import { calm } from '../state/motion.ts'
import { TICKET_MS } from '../state/reveal.ts'
import { user } from '../state/session.ts'
import { play } from './sound.ts'

const TICKS = 14
const TICK = { hertz: 1_150, long_ms: 28, loud: 0.03, shape: 'triangle' } as const

/** Ticks that slow down as what they follow comes to rest: they pass equal ways of a movement that ends as a cubic does. */
function ticks(over_ms: number): void {
  const at = (i: number) => over_ms * (1 - Math.cbrt(1 - i / TICKS))
  play(Array.from({ length: TICKS }, (_, i) => ({ ...TICK, at_ms: at(i) })))
}

const CHIME = [523.25, 659.25, 783.99, 1046.5]

function chime(mine: boolean): void {
  const notes = mine ? CHIME : CHIME.slice(0, 2)
  play(notes.map((hertz, i) => ({ hertz, at_ms: i * 110, long_ms: 700, loud: mine ? 0.09 : 0.04 })))
}

/** Lets a battle be heard: ticks while reels land, a knock when they stand, a chime at the end. Calm: the end alone. */
export function useBattleSound(battle: OpenBattle): void {
  const { type, round, land_ms } = battle.reveal.stage.value
  useEffect(() => {
    if (type === 'done' && battle.reveal.witnessed.peek()) {
      const view = battle.view.peek()
      chime(view?.winners.some((seat) => view.seats[seat]?.user === user.peek()?.id) ?? false)
    }
    if (calm.peek()) return
    if (type === 'land') ticks(land_ms)
    if (type === 'ticket') ticks(TICKET_MS)
    if (type === 'show') play([{ hertz: 210, at_ms: 0, long_ms: 130, loud: 0.08 }])
  }, [type, round])
}

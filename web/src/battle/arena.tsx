import type { OpenBattle } from '../state/battle.ts'
import { leaders, type BattleView } from '../state/battle-view.ts'
import { SeatColumn } from './seat-column.tsx'

/** Battles longer than this show what was opened in smaller tiles. */
const LONG_FROM = 9

/** The seats side by side. */
export function Arena({ battle, view }: { battle: OpenBattle; view: BattleView }) {
  const landed = battle.reveal.landed.value
  const done = battle.reveal.stage.value.type === 'done'
  const ahead = done ? view.winners : leaders(view, landed)
  return (
    <section
      class={`arena ${view.rounds.length > LONG_FROM ? 'long' : ''}`}
      data-seats={view.seats.length}
      aria-label="Seats"
    >
      {view.seats.map((seat, i) => (
        <SeatColumn key={i} battle={battle} view={view} index={i} seat={seat} ahead={ahead.includes(i)} />
      ))}
    </section>
  )
}

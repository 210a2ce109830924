import { credits } from '../format/credits.ts'
import { teamName } from '../mode/sides.ts'
import type { OpenBattle } from '../state/battle.ts'
import { leadingSides, sidesOf, sideTotals } from '../state/battle-sides.ts'
import type { BattleView } from '../state/battle-view.ts'
import { Icon } from '../shell/icon.tsx'
import { SeatColumn } from './seat-column.tsx'

/** Battles longer than this show what was opened in smaller tiles. */
const LONG_FROM = 9

type Props = Readonly<{ battle: OpenBattle; view: BattleView }>

/** The seats side by side, those of a team together. */
export function Arena({ battle, view }: Props) {
  const landed = battle.reveal.landed.value
  const done = battle.reveal.stage.value.type === 'done'
  const sides = sidesOf(view)
  const leading = leadingSides(view, landed)
  const ahead = (seat: number) =>
    done ? view.winners.includes(seat) : leading.includes(Math.floor(seat / view.teamSize))
  const columns = (seats: readonly number[]) =>
    seats.map((seat) => (
      <SeatColumn key={seat} battle={battle} view={view} index={seat} seat={view.seats[seat]!} ahead={ahead(seat)} />
    ))
  const long = view.rounds.length > LONG_FROM ? 'long' : ''
  if (view.teamSize === 1) {
    return (
      <section class={`arena ${long}`} data-seats={view.seats.length} aria-label="Seats">
        {columns(sides.flat())}
      </section>
    )
  }
  return (
    <section class={`arena teams ${long}`} data-seats={view.seats.length} data-sides={sides.length} aria-label="Teams">
      {sides.map((seats, side) => (
        <div
          key={side}
          class={`side tint-${side} ${ahead(seats[0]!) ? 'ahead' : ''} ${done ? 'over' : ''}`}
          role="group"
          aria-label={teamName(side)}
        >
          <SideHead view={view} side={side} rounds={landed} won={done && ahead(seats[0]!)} />
          <div class="side-seats">{columns(seats)}</div>
        </div>
      ))}
    </section>
  )
}

function SideHead({ view, side, rounds, won }: { view: BattleView; side: number; rounds: number; won: boolean }) {
  return (
    <header class="side-head">
      <i aria-hidden="true" />
      <h2>{teamName(side)}</h2>
      {won && <Icon name="crown" />}
      {view.phase !== 'waiting' && view.phase !== 'cancelled' && (
        <output data-testid={`side-total-${side}`}>{credits(sideTotals(view, rounds)[side]!)}</output>
      )}
    </header>
  )
}

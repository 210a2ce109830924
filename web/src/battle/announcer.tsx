import { credits } from '../format/credits.ts'
import { outcomeOf } from '../mode/outcome.ts'
import type { OpenBattle } from '../state/battle.ts'
import type { BattleView } from '../state/battle-view.ts'
import { itemOf } from '../state/catalog.ts'

/** Says each result in words for those who do not see the reels. */
export function Announcer({ battle, view }: { battle: OpenBattle; view: BattleView }) {
  const landed = battle.reveal.landed.value
  const done = battle.reveal.stage.value.type === 'done'
  return (
    <p class="sr-only" role="log" aria-live="polite">
      {done ? outcome(view) : landed > 0 ? roundWords(view, landed - 1) : ''}
    </p>
  )
}

function outcome(view: BattleView): string {
  const name = view.seats[view.winners[0] ?? 0]?.name ?? 'A player'
  const { who, did } = outcomeOf({ ...view, seats: view.seats.length }, name)
  return `${who} ${did} ${credits(view.pot)} credits.`
}

function roundWords(view: BattleView, round: number): string {
  const parts = view.drops
    .filter((drop) => drop.round === round)
    .map(
      ({ seat, sku, value }) =>
        `${view.seats[seat]?.name ?? `Seat ${seat + 1}`} opened ${itemOf(sku).name}, ${credits(value)}`,
    )
  return `Round ${round + 1}: ${parts.join('; ')}.`
}

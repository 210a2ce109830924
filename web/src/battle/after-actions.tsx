import { credits } from '../format/credits.ts'
import type { OpenBattle } from '../state/battle.ts'
import type { BattleView } from '../state/battle-view.ts'
import { creating, openBattle } from '../state/draft.ts'
import { costs, type Options } from '../state/draft-options.ts'
import { purse, user } from '../state/session.ts'
import { Icon } from '../shell/icon.tsx'

/** What one does after a battle: the same again with all its options, or checking it. */
export function AfterActions({ battle, view }: { battle: OpenBattle; view: BattleView }) {
  const record = battle.detail.value
  const options = optionsOf(view, record?.fast ?? false)
  const { own, gift } = costs(view.price, options)
  const short = purse.value !== null && purse.value < own + gift
  return (
    <div class="after">
      <button
        class="button primary"
        type="button"
        data-testid="rematch"
        disabled={record === null || short || creating.value}
        title={
          short ? 'Your balance is too low for this battle' : 'A new battle with the same boxes, sides and options'
        }
        onClick={() => void openBattle({ ...options, rounds: view.rounds })}
      >
        <Icon name="repeat" /> Rematch · {credits(own + gift)}
      </button>
      <a class="button" href="#verify-panel">
        <Icon name="shield" /> Verify
      </a>
    </div>
  )
}

/** The options of a battle for the next one; of the stake, one borrows as much as in this one. */
function optionsOf(view: BattleView, fast: boolean): Options {
  const { mode, teamSize, sponsor, minLevel, borrowMax, unlisted } = view
  const mine = view.seats.find((seat) => seat !== null && !seat.bot && seat.user === user.value?.id)
  return {
    mode,
    teamSize,
    sponsor,
    minLevel,
    borrowMax,
    unlisted,
    seats: view.seats.length,
    borrow: mine?.borrow ?? 0,
    fast,
  }
}

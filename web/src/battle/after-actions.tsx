import { credits } from '../format/credits.ts'
import type { OpenBattle } from '../state/battle.ts'
import type { BattleView } from '../state/battle-view.ts'
import { creating, openBattle } from '../state/draft.ts'
import { purse } from '../state/session.ts'
import { Icon } from '../shell/icon.tsx'

/** What one does after a battle: the same again, or checking it. */
export function AfterActions({ view }: { battle: OpenBattle; view: BattleView }) {
  const short = purse.value !== null && purse.value < view.price
  const rematch = () => void openBattle({ rounds: view.rounds, seats: view.seats.length, unlisted: view.unlisted })
  return (
    <div class="after">
      <button
        class="button primary"
        type="button"
        data-testid="rematch"
        disabled={short || creating.value}
        title={short ? 'Your balance is too low for this seat' : 'A new battle with the same boxes and seats'}
        onClick={rematch}
      >
        <Icon name="repeat" /> Rematch · {credits(view.price)}
      </button>
      <a class="button" href="#verify-panel">
        <Icon name="shield" /> Verify
      </a>
    </div>
  )
}

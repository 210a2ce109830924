import type { OpenBattle } from '../state/battle.ts'
import type { BattleView } from '../state/battle-view.ts'
import { level, user } from '../state/session.ts'

/** Cancelling for the creator while alone, leaving for everyone else who sits. */
export function WaitingActions({ battle, view }: { battle: OpenBattle; view: BattleView }) {
  const me = user.value?.id
  const seated = view.seats.some((seat) => seat !== null && !seat.bot && seat.user === me)
  if (!seated) return <LevelNote view={view} />
  if (me !== view.creator) {
    return (
      <button
        class="button"
        type="button"
        data-testid="leave"
        disabled={battle.busy.value}
        onClick={() => void battle.say((link) => link.leave())}
      >
        Leave and get refunded
      </button>
    )
  }
  const alone = view.seats.every((seat) => seat === null || seat.bot || seat.user === me)
  return (
    <button
      class="button"
      type="button"
      data-testid="cancel"
      disabled={!alone || battle.busy.value}
      title={alone ? undefined : 'Others have joined; it can no longer be cancelled'}
      onClick={() => void battle.say((link) => link.cancel())}
    >
      Cancel battle
    </button>
  )
}

/** Why somebody cannot join, and what would change it. */
function LevelNote({ view }: { view: BattleView }) {
  if (level.value === null || level.value >= view.minLevel) return null
  return (
    <p class="hint level-note" data-testid="level-low">
      This battle asks for level {view.minLevel}, you are level {level.value}. <a href="/rules">Levels</a> grow with
      what you play for.
    </p>
  )
}

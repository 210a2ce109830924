import { credits } from '../format/credits.ts'
import type { OpenBattle } from '../state/battle.ts'
import type { BattleView } from '../state/battle-view.ts'
import { purse, user } from '../state/session.ts'
import { Icon } from '../shell/icon.tsx'

/** What can be done about a free seat: take it, or, as the creator, let a bot have it. */
export function FreeSeat({ battle, view, index }: { battle: OpenBattle; view: BattleView; index: number }) {
  const me = user.value?.id
  const seated = view.seats.some((seat) => seat !== null && !seat.bot && seat.user === me)
  const short = purse.value !== null && purse.value < view.price
  const off = battle.busy.value || battle.status.value !== 'live' || view.phase !== 'waiting'
  return (
    <div class="seat-stage free-stage">
      <span class="free-ring" aria-hidden="true">
        <Icon name="plus" />
      </span>
      {!seated && (
        <button
          class="button primary"
          type="button"
          data-testid={`join-seat-${index}`}
          disabled={off || short}
          onClick={() => void battle.say((link) => link.join(index))}
        >
          {short ? 'Balance too low' : `Join for ${credits(view.price)}`}
        </button>
      )}
      {me === view.creator && view.phase === 'waiting' && (
        <button
          class="button"
          type="button"
          data-testid={`call-bot-${index}`}
          disabled={off}
          onClick={() => void battle.say((link) => link.callBot(index))}
        >
          <Icon name="bot" /> Call a bot
        </button>
      )}
      {seated && me !== view.creator && <p class="hint">Waiting for someone to sit here</p>}
    </div>
  )
}

import { credits } from '../format/credits.ts'
import type { OpenBattle } from '../state/battle.ts'
import type { BattleView } from '../state/battle-view.ts'
import { user } from '../state/session.ts'
import { JoinButton } from '../join/join-button.tsx'
import { Icon } from '../shell/icon.tsx'

/** What can be done about a free seat: take it, or, as the creator, let a bot have it. */
export function FreeSeat({ battle, view, index }: { battle: OpenBattle; view: BattleView; index: number }) {
  if (view.phase === 'cancelled') return <div class="seat-stage free-stage hint">Nobody came</div>
  const me = user.value?.id
  const seated = view.seats.some((seat) => seat !== null && !seat.bot && seat.user === me)
  const off = battle.busy.value || battle.status.value !== 'live' || view.phase !== 'waiting'
  return (
    <div class="seat-stage free-stage">
      <span class="free-ring" aria-hidden="true">
        <Icon name="plus" />
      </span>
      {!seated && (
        <JoinButton
          entry={view.entry}
          borrowMax={view.borrowMax}
          minLevel={view.minLevel}
          off={off}
          testId={`join-seat-${index}`}
          words={view.entry === 0n ? 'Join for free' : `Join for ${credits(view.entry)}`}
          onJoin={(borrow) => void battle.say((link) => link.join(index, undefined, borrow))}
        />
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

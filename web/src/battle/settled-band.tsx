import { credits } from '../format/credits.ts'
import { isPeaceful, modeTexts } from '../mode/modes.ts'
import { teamName } from '../mode/sides.ts'
import type { OpenBattle } from '../state/battle.ts'
import { wasTied, winningSide } from '../state/battle-sides.ts'
import type { BattleView, SeatView } from '../state/battle-view.ts'
import { user } from '../state/session.ts'
import { Face } from '../shell/face.tsx'
import { Icon } from '../shell/icon.tsx'
import { AfterActions } from './after-actions.tsx'

/** Who won, what they got and why. */
export function Settled({ battle, view }: { battle: OpenBattle; view: BattleView }) {
  const isMine = (seat: SeatView | null) => seat !== null && !seat.bot && seat.user === user.value?.id
  const winners = view.winners.map((seat) => view.seats[seat] ?? null)
  const own = winners.find(isMine) ?? null
  const shown = own ?? winners[0] ?? null
  return (
    <>
      <Face of={shown} />
      <div class="phase-words" data-testid="winner" data-seat={view.winners[0]} data-mine={own !== null}>
        <h2>
          <Icon name={isPeaceful(view.mode) ? modeTexts[view.mode].icon : 'crown'} /> {title(view, own)}
        </h2>
        <p>{reason(view, own)}</p>
      </div>
      <AfterActions battle={battle} view={view} />
    </>
  )
}

function title(view: BattleView, own: SeatView | null) {
  const each = <em>{credits(own?.share ?? view.seats[view.winners[0] ?? 0]?.share ?? 0n)}</em>
  if (view.mode === 'shared')
    return (
      <>
        {own ? 'You get' : 'Everyone gets'} {each}
      </>
    )
  if (view.mode === 'group')
    return own ? (
      <>You keep {each}</>
    ) : (
      <>
        Opened together: <em>{credits(view.pot)}</em>
      </>
    )
  const pot = <em>{credits(view.pot)}</em>
  if (view.teamSize > 1)
    return (
      <>
        {own ? 'Your team wins' : `${teamName(winningSide(view) ?? 0)} wins`} {pot}
      </>
    )
  const winner = view.seats[view.winners[0] ?? 0]
  return (
    <>
      {own ? 'You win' : `${winner?.name ?? 'A player'} wins`} {pot}
    </>
  )
}

function reason(view: BattleView, own: SeatView | null): string {
  const rule = wasTied(view) ? 'Level at the end: one more draw from the same seeds decided.' : modeTexts[view.mode].won
  if (own === null || isPeaceful(view.mode)) return rule
  const share = credits(own.share ?? 0n)
  if (own.borrow > 0) return `Yours: ${share}. The house takes the ${own.borrow} % that it lent. ${rule}`
  if (view.teamSize > 1) return `Your share: ${share}. ${rule}`
  return wasTied(view) ? rule : 'Everything that was opened is yours.'
}

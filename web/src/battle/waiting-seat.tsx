import { boxArt } from '../art/box.ts'
import type { BattleView, SeatView } from '../state/battle-view.ts'

/** A taken seat before the start: the first box, ready. */
export function WaitingSeat({ view, seat }: { view: BattleView; seat: SeatView }) {
  return (
    <div class="seat-stage ready-stage">
      <img src={boxArt(view.rounds[0]!)} alt="" />
      <p class="ready">{view.phase === 'cancelled' ? 'Refunded' : seat.bot ? 'Bot is ready' : 'Ready'}</p>
    </div>
  )
}

import { isPeaceful } from '../mode/modes.ts'
import { credits } from '../format/credits.ts'
import type { OpenBattle } from '../state/battle.ts'
import { dropsOf, totalOf, type BattleView, type SeatView } from '../state/battle-view.ts'
import { shareSoFar } from '../state/battle-sides.ts'
import { user } from '../state/session.ts'
import { Face } from '../shell/face.tsx'
import { ItemTile } from '../items/item-tile.tsx'
import { Icon } from '../shell/icon.tsx'
import { Confetti } from './confetti.tsx'
import { FreeSeat } from './free-seat.tsx'
import { Reel } from './reel.tsx'
import { WaitingSeat } from './waiting-seat.tsx'

type Props = Readonly<{ battle: OpenBattle; view: BattleView; index: number; seat: SeatView | null; ahead: boolean }>

/** One seat: who, how much so far, the reel, and everything opened in it. */
export function SeatColumn({ battle, view, index, seat, ahead }: Props) {
  const landed = battle.reveal.landed.value
  const stage = battle.reveal.stage.value
  const done = stage.type === 'done'
  const won = done && view.winners.includes(index)
  const drops = dropsOf(view, index, landed)
  const mine = seat !== null && !seat.bot && seat.user === user.value?.id
  const lost = done && !won
  const mood = won ? (isPeaceful(view.mode) ? 'kept' : 'won') : lost ? 'lost' : ahead ? 'ahead' : ''
  return (
    <section
      class={`seat ${mood} ${seat === null ? 'free' : ''}`}
      data-testid={`seat-${index}`}
      aria-label={`Seat ${index + 1}`}
    >
      <header class="seat-head">
        <Face of={seat} />
        <span class="seat-who">
          <b>{seat?.name ?? 'Free seat'}</b>
          <small>{seat === null ? `Seat ${index + 1}` : seatNote(seat, mine)}</small>
        </span>
        {won && !isPeaceful(view.mode) && <Icon name="crown" />}
        {view.phase !== 'waiting' && view.phase !== 'cancelled' && (
          <output class="seat-total" data-testid={`total-${index}`}>
            {credits(totalOf(view, index, landed))}
          </output>
        )}
      </header>
      {seat === null ? (
        <FreeSeat battle={battle} view={view} index={index} />
      ) : view.phase === 'waiting' || view.phase === 'cancelled' ? (
        <WaitingSeat view={view} seat={seat} />
      ) : done ? null : (
        <Reel view={view} stage={stage} seat={index} />
      )}
      <SeatShare view={view} seat={seat} done={done} soFar={shareSoFar(view, index, landed)} />
      {won && !isPeaceful(view.mode) && battle.reveal.witnessed.value && <Confetti />}
      {drops.length > 0 && (
        <ol class="seat-drops" aria-label={`What ${seat?.name ?? 'this seat'} opened`}>
          {drops.toReversed().map((drop) => (
            <li key={drop.round}>
              <ItemTile sku={drop.sku} value={drop.value} fresh={!done && drop.round === landed - 1} />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

/** What the seat gets, beside what it opened, and the part of it that is the house's. */
function SeatShare({
  view,
  seat,
  done,
  soFar,
}: Readonly<{ view: BattleView; seat: SeatView | null; done: boolean; soFar: bigint | null }>) {
  if (seat === null) return null
  const share = done ? seat.share || null : view.phase === 'waiting' || view.phase === 'cancelled' ? null : soFar
  if (seat.borrow === 0 && share === null) return null
  return (
    <p class="seat-share">
      {share !== null && (
        <span>
          {done ? 'Gets' : 'Share so far'} <b data-testid={`share-${seat.seat}`}>{credits(share)}</b>
        </span>
      )}
      {seat.borrow > 0 && (
        <span class="badge" title={`The house lent ${seat.borrow} % of this seat and takes as much of what it wins`}>
          {seat.borrow} % borrowed
        </span>
      )}
    </p>
  )
}

function seatNote(seat: SeatView, mine: boolean): string {
  if (mine) return 'You'
  if (seat.bot) return 'For the house'
  return seat.connected ? 'Player' : 'Away, still in'
}

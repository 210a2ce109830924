import { clockTime, countdown } from '../format/time.ts'
import { count } from '../format/words.ts'
import type { OpenBattle } from '../state/battle.ts'
import type { BattleView } from '../state/battle-view.ts'
import { boxName } from '../state/catalog.ts'
import { now } from '../state/clock.ts'
import { isTerminal } from '../mode/modes.ts'
import { RoundsTrack } from './rounds-track.tsx'
import { Settled } from './settled-band.tsx'
import { WaitingActions } from './waiting-actions.tsx'

type Props = Readonly<{ battle: OpenBattle; view: BattleView }>

/** A public value that is not here so long after its time is called late. */
const LATE_MS = 3_000

/** Where the battle stands, in one band, with what one can do about it. */
export function PhaseBand({ battle, view }: Props) {
  // The server settles while the last reel may still be coming to rest: until then it is a round like any other.
  const phase = view.phase === 'settled' && battle.reveal.stage.value.type !== 'done' ? 'revealing' : view.phase
  return (
    <section
      class={`phase ${phase}`}
      data-testid="battle-phase"
      data-phase={phase}
      aria-label="Where the battle stands"
    >
      {battle.status.value === 'reconnecting' && (
        <p class="phase-reconnecting" role="status">
          <i class="spinner" /> Reconnecting to the battle…
        </p>
      )}
      <Words phase={phase} battle={battle} view={view} />
      {phase === 'revealing' && (
        <progress max={view.rounds.length} value={battle.reveal.landed.value} aria-label="Rounds opened" />
      )}
    </section>
  )
}

function Words({ phase, battle, view }: Props & { phase: BattleView['phase'] }) {
  switch (phase) {
    case 'waiting':
      return <Waiting battle={battle} view={view} />
    case 'drawing':
      return <Drawing battle={battle} view={view} />
    case 'revealing':
      return <Revealing battle={battle} view={view} />
    case 'settled':
      return <Settled battle={battle} view={view} />
    case 'cancelled':
      return (
        <div class="phase-words">
          <h2>Cancelled</h2>
          <p>Every seat has been refunded.</p>
        </div>
      )
    default:
      return phase satisfies never
  }
}

function Waiting({ battle, view }: Props) {
  const free = view.seats.filter((seat) => seat === null).length
  // The clocks may differ by the time a message takes: it never waits longer than it was given.
  const left = Math.min(view.expiresAt - (now.value - view.clockAhead), view.expiresAt - view.createdAt)
  return (
    <>
      <div class="phase-words">
        <h2>Waiting for {count(free, 'player')}</h2>
        <p>
          It starts by itself when the last seat is taken. Refunded if nobody comes within{' '}
          <time>{countdown(left)}</time>.
        </p>
      </div>
      <RoundsTrack battle={battle} view={view} />
      <WaitingActions battle={battle} view={view} />
    </>
  )
}

function Drawing({ battle, view }: Props) {
  const isDrand = view.entropySource.startsWith('drand:')
  const due = view.entropyDue + view.clockAhead
  return (
    <>
      <div class="phase-words" data-testid="drawing">
        <h2>
          <i class="spinner" /> Waiting for {isDrand ? 'drand' : 'public randomness'} round {view.entropyRound}
        </h2>
        <p>
          All seats are taken, all seeds are fixed. A value that nobody here can choose now decides.{' '}
          <time dateTime={new Date(due).toISOString()}>{dueWords(due)}</time>
        </p>
      </div>
      <RoundsTrack battle={battle} view={view} />
    </>
  )
}

function Revealing({ battle, view }: Props) {
  const { round, type } = battle.reveal.stage.value
  if (type === 'ticket') return <Drawn battle={battle} view={view} />
  const last = round === view.rounds.length - 1
  return (
    <>
      <div class="phase-words">
        <h2 data-testid="round">
          Round {round + 1} <small>of {view.rounds.length}</small>
        </h2>
        <p>
          {boxName(view.rounds[round]!)}
          {isTerminal(view.mode) && (last ? <b class="decides"> · This one decides</b> : ' · Fills the pot')}
        </p>
      </div>
      <RoundsTrack battle={battle} view={view} />
    </>
  )
}

/** When the public value comes; one that is late decides all the same. */
function dueWords(due: number): string {
  const left = due - now.value
  if (left > 0) return `It is due at ${clockTime(due)}, in ${Math.ceil(left / 1000)} s.`
  return left > -LATE_MS
    ? `It was due at ${clockTime(due)}.`
    : `It was due at ${clockTime(due)} and is late: it still decides, whenever it comes.`
}

/** All is opened, and a jackpot's ticket travels. */
function Drawn({ battle, view }: Props) {
  return (
    <>
      <div class="phase-words">
        <h2>All opened: one ticket decides</h2>
        <p>It was drawn from the same seeds as every item.</p>
      </div>
      <RoundsTrack battle={battle} view={view} />
    </>
  )
}

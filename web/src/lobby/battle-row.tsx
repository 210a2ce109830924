import { RoundsStrip } from '../box/rounds-strip.tsx'
import { credits } from '../format/credits.ts'
import { count, versus } from '../format/words.ts'
import { joinOnArrival } from '../state/arrival.ts'
import type { LobbyBattle } from '../state/lobby.ts'
import { mine } from '../state/mine.ts'
import { go } from '../state/route.ts'
import { purse, user } from '../state/session.ts'
import { Face } from '../shell/face.tsx'
import { Icon } from '../shell/icon.tsx'

/** A battle in the lobby: what is opened, who sits there, what a seat costs. */
export function BattleRow({ battle }: { battle: LobbyBattle }) {
  const taken = battle.seats.filter((seat) => seat !== null).length
  return (
    <li class={`row ${battle.phase}`} data-testid="battle-row" data-battle={battle.id}>
      <span class="row-rounds">
        <b>{battle.rounds.length}</b>
        <small>{battle.rounds.length === 1 ? 'round' : 'rounds'}</small>
      </span>
      <RoundsStrip rounds={battle.rounds} />
      <span class="row-seats" role="img" aria-label={`${taken} of ${count(battle.seats.length, 'seat')} taken`}>
        <span class="faces">
          {battle.seats.map((seat, i) => (
            <Face key={i} of={seat} />
          ))}
        </span>
        <small>
          {versus(battle.seats.length)} · {taken}/{battle.seats.length}
        </small>
      </span>
      <span class="row-price">
        <small>Seat</small>
        <b>{credits(battle.price)}</b>
      </span>
      <RowActions battle={battle} />
    </li>
  )
}

function RowActions({ battle }: { battle: LobbyBattle }) {
  const path = `/b/${battle.id}`
  const me = user.value
  const seated = mine.value.has(battle.id) || (me !== null && battle.seats.some((seat) => seat?.user === me.id))
  const free = battle.seats.indexOf(null)
  if (battle.phase !== 'waiting' || free < 0) {
    return (
      <span class="row-actions">
        <a class="button" href={path}>
          <Icon name="eye" /> Watch
        </a>
      </span>
    )
  }
  const short = purse.value !== null && purse.value < battle.price
  const join = () => {
    joinOnArrival(battle.id, free)
    go(path)
  }
  return (
    <span class="row-actions">
      {seated ? (
        <a class="button primary" href={path}>
          Your battle
        </a>
      ) : (
        <button
          class="button primary"
          type="button"
          data-testid="join"
          disabled={short}
          title={short ? 'Your balance is too low for this seat' : undefined}
          onClick={join}
        >
          Join
        </button>
      )}
      <a class="button icon-only" href={path} aria-label="Watch">
        <Icon name="eye" />
      </a>
    </span>
  )
}

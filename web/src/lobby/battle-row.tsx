import { RoundsStrip } from '../box/rounds-strip.tsx'
import { credits } from '../format/credits.ts'
import { count } from '../format/words.ts'
import { JoinButton } from '../join/join-button.tsx'
import { ModeBadge, OptionBadges } from '../mode/mode-badge.tsx'
import { versus } from '../mode/sides.ts'
import { joinOnArrival } from '../state/arrival.ts'
import type { LobbyBattle } from '../state/lobby-battle.ts'
import { mine } from '../state/mine.ts'
import { go } from '../state/route.ts'
import { user } from '../state/session.ts'
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
      <span class="row-what">
        <RoundsStrip rounds={battle.rounds} />
        <span class="badges">
          <ModeBadge mode={battle.mode} />
          <OptionBadges {...battle} />
        </span>
      </span>
      <span class="row-seats" role="img" aria-label={`${taken} of ${count(battle.seats.length, 'seat')} taken`}>
        <span class="faces">
          {battle.seats.map((seat, i) => (
            <span key={i} class={i > 0 && i % battle.teamSize === 0 && battle.teamSize > 1 ? 'next-side' : ''}>
              <Face of={seat} />
            </span>
          ))}
        </span>
        <small>
          {versus(battle.seats.length, battle.teamSize)} · {taken}/{battle.seats.length}
        </small>
      </span>
      <span class="row-price">
        <small>Seat</small>
        <b>{battle.entry === 0n ? 'Free' : credits(battle.entry)}</b>
        {battle.entry < battle.price && <s>{credits(battle.price)}</s>}
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
  const join = (borrow: number) => {
    joinOnArrival(battle.id, free, borrow)
    go(path)
  }
  return (
    <span class="row-actions">
      {seated ? (
        <a class="button primary" href={path}>
          Your battle
        </a>
      ) : (
        <JoinButton
          entry={battle.entry}
          borrowMax={battle.borrowMax}
          minLevel={battle.minLevel}
          testId="join"
          words="Join"
          onJoin={join}
        />
      )}
      <a class="button icon-only" href={path} aria-label="Watch">
        <Icon name="eye" />
      </a>
    </span>
  )
}

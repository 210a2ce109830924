import { RoundsStrip } from '../box/rounds-strip.tsx'
import { credits } from '../format/credits.ts'
import { ago } from '../format/time.ts'
import { count } from '../format/words.ts'
import { now } from '../state/clock.ts'
import type { LobbyBattle } from '../state/lobby.ts'
import { Face } from '../shell/face.tsx'
import { Icon } from '../shell/icon.tsx'

/** A finished battle in one line: who took how much, and the way to its result. */
export function RecentRow({ battle, path = `/b/${battle.id}` }: { battle: LobbyBattle; path?: string }) {
  const winner = battle.seats[battle.winners[0] ?? 0] ?? null
  return (
    <li class="row done">
      <a class="row-link" href={path} aria-label={`Result: ${winner?.name ?? 'a player'} won`}>
        <span class="row-winner">
          <Face of={winner} />
          <span>
            <b>{winner?.name ?? 'A player'}</b>
            <small>
              {count(battle.seats.length, 'player')} · {ago(battle.createdAt, now.value)}
            </small>
          </span>
        </span>
        <RoundsStrip rounds={battle.rounds} most={4} />
        <span class="row-price">
          <small>Won</small>
          <b class="won">{battle.pot === null ? '–' : credits(battle.pot)}</b>
        </span>
        <Icon name="chevron" />
      </a>
    </li>
  )
}

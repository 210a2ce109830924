import { RoundsStrip } from '../box/rounds-strip.tsx'
import { credits } from '../format/credits.ts'
import { ago } from '../format/time.ts'
import { modeTexts } from '../mode/modes.ts'
import { outcomeOf } from '../mode/outcome.ts'
import { versus } from '../mode/sides.ts'
import { now } from '../state/clock.ts'
import type { LobbyBattle } from '../state/lobby-battle.ts'
import { Face } from '../shell/face.tsx'
import { Icon } from '../shell/icon.tsx'

/** A finished battle in one line: who took how much, and the way to its result. */
export function RecentRow({ battle, path = `/b/${battle.id}` }: { battle: LobbyBattle; path?: string }) {
  const winner = battle.seats[battle.winners[0] ?? 0] ?? null
  const { who, did } = outcomeOf({ ...battle, seats: battle.seats.length }, winner?.name ?? 'A player')
  return (
    <li class="row done">
      <a class="row-link" href={path} aria-label={`Result: ${who} ${did}`}>
        <span class="row-winner">
          <Face of={winner} />
          <span>
            <b>{who}</b>
            <small>
              {modeTexts[battle.mode].name} · {versus(battle.seats.length, battle.teamSize)} ·{' '}
              {ago(battle.createdAt, now.value)}
            </small>
          </span>
        </span>
        <RoundsStrip rounds={battle.rounds} most={4} />
        <span class="row-price">
          <small class="capital">{did}</small>
          <b class="won">{battle.pot === null ? '–' : credits(battle.pot)}</b>
        </span>
        <Icon name="chevron" />
      </a>
    </li>
  )
}

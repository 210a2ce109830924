import { useEffect, useState } from 'preact/hooks'
import { randomFrom } from '../art/random.ts'
import { percent } from '../format/credits.ts'
import type { OpenBattle } from '../state/battle.ts'
import { oddsOf, sideName, winningSide } from '../state/battle-sides.ts'
import type { BattleView } from '../state/battle-view.ts'
import { TICKET_MS } from '../state/reveal.ts'

type Props = Readonly<{ battle: OpenBattle; view: BattleView }>

/** Turns of the bar that the ticket travels before it stands. */
const TURNS = 4

/** A jackpot's odds as they stand, side by side, and the ticket that lands on one of them at the end. */
export function OddsBar({ battle, view }: Props) {
  const landed = battle.reveal.landed.value
  const { type } = battle.reveal.stage.value
  const odds = oddsOf(view, landed)
  const won = type === 'done' ? winningSide(view) : null
  return (
    <section class="odds" data-testid="odds" data-stage={type} aria-label="Odds of each side">
      <p class="odds-words">
        <b>
          {type === 'ticket'
            ? 'The ticket is drawn…'
            : won === null
              ? 'Odds'
              : `The ticket fell on ${sideName(view, won)}`}
        </b>
        <small>
          {landed === 0
            ? 'All sides start even'
            : view.mode === 'jackpot'
              ? 'What a side opened is its chance'
              : 'What the others opened is a side’s chance'}
        </small>
      </p>
      <div class="odds-bar">
        {odds.map((chance, side) => (
          <span
            key={side}
            class={`tint-${side} ${won === null ? '' : won === side ? 'hit' : 'missed'}`}
            style={{ flexGrow: chance }}
            title={`${sideName(view, side)}: ${percent(chance)}`}
            data-testid={`odds-${side}`}
          >
            {chance >= 0.08 && <b>{percent(chance)}</b>}
          </span>
        ))}
        {(type === 'ticket' || type === 'done') && <Ticket view={view} odds={odds} moving={type === 'ticket'} />}
      </div>
      <ul class="odds-names">
        {odds.map((chance, side) => (
          <li key={side} class={`tint-${side}`}>
            <i aria-hidden="true" /> {sideName(view, side)} <small>{percent(chance)}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The mark that runs along the bar and comes to rest on the side that won. Where on it is for the eye only. */
function Ticket({ view, odds, moving }: { view: BattleView; odds: readonly number[]; moving: boolean }) {
  const won = winningSide(view) ?? 0
  const from = odds.slice(0, won).reduce((sum, each) => sum + each, 0)
  const target = from + odds[won]! * randomFrom(view.id).between(0.2, 0.8)
  const [at, setAt] = useState(moving ? 0 : target)
  useEffect(() => {
    if (!moving) return setAt(target)
    const start = performance.now()
    let frame = requestAnimationFrame(function step(now) {
      const part = Math.min(1, Math.max(0, (now - start) / TICKET_MS))
      setAt((TURNS + target) * (1 - (1 - part) ** 3))
      if (part < 1) frame = requestAnimationFrame(step)
    })
    return () => cancelAnimationFrame(frame)
  }, [moving, target])
  return <i class="ticket" style={{ left: `${(at % 1) * 100}%` }} aria-hidden="true" />
}

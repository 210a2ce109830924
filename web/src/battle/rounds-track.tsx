import { useEffect, useRef } from 'preact/hooks'
import { boxArt } from '../art/box.ts'
import { isTerminal } from '../mode/modes.ts'
import type { OpenBattle } from '../state/battle.ts'
import type { BattleView } from '../state/battle-view.ts'
import { boxName } from '../state/catalog.ts'
import { calm } from '../state/motion.ts'

/** The boxes of all rounds in order: the opened ones behind, the current one lit. */
export function RoundsTrack({ battle, view }: { battle: OpenBattle; view: BattleView }) {
  const list = useRef<HTMLOListElement>(null)
  const { type, round } = battle.reveal.stage.value
  const active = type === 'rest' || type === 'done' ? -1 : round
  const landed = battle.reveal.landed.value
  const decides = (i: number) => isTerminal(view.mode) && i === view.rounds.length - 1
  useEffect(() => {
    const track = list.current
    const item = track?.children[active]
    if (!track || !(item instanceof HTMLElement)) return
    const left = item.offsetLeft - track.clientWidth / 2 + item.offsetWidth / 2
    track.scrollTo({ left, behavior: calm.value ? 'instant' : 'smooth' })
  }, [active])
  return (
    <ol class="track" ref={list} aria-label="Rounds" tabIndex={0}>
      {view.rounds.map((box, i) => (
        <li
          key={i}
          class={`${i === active ? 'active' : i < landed ? 'opened' : ''} ${decides(i) ? 'decides' : ''}`}
          aria-current={i === active ? 'step' : undefined}
          title={`Round ${i + 1}: ${boxName(box)}${decides(i) ? ', the one that decides' : ''}`}
        >
          <img src={boxArt(box)} alt={boxName(box)} />
          <small>{decides(i) ? 'Decides' : i + 1}</small>
        </li>
      ))}
    </ol>
  )
}

import { signal, type ReadonlySignal } from '@preact/signals'
import { isJackpot } from '../mode/modes.ts'
import type { BattleView } from './battle-view.ts'

/**
 * What all reels of a battle do at this moment.
 *
 *     rest ──drawing──▶ spin ──drop of the round arrives──▶ land ──reel stands──▶ show ──a moment later──▶ spin (next round)
 *                                                                                  └──last round──▶ (ticket ──▶) done
 *
 * `ticket`: all is opened, and the ticket of a jackpot travels along the odds until it stands on the side that won.
 */
export type Stage = Readonly<{
  type: 'rest' | 'spin' | 'land' | 'show' | 'ticket' | 'done'
  round: number
  land_ms: number
}>

/** `landed` counts the rounds whose reels stand still: nothing of a later round may be shown as won. */
export type Reveal = Readonly<{
  stage: ReadonlySignal<Stage>
  landed: ReadonlySignal<number>
  /** Whether the end was seen happening, not found on arrival. */
  witnessed: ReadonlySignal<boolean>
  update: (view: BattleView) => void
  stop: () => void
}>

/** Rounds shown for less than this are not spun at all: the eye could not follow. */
const SPIN_FROM_MS = 700
/** How long a jackpot's ticket travels. */
export const TICKET_MS = 3_600

export function createReveal(isCalm: () => boolean): Reveal {
  const stage = signal<Stage>({ type: 'rest', round: 0, land_ms: 0 })
  const landed = signal(0)
  const witnessed = signal(false)
  let latest: BattleView | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const later = (ms: number, then: () => void) => {
    clearTimeout(timer)
    timer = setTimeout(then, ms)
  }
  const set = (type: Stage['type'], round: number, land_ms = 0) => (stage.value = { type, round, land_ms })
  const last = (view: BattleView) => view.rounds.length - 1

  const stand = (view: BattleView, rounds: number) => {
    clearTimeout(timer)
    landed.value = rounds
    if (rounds > last(view)) finish(view)
    else if (rounds === 0) set('spin', 0)
    else {
      set('show', rounds - 1)
      later(view.revealMs * 0.22, () => set('spin', rounds))
    }
  }
  const finish = (view: BattleView) => {
    if (stage.value.type === 'ticket' || stage.value.type === 'done') return
    const round = last(view)
    const isOver = view.phase === 'settled'
    const travels = isOver && witnessed.value && isJackpot(view.mode) && !isCalm()
    set(travels ? 'ticket' : isOver ? 'done' : 'show', round)
    if (travels) later(TICKET_MS + 500, () => set('done', round))
  }
  const land = (view: BattleView) => {
    const round = view.revealed - 1
    const land_ms = Math.min(3_000, view.revealMs * 0.62)
    landed.value = round
    set('land', round, land_ms)
    later(land_ms + 120, () => stand(latest ?? view, round + 1))
  }

  const update = (view: BattleView) => {
    const first = latest === null
    const before = latest
    latest = view
    if (view.phase === 'drawing' && stage.value.type === 'rest') set('spin', 0)
    if (view.phase === 'settled' && !first && before?.phase !== 'settled') witnessed.value = true
    if (view.phase !== 'revealing' && view.phase !== 'settled') return
    const seen = stage.value.type === 'land' ? stage.value.round + 1 : landed.value
    if (view.revealed <= seen) {
      if (stage.value.type === 'rest') set('spin', 0)
      if (view.phase === 'settled' && stage.value.type !== 'land') finish(view)
      return
    }
    const quick = first || isCalm() || view.revealMs < SPIN_FROM_MS || view.revealed - seen > 1
    if (quick) stand(view, view.revealed)
    else land(view)
  }
  return { stage, landed, witnessed, update, stop: () => clearTimeout(timer) }
}

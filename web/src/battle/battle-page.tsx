import { useEffect, useState } from 'preact/hooks'
import { isJackpot } from '../mode/modes.ts'
import { useBattleSound } from '../sound/battle-sound.ts'
import { takeWantedSeat } from '../state/arrival.ts'
import { openBattle, type OpenBattle } from '../state/battle.ts'
import { unseen } from '../state/mine.ts'
import { user } from '../state/session.ts'
import { VerifyPanel } from '../verify/verify-panel.tsx'
import { Announcer } from './announcer.tsx'
import { Arena } from './arena.tsx'
import { BattleHead } from './battle-head.tsx'
import { ModeLine, StockNote } from './mode-line.tsx'
import { OddsBar } from './odds-bar.tsx'
import { PhaseBand } from './phase-band.tsx'
import { Winnings } from './winnings.tsx'

export function BattlePage({ id }: { id: string }) {
  const [battle, setBattle] = useState<OpenBattle | null>(null)
  useEffect(() => {
    const opened = openBattle(id)
    setBattle(opened)
    return () => opened.close()
  }, [id])
  return battle && <Battle battle={battle} />
}

function Battle({ battle }: { battle: OpenBattle }) {
  const view = battle.view.value
  useWantedSeat(battle)
  useBattleSound(battle)
  useUnseen(battle)
  if (battle.problem.value !== null) return <Problem sentence={battle.problem.value} />
  if (view === null) return <Loading />
  const done = battle.reveal.stage.value.type === 'done'
  return (
    <article class={`battle ${view.phase} ${done ? 'done' : ''}`} data-testid="battle" data-battle={view.id}>
      <BattleHead battle={battle} view={view} />
      <ModeLine view={view} />
      <StockNote view={view} />
      <PhaseBand battle={battle} view={view} />
      {done && <Winnings battle={battle} view={view} />}
      {isJackpot(view.mode) && view.phase !== 'waiting' && view.phase !== 'cancelled' && (
        <OddsBar battle={battle} view={view} />
      )}
      <Arena battle={battle} view={view} />
      {done && <VerifyPanel detail={battle.detail.value} />}
      <Announcer battle={battle} view={view} />
    </article>
  )
}

/** Takes the seat that was asked for in the lobby once the battle can hear it. */
function useWantedSeat(battle: OpenBattle): void {
  const ready = battle.status.value === 'live' && battle.view.value?.phase === 'waiting' && user.value !== null
  useEffect(() => {
    const wanted = ready ? takeWantedSeat(battle.id) : null
    if (wanted) void battle.say((link) => link.join(wanted.seat, undefined, wanted.borrow))
  }, [ready])
}

/** Keeps the end of this battle from the feed beside it as long as reels or a ticket still move here. */
function useUnseen(battle: OpenBattle): void {
  const done = battle.reveal.stage.value.type === 'done'
  useEffect(() => {
    unseen.value = done ? null : battle.id
    return () => {
      unseen.value = null
    }
  }, [done, battle.id])
}

function Loading() {
  return (
    <div class="battle" aria-busy="true">
      <div class="skeleton head" />
      <div class="skeleton tall" />
    </div>
  )
}

function Problem({ sentence }: { sentence: string }) {
  return (
    <section class="empty-page" data-testid="battle-problem">
      <h1>This battle cannot be shown</h1>
      <p>{sentence}</p>
      <a class="button primary" href="/">
        To the lobby
      </a>
    </section>
  )
}

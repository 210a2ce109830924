import { Builder } from '../create/builder.tsx'
import { count } from '../format/words.ts'
import { loaded, recent, running, waiting } from '../state/lobby.ts'
import { BattleRow } from './battle-row.tsx'
import { RecentRow } from './recent-row.tsx'

export function Lobby() {
  return (
    <div class="lobby">
      <h1 class="sr-only">Battles</h1>
      <Builder />
      <section aria-labelledby="open-title">
        <header class="section-head">
          <h2 id="open-title">Open battles</h2>
          <span class="section-note" aria-live="polite">
            {loaded.value ? `${count(waiting.value.length, 'battle')} waiting for players` : 'Loading…'}
          </span>
        </header>
        <OpenList />
      </section>
      {running.value.length > 0 && (
        <section aria-labelledby="running-title">
          <header class="section-head">
            <h2 id="running-title">Being opened now</h2>
            <span class="section-note">Come and watch</span>
          </header>
          <ul class="rows">
            {running.value.slice(0, 8).map((battle) => (
              <BattleRow key={battle.id} battle={battle} />
            ))}
          </ul>
        </section>
      )}
      {recent.value.length > 0 && (
        <section aria-labelledby="recent-title">
          <header class="section-head">
            <h2 id="recent-title">Recently finished</h2>
            <span class="section-note">
              Every one of them can be verified · <a href="/leaders">Leaders</a>
            </span>
          </header>
          <ul class="rows compact">
            {recent.value.map((battle) => (
              <RecentRow key={battle.id} battle={battle} />
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function OpenList() {
  if (!loaded.value) {
    return (
      <ul class="rows" aria-hidden="true">
        {[0, 1, 2].map((i) => (
          <li key={i} class="row skeleton" />
        ))}
      </ul>
    )
  }
  if (waiting.value.length === 0) {
    return (
      <p class="empty">
        Nobody is waiting right now. Pick boxes above and open a battle: a bot takes the other seat if you like.
      </p>
    )
  }
  return (
    <ul class="rows" data-testid="open-battles">
      {waiting.value.slice(0, 30).map((battle) => (
        <BattleRow key={battle.id} battle={battle} />
      ))}
    </ul>
  )
}

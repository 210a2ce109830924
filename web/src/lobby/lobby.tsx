import { Builder } from '../create/builder.tsx'
import { count } from '../format/words.ts'
import { asking, hasMore, loaded, recent, running, showMore, waiting, wanted } from '../state/lobby.ts'
import { isNarrowed } from '../state/lobby-filter.ts'
import { BattleRow } from './battle-row.tsx'
import { LobbyFilters } from './lobby-filters.tsx'
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
            {loaded.value ? waitingWords() : 'Loading…'}
          </span>
        </header>
        <LobbyFilters />
        <OpenList />
      </section>
      {running.value.length > 0 && (
        <section aria-labelledby="running-title">
          <header class="section-head">
            <h2 id="running-title">Being opened now</h2>
            <span class="section-note">Come and watch</span>
          </header>
          <ul class="rows">
            {running.value.map((battle) => (
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
      <p class="empty" aria-busy={asking.value}>
        {isNarrowed(wanted.value)
          ? 'No battle like this is waiting. The next one shows up here, or open it yourself.'
          : 'Nobody is waiting right now. Pick boxes above and open a battle: a bot takes the other seat if you like.'}
      </p>
    )
  }
  return (
    <>
      <ul class="rows" data-testid="open-battles">
        {waiting.value.map((battle) => (
          <BattleRow key={battle.id} battle={battle} />
        ))}
      </ul>
      {hasMore.value && (
        <button class="button more" type="button" data-testid="lobby-more" disabled={asking.value} onClick={showMore}>
          Show more
        </button>
      )}
    </>
  )
}

function waitingWords(): string {
  const battles = count(waiting.value.length, 'battle')
  return hasMore.value ? `The newest ${battles} waiting for players` : `${battles} waiting for players`
}

import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { isItem } from '../format/money.ts'
import { OwnNav } from '../shell/own-nav.tsx'
import { entries, followHistory, loading, loadMore, more } from '../state/history.ts'
import { BattleResults } from './battle-results.tsx'
import { EntryRow } from './entry-row.tsx'

const views = [
  { id: 'results', name: 'Results' },
  { id: 'credits', name: 'Money' },
  { id: 'items', name: 'Items' },
] as const

const view = signal<(typeof views)[number]['id']>('results')

export function HistoryPage() {
  useEffect(followHistory, [])
  return (
    <div class="page">
      <OwnNav at="history" />
      <h1>History</h1>
      <div class="tabs" role="tablist" aria-label="What to show">
        {views.map(({ id, name }) => (
          <button key={id} type="button" role="tab" aria-selected={view.value === id} onClick={() => (view.value = id)}>
            {name}
          </button>
        ))}
      </div>
      {entries.value.length === 0 && <p class="empty">{loading.value ? 'Loading…' : 'Nothing has happened yet.'}</p>}
      <Shown />
      {more.value !== null && (
        <button class="button" type="button" disabled={loading.value} onClick={() => void loadMore()}>
          {loading.value ? 'Loading…' : 'Show older'}
        </button>
      )}
    </div>
  )
}

function Shown() {
  if (view.value === 'results') return <BattleResults entries={entries.value} />
  const credit = view.value === 'credits'
  const shown = entries.value.filter((entry) => isItem(entry.asset) !== credit)
  if (shown.length === 0) return null
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Change
            </th>
            <th scope="col" class="number">
              {credit ? 'Balance' : 'You have'}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((entry) => (
            <EntryRow key={`${entry.seq}.${entry.n}`} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

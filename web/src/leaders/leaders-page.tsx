import { useEffect } from 'preact/hooks'
import { credits, creditsChange } from '../format/credits.ts'
import { count } from '../format/words.ts'
import { counted, leaders, loadLeaders, type Leader } from '../state/leaders.ts'
import { user } from '../state/session.ts'
import { Face } from '../shell/face.tsx'

const REFRESH_MS = 15_000

/** Who won the most in the battles that just ended. */
export function LeadersPage() {
  useEffect(() => {
    void loadLeaders()
    const timer = setInterval(() => void loadLeaders(), REFRESH_MS)
    return () => clearInterval(timer)
  }, [])
  const shown = leaders.value
  return (
    <div class="page">
      <h1>Leaders</h1>
      <p class="lead">
        {counted.value === 0
          ? 'Who won the most lately.'
          : `Who won the most in the last ${count(counted.value, 'battle')}.`}
      </p>
      {shown === null ? (
        <p class="empty">Loading…</p>
      ) : shown.length === 0 ? (
        <p class="empty">No battle has ended yet. The first winner leads.</p>
      ) : (
        <Table rows={shown} />
      )}
    </div>
  )
}

function Table({ rows }: { rows: readonly Leader[] }) {
  return (
    <div class="table-wrap">
      <table class="table leaders" data-testid="leaders">
        <thead>
          <tr>
            <th scope="col">Player</th>
            <th scope="col" class="number wide">
              Battles
            </th>
            <th scope="col" class="number">
              Won
            </th>
            <th scope="col" class="number wide">
              After seats
            </th>
            <th scope="col" class="number">
              Best
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <Row key={row.user} row={row} place={i + 1} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ row, place }: { row: Leader; place: number }) {
  const net = row.won - row.paid
  const mine = row.user === user.value?.id
  return (
    <tr class={mine ? 'mine' : ''}>
      <td>
        <span class="leader">
          <i>{place}</i>
          <Face of={{ user: row.user, name: row.name, bot: false }} />
          <b>{row.name}</b>
          {mine && <small>You</small>}
        </span>
      </td>
      <td class="number wide">{row.battles}</td>
      <td class="number">{credits(row.won)}</td>
      <td class={`number wide ${net < 0n ? 'down' : 'up'}`}>{creditsChange(net)}</td>
      <td class="number">{row.best ? <a href={`/b/${row.best.battle}`}>{credits(row.best.share)}</a> : '–'}</td>
    </tr>
  )
}

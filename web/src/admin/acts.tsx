import { useEffect, useState } from 'preact/hooks'
import type { ActEntry } from '../../../schema/staff.ts'
import { dayTime } from '../format/time.ts'
import { findActs, foundActs, hasMoreActs } from '../state/admin-users.ts'

const fields = [
  { name: 'by', label: 'Who (an id)' },
  { name: 'action', label: 'Action' },
  { name: 'object', label: 'To what (user:…)' },
] as const
type Narrowed = Partial<Record<(typeof fields)[number]['name'], string>>

/** What the staff did, as the ledger's chain has it. */
export function Acts() {
  const [narrowed, setNarrowed] = useState<Narrowed>({})
  useEffect(() => void findActs({}), [])
  const acts = foundActs.value
  return (
    <>
      <header class="section-head">
        <h1>Audit</h1>
        <form
          class="admin-new"
          onSubmit={(event) => {
            event.preventDefault()
            void findActs(narrowed)
          }}
        >
          {fields.map(({ name, label }) => (
            <input
              key={name}
              value={narrowed[name] ?? ''}
              placeholder={label}
              aria-label={label}
              data-testid={`acts-${name}`}
              onInput={({ currentTarget }) =>
                setNarrowed({ ...narrowed, [name]: currentTarget.value.trim() || undefined })
              }
            />
          ))}
          <button class="button primary" type="submit">
            Show
          </button>
        </form>
      </header>
      <p class="lead">
        Read from the ledger itself: nothing here can be changed without the audit of the chain naming it.
      </p>
      {acts === null ? <p class="empty">Loading…</p> : <ActTable acts={acts} />}
      {hasMoreActs() && (
        <button class="button" type="button" onClick={() => void findActs(narrowed, true)}>
          Show more
        </button>
      )}
    </>
  )
}

/** Acts, newest first, with what was before and after. */
export function ActTable({ acts }: { acts: readonly ActEntry[] }) {
  if (acts.length === 0) return <p class="empty">No act.</p>
  return (
    <div class="table-wrap">
      <table class="table" data-testid="acts">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col" class="wide">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {acts.map((act) => (
            <tr key={act.seq}>
              <td>{dayTime(act.at)}</td>
              <td>
                <Whom id={act.by} />
              </td>
              <td>
                <b>{act.action}</b>{' '}
                {act.object.startsWith('user:') ? (
                  <Whom id={act.object.slice('user:'.length)} />
                ) : (
                  <code>{act.object}</code>
                )}
              </td>
              <td class="wide">
                <code>
                  {inWords(act.before)} → {inWords(act.after)}
                </code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Whom({ id }: { id: string }) {
  return id.length === 36 ? <a href={`/staff/users/${id}`}>…{id.slice(-8)}</a> : <code>{id}</code>
}

const WORDS_MAX = 120

function inWords(state: unknown): string {
  if (state === null || state === undefined) return '–'
  const text = JSON.stringify(state)
  return text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)}…` : text
}

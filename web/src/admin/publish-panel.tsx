import { useState } from 'preact/hooks'
import { dayTime } from '../format/time.ts'
import { sdk } from '../sdk.ts'
import { editing, isChanged, issues, onShelf, report } from '../state/admin-boxes.ts'

/** The way onto the shelf and off it, at once or at a time. */
export function PublishPanel() {
  const { draft } = editing.value!
  const { standing } = draft
  return (
    <section class="admin-panel" aria-label="Publishing">
      {draft.saved && <Publish />}
      {(standing.publishAt !== null || standing.retireAt !== null) && <Planned />}
      {(standing.state === 'offered' || standing.publishAt !== null) && <Retire />}
      {!draft.saved && standing.state === 'retired' && <p class="hint">To offer it again, save a draft of it.</p>}
    </section>
  )
}

function Publish() {
  const [at, setAt] = useState('')
  const { draft } = editing.value!
  const missing = missingYet()
  const at_ms = timeOf(at)
  return (
    <>
      <h2>Publish</h2>
      {missing !== null && (
        <p class="hint" data-testid="not-yet">
          {missing}
        </p>
      )}
      <When label="At a time" value={at} onValue={setAt} testId="publish-at" />
      <button
        class="button primary"
        type="button"
        data-testid="publish"
        disabled={missing !== null || at_ms === null}
        onClick={() =>
          void onShelf(
            ({ id, revision }) => sdk.admin.boxes.publish(id, revision, at_ms ?? undefined),
            at_ms === undefined ? 'It is on offer now.' : 'It will be published by itself.',
          ).then(() => setAt(''))
        }
      >
        {at_ms === undefined
          ? `Publish version ${(draft.standing.version ?? 0) + 1} now`
          : `Publish ${at_ms === null ? '…' : dayTime(at_ms)}`}
      </button>
    </>
  )
}

/** Why it cannot be published yet; null: it can. */
function missingYet(): string | null {
  const { draft } = editing.value!
  if (isChanged.value) return 'Save the draft first.'
  if (issues.value.some(({ level }) => level === 'error')) return 'Mend what is marked first.'
  const { simulation, hash } = report.value ?? { simulation: null, hash: '' }
  if (hash !== draft.hash || simulation === null) return 'A report on exactly this draft comes first.'
  return simulation.agrees ? null : 'The simulation does not agree with the exact figures. Draw it once more.'
}

function Retire() {
  const [at, setAt] = useState('')
  const at_ms = timeOf(at)
  const { standing } = editing.value!.draft
  return (
    <details class="admin-retire">
      <summary>Retire</summary>
      <p class="hint">New battles and openings of it are refused. Those under way, and all proofs, go on.</p>
      <When label="At a time" value={at} onValue={setAt} testId="retire-at" />
      <button
        class="button"
        type="button"
        data-testid="retire"
        disabled={at_ms === null || (at_ms === undefined && standing.state !== 'offered')}
        onClick={() =>
          void onShelf(
            ({ id }) => sdk.admin.boxes.retire(id, at_ms ?? undefined),
            at_ms === undefined ? 'It is off the shelf.' : 'It will be retired by itself.',
          ).then(() => setAt(''))
        }
      >
        {at_ms === undefined ? 'Retire now' : `Retire ${at_ms === null ? '…' : dayTime(at_ms)}`}
      </button>
    </details>
  )
}

function Planned() {
  const { publishAt, retireAt } = editing.value!.draft.standing
  return (
    <div class="admin-planned" data-testid="planned">
      {publishAt !== null && (
        <p>
          A version is published <b>{dayTime(publishAt)}</b>, as it stood when that was decided.
        </p>
      )}
      {retireAt !== null && (
        <p>
          It is retired <b>{dayTime(retireAt)}</b>.
        </p>
      )}
      <button
        class="button small"
        type="button"
        data-testid="unschedule"
        onClick={() => void onShelf(({ id }) => sdk.admin.boxes.unschedule(id), 'The times are taken back.')}
      >
        Take back
      </button>
    </div>
  )
}

type WhenProps = Readonly<{ label: string; value: string; testId: string; onValue: (text: string) => void }>

function When({ label, value, testId, onValue }: WhenProps) {
  return (
    <label class="account-field">
      <span>
        {label} <small>empty: now</small>
      </span>
      <input
        type="datetime-local"
        value={value}
        data-testid={testId}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </label>
  )
}

/** In unix ms; undefined: now, null: no time that is to come. */
function timeOf(text: string): number | undefined | null {
  if (text === '') return undefined
  const at_ms = Date.parse(text)
  return at_ms > Date.now() ? at_ms : null
}

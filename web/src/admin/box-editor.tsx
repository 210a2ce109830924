import { useEffect } from 'preact/hooks'
import { amountText, HundredthsInput } from './hundredths-input.tsx'
import { change, discard, edit, editing, isChanged, isOvertaken, save, settleOvertaken } from '../state/admin-boxes.ts'
import { go } from '../state/route.ts'
import { toast } from '../state/toast.ts'
import { Figures } from './figures.tsx'
import { Issues } from './issues.tsx'
import { PrizeTable } from './prize-table.tsx'
import { PublishPanel } from './publish-panel.tsx'
import { ReportView } from './report-view.tsx'
import { StandingBadge } from './standing-badge.tsx'
import { Versions } from './versions.tsx'

/** One box: its draft, what that comes to, its report, and the way onto the shelf and off it. */
export function BoxEditor({ id }: { id: string }) {
  useEffect(() => void edit(id), [id])
  const now = editing.value
  if (now === null || now.draft.id !== id) return <p class="empty">Loading…</p>
  return (
    <>
      <Head />
      {isOvertaken.value && <Overtaken />}
      <div class="admin-desk">
        <section class="admin-panel" aria-label="Contents">
          <Fields />
          <PrizeTable />
        </section>
        <aside class="admin-side">
          <Figures />
          <Issues />
          <PublishPanel />
        </aside>
      </div>
      <ReportView />
      <Versions id={id} key={now.draft.standing.version} />
    </>
  )
}

function Head() {
  const { draft } = editing.value!
  const { name } = editing.value!.contents
  return (
    <header class="section-head admin-head">
      <div>
        <a href="/staff/boxes">All boxes</a>
        <h1>{name || draft.id}</h1>
        <p class="lead">
          <code>{draft.id}</code> <StandingBadge standing={draft.standing} />
          <small data-testid="draft-state">
            {isChanged.value
              ? 'Not saved yet'
              : draft.saved
                ? `Draft saved, revision ${draft.revision}`
                : 'As published: change it to begin a draft'}
          </small>
        </p>
      </div>
      <div class="admin-actions">
        {draft.saved && (
          <button class="button" type="button" data-testid="discard-draft" onClick={() => void discardDraft()}>
            Throw draft away
          </button>
        )}
        <button
          class="button primary"
          type="button"
          data-testid="save-draft"
          disabled={!isChanged.value}
          onClick={() => void saveDraft()}
        >
          Save draft
        </button>
      </div>
    </header>
  )
}

async function saveDraft(): Promise<void> {
  if (await save()) toast('The draft is saved.', 'good')
}

async function discardDraft(): Promise<void> {
  const { draft } = editing.value!
  if (!(await discard())) return
  if (draft.standing.version === null) go('/staff/boxes')
  else await edit(draft.id)
}

function Overtaken() {
  return (
    <div class="admin-overtaken" role="alert" data-testid="overtaken">
      <p>Somebody else has saved this draft since you looked at it. Nothing of yours was saved.</p>
      <div class="admin-actions">
        <button class="button small" type="button" onClick={() => void settleOvertaken('theirs')}>
          Take theirs
        </button>
        <button class="button small" type="button" onClick={() => void settleOvertaken('own')}>
          Keep mine on top
        </button>
      </div>
    </div>
  )
}

const MONEYS = ['play:CREDIT', 'USD']

function Fields() {
  const { name, price, asset } = editing.value!.contents
  return (
    <div class="admin-fields">
      <label class="account-field grow">
        <span>Name</span>
        <input
          value={name}
          maxLength={60}
          data-testid="box-name"
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </label>
      <label class="account-field">
        <span>Price</span>
        <HundredthsInput
          value={price}
          label={`Price, now ${amountText(price)}`}
          testId="box-price"
          onValue={(next) => change({ price: next })}
        />
      </label>
      <label class="account-field">
        <span>Money</span>
        <select
          value={asset}
          data-testid="box-money"
          onChange={(event) => change({ asset: event.currentTarget.value })}
        >
          {[...new Set([...MONEYS, asset])].map((each) => (
            <option key={each} value={each}>
              {each === 'play:CREDIT' ? 'Play credits' : each}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}

import { useState } from 'preact/hooks'
import type { BoxFile, Imported } from '../../../schema/box-admin.ts'
import { count } from '../format/words.ts'
import { sdk } from '../sdk.ts'
import { loadAdminBoxes } from '../state/admin-boxes.ts'
import { toast, toastError } from '../state/toast.ts'

type Plan = Readonly<{ file: BoxFile; found: Imported['boxes'] }>

/** Boxes as files: out, and in again after a look at what that would do. */
export function BoxFiles() {
  const [plan, setPlan] = useState<Plan | null>(null)
  const read = async (input: HTMLInputElement) => {
    const [picked] = input.files ?? []
    input.value = ''
    if (!picked) return
    try {
      // The server reads it closely; what is of another shape it refuses.
      const file = JSON.parse(await picked.text()) as BoxFile
      setPlan({ file, found: (await sdk.admin.boxes.importAll(file, true)).boxes })
    } catch (error) {
      if (error instanceof Error && 'code' in error) toastError(error)
      else toast('This is not a file of boxes.', 'bad')
    }
  }
  return (
    <section class="admin-files">
      <h2>Files</h2>
      <p class="lead">
        All boxes on offer as JSON, to keep or to bring to another place. What is imported becomes drafts.
      </p>
      <div class="admin-actions">
        <button class="button" type="button" data-testid="export-boxes" onClick={() => void exportAll()}>
          Export
        </button>
        <label class="button">
          Import…
          <input
            class="sr-only"
            type="file"
            accept="application/json,.json"
            data-testid="import-boxes"
            onChange={(event) => void read(event.currentTarget)}
          />
        </label>
      </div>
      {plan && <Planned plan={plan} done={() => setPlan(null)} />}
    </section>
  )
}

function Planned({ plan: { file, found }, done }: { plan: Plan; done: () => void }) {
  const wrong = found.flatMap(({ id, issues }) =>
    issues.filter(({ level }) => level === 'error').map(({ message }) => `${id}: ${message}`),
  )
  const news = found.filter(({ change }) => change !== 'same')
  const go = async () => {
    try {
      await sdk.admin.boxes.importAll(file, false)
      toast(`${count(news.length, 'draft')} saved.`, 'good')
      done()
      await loadAdminBoxes()
    } catch (error) {
      toastError(error)
    }
  }
  return (
    <div class="admin-panel" data-testid="import-plan">
      <ul class="admin-plain">
        {found.map(({ id, change }) => (
          <li key={id}>
            <b>{id}</b> <small>{change}</small>
          </li>
        ))}
      </ul>
      {wrong.map((line) => (
        <p key={line} class="issue error">
          {line}
        </p>
      ))}
      <div class="admin-actions">
        <button
          class="button primary"
          type="button"
          data-testid="import-now"
          disabled={wrong.length > 0 || news.length === 0}
          onClick={() => void go()}
        >
          {news.length === 0 ? 'Nothing differs' : `Save ${count(news.length, 'draft')}`}
        </button>
        <button class="button" type="button" onClick={done}>
          Leave it
        </button>
      </div>
    </div>
  )
}

async function exportAll(): Promise<void> {
  try {
    const file = await sdk.admin.boxes.exportAll()
    const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: 'application/json' }))
    const link = Object.assign(document.createElement('a'), { href: url, download: 'boxes.json' })
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  } catch (error) {
    toastError(error)
  }
}

import { useEffect, useState } from 'preact/hooks'
import type { Preferences } from '../../../schema/staff.ts'
import { sdk } from '../sdk.ts'
import { turnSound } from '../sound/sound.ts'
import { startAnew } from '../state/account.ts'
import { confirmed } from '../state/confirmation.ts'
import { codeOf, toast, toastError } from '../state/toast.ts'

const choices = [
  { name: 'showName', label: 'Others see my name, from my next sign-in on' },
  { name: 'sound', label: 'Sound' },
  { name: 'marketingMail', label: 'News by mail' },
] as const

/** What people decide on what is kept of them and done with it. */
export function OwnData() {
  const [now, setNow] = useState<Preferences | null>(null)
  useEffect(() => void sdk.account.preferences().then(setNow, toastError), [])
  const choose = (changed: Preferences) => {
    setNow(changed)
    turnSound(changed.sound)
    sdk.account.setPreferences(changed).catch(toastError)
  }
  return (
    <section aria-labelledby="data-title">
      <h2 id="data-title">Preferences and data</h2>
      <ul class="own-sessions" data-testid="preferences">
        {choices.map(({ name, label }) => (
          <li key={name}>
            <label>
              <input
                type="checkbox"
                data-testid={`prefer-${name}`}
                checked={now?.[name] ?? false}
                disabled={now === null}
                onChange={({ currentTarget }) => now && choose({ ...now, [name]: currentTarget.checked })}
              />{' '}
              {label}
            </label>
          </li>
        ))}
        <li>
          <span>
            <b>All that is kept of you</b>
            <small>as a file</small>
          </span>
          <button class="button small" type="button" data-testid="export-data" onClick={() => void download()}>
            Download
          </button>
        </li>
        <li>
          <span>
            <b>Be forgotten</b>
            <small>for good: your name, address and sign-in go, and with them what you have here</small>
          </span>
          <button class="button small danger" type="button" data-testid="erase-me" onClick={() => void erase()}>
            Erase…
          </button>
        </li>
      </ul>
    </section>
  )
}

async function download(): Promise<void> {
  try {
    const text = JSON.stringify(await sdk.account.exportData(), null, 2)
    const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    Object.assign(document.createElement('a'), { href, download: 'rollingdrop-my-data.json' }).click()
    URL.revokeObjectURL(href)
  } catch (error) {
    toastError(error)
  }
}

async function erase(): Promise<void> {
  if (!confirm('Erase your account for good? This cannot be undone.')) return
  try {
    const done = await confirmed(() => sdk.account.erase().then(() => true))
    if (done) startAnew()
  } catch (error) {
    const details = error instanceof Error && 'details' in error ? error.details : undefined
    const { open } = (details ?? {}) as { open?: string[] }
    if (open) toast(`Settle first: ${open.join(', ')}.`, 'bad', codeOf(error))
    else toastError(error)
  }
}

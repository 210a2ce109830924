import { useState } from 'preact/hooks'
import type { ExcludeSelf, OwnLimits } from '../../../schema/limits.ts'
import { dayTime } from '../format/time.ts'
import { Dialog } from '../shell/dialog.tsx'
import { excludeOneself } from '../state/limits.ts'
import { toast, toastError } from '../state/toast.ts'

const HOUR_MS = 3_600_000
const lasts_ms = (wanted: ExcludeSelf) => (wanted.kind === 'cool-off' ? wanted.hours : wanted.days * 24) * HOUR_MS

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`

function inWords(wanted: ExcludeSelf): string {
  if (wanted.kind === 'self-exclusion') {
    const years = Math.floor(wanted.days / 365)
    return years === 0 ? `${Math.round(wanted.days / 30.5)} months` : plural(years, 'year')
  }
  const { hours } = wanted
  if (hours % 168 === 0) return plural(hours / 168, 'week')
  return hours % 24 === 0 ? plural(hours / 24, 'day') : plural(hours, 'hour')
}

/** A pause that nobody can shorten: for a while, or for good. `until_ms`: what holds already. */
export function Breaks({ choices, until_ms }: Readonly<{ choices: OwnLimits['choices']; until_ms: number }>) {
  const [wanted, ask] = useState<ExcludeSelf | null>(null)
  const longer = (each: ExcludeSelf) => Date.now() + lasts_ms(each) > until_ms
  const coolOffs = choices.coolOffHours.map((hours): ExcludeSelf => ({ kind: 'cool-off', hours }))
  const exclusions = choices.selfExclusionDays.map((days): ExcludeSelf => ({ kind: 'self-exclusion', days }))
  const choice = (each: ExcludeSelf) => (
    <button
      key={inWords(each)}
      class={each.kind === 'self-exclusion' ? 'button danger' : 'button'}
      type="button"
      data-testid={`break-${inWords(each).replace(' ', '-')}`}
      disabled={!longer(each)}
      onClick={() => ask(each)}
    >
      {inWords(each)}
    </button>
  )
  return (
    <div class="account-ways">
      <div class="account-form">
        <h2>Take a break</h2>
        <p>For a while you spend nothing and pay nothing in. Nobody can end it sooner, we neither.</p>
        <div class="break-choices">{coolOffs.map(choice)}</div>
      </div>
      <div class="account-form">
        <h2>Exclude yourself</h2>
        <p>For a long time, and you are signed out everywhere. What you have can still be paid out.</p>
        <div class="break-choices">{exclusions.map(choice)}</div>
      </div>
      {wanted !== null && <Sure wanted={wanted} onClose={() => ask(null)} />}
    </div>
  )
}

function Sure({ wanted, onClose }: Readonly<{ wanted: ExcludeSelf; onClose: () => void }>) {
  const [isSure, setSure] = useState(false)
  const until = dayTime(Date.now() + lasts_ms(wanted))
  const exclude = async () => {
    try {
      await excludeOneself(wanted)
      toast(`You are excluded until ${until}. Take care.`, 'good')
      onClose()
    } catch (error) {
      toastError(error)
    }
  }
  return (
    <Dialog title={wanted.kind === 'cool-off' ? 'Take a break' : 'Exclude yourself'} onClose={onClose}>
      <div class="account-form break-sure">
        <p>
          From now until <b>{until}</b> ({inWords(wanted)}) you open no boxes, take no seats and pay nothing in.
          {wanted.kind === 'self-exclusion' && ' You are signed out on every device.'}
        </p>
        <label class="break-check">
          <input
            type="checkbox"
            checked={isSure}
            data-testid="break-understood"
            onChange={(event) => setSure(event.currentTarget.checked)}
          />
          <span>I understand that nobody can end this sooner, support neither.</span>
        </label>
        <button
          class="button danger"
          type="button"
          data-testid="break-confirm"
          disabled={!isSure}
          onClick={() => void exclude()}
        >
          Yes, for {inWords(wanted)}
        </button>
      </div>
    </Dialog>
  )
}

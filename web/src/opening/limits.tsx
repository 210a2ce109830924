import { useState } from 'preact/hooks'
import { credits } from '../format/credits.ts'
import { dayTime } from '../format/time.ts'
import { setLimit } from '../state/opening.ts'
import { limit, PLAY } from '../state/session.ts'
import { toast } from '../state/toast.ts'

/** What somebody lets themselves spend on openings in a day: lower at once, higher a day later. */
export function Limits() {
  const [text, setText] = useState('')
  const own = limit.value
  const amount = /^\d{1,12}(\.\d{1,2})?$/.test(text) ? BigInt(Math.round(Number(text) * 100)) : null
  const set = async (next: bigint | null) => {
    if (!(await setLimit(PLAY, next))) return
    setText('')
    toast('Your limit is set. Less holds at once, more from tomorrow on.', 'good')
  }
  return (
    <section aria-labelledby="limit-title">
      <h2 id="limit-title">Your daily limit</h2>
      <p class="lead" data-testid="limit">
        {own === null
          ? 'None. What you set here the ledger itself enforces.'
          : `${credits(own.left)} of ${credits(own.amount)} left today.`}
        {own?.raise &&
          ` From ${dayTime(own.raise.from_ms)}: ${own.raise.amount === null ? 'none' : credits(own.raise.amount)}.`}
      </p>
      <form
        class="seed-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (amount !== null) void set(amount)
        }}
      >
        <label>
          <span>Credits a day</span>
          <input
            value={text}
            inputMode="decimal"
            data-testid="limit-amount"
            onInput={(event) => setText(event.currentTarget.value.trim())}
          />
        </label>
        <button class="button" type="submit" data-testid="set-limit" disabled={amount === null}>
          Set
        </button>
        {own !== null && (
          <button class="button" type="button" onClick={() => void set(null)}>
            No limit
          </button>
        )}
      </form>
    </section>
  )
}

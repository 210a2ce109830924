import type { LimitKind, OwnLimit } from '../../../schema/limits.ts'
import { Field, Form } from '../account/form.tsx'
import { amountOf, money, moneyName } from '../format/money.ts'
import { dayTime } from '../format/time.ts'
import { setOwnLimit } from '../state/limits.ts'
import { toastError } from '../state/toast.ts'

type Props = Readonly<{ kind: LimitKind; asset: string; limit: OwnLimit | null }>

const titles: Record<LimitKind, (asset: string) => string> = {
  loss: (asset) => `Spend at most, in ${moneyName(asset)}`,
  deposit: (asset) => `Pay in at most, in ${moneyName(asset)}`,
  session: () => 'Play at most, in minutes',
}

/** One limit: what is left of it, and another amount. */
export function LimitForm({ kind, asset, limit }: Props) {
  const isTime = kind === 'session'
  const shown = (amount: string) => (isTime ? `${amount} min` : money(BigInt(amount), asset))
  const submit = async ({ amount = '' }: Readonly<Record<string, string>>) => {
    const wanted = isTime ? minutesOf(amount) : amountOf(amount)
    if (wanted === null) throw new Error(isTime ? 'That is no number of minutes.' : 'That is not an amount.')
    await setOwnLimit(kind, asset, wanted)
  }
  return (
    <Form title={titles[kind](asset)} action="Set" testId={`limit-${kind}-${asset}`} onSubmit={submit}>
      <p data-testid={`limit-${kind}-${asset}-left`}>
        {limit === null ? 'No limit.' : `${shown(limit.left)} of ${shown(limit.amount)} left today.`}
        {limit?.raise &&
          ` From ${dayTime(limit.raise.from_ms)}: ${limit.raise.amount === null ? 'no limit' : shown(limit.raise.amount)}.`}
      </p>
      <Field name="amount" label={isTime ? 'Minutes a day' : 'A day'} autocomplete="off" maxLength={15} />
      {limit !== null && limit.raise === null && (
        <button
          class="button small"
          type="button"
          onClick={() => void setOwnLimit(kind, asset, null).catch(toastError)}
        >
          No limit from tomorrow
        </button>
      )}
    </Form>
  )
}

function minutesOf(text: string): bigint | null {
  return /^\d{1,4}$/.test(text.trim()) ? BigInt(text.trim()) : null
}

import { useEffect } from 'preact/hooks'
import type { ReviewReason, StaffPayment } from '../../../schema/wallet.ts'
import { money } from '../format/money.ts'
import { dayTime } from '../format/time.ts'
import { shortId } from '../format/words.ts'
import { judge, loadDesk, waiting } from '../state/admin-payments.ts'
import { Reconciled } from './reconciled.tsx'
import { Shipping } from './shipping.tsx'

const reasons: Readonly<Record<ReviewReason, string>> = {
  amount: 'a large amount',
  'first-withdrawal': 'the first one',
  'too-many-today': 'many today',
  'too-much-today': 'much today',
  debt: 'something is owed',
  'new-target': 'a new account',
  'not-played': 'paid in and not played',
}

/** What waits for somebody of the staff: money that goes out, things that are sent, and whether the provider's books agree. */
export function Payments() {
  useEffect(() => void loadDesk(), [])
  const all = waiting.value
  return (
    <>
      <header class="section-head">
        <h1>Payments</h1>
      </header>
      <section aria-labelledby="waiting-title">
        <h2 id="waiting-title">Withdrawals to look at</h2>
        {all === null && <p class="empty">Loading…</p>}
        {all?.length === 0 && <p class="empty">None waits.</p>}
        <ul class="offers">
          {all?.map((payment) => (
            <Waiting key={payment.id} payment={payment} />
          ))}
        </ul>
      </section>
      <Shipping />
      <Reconciled />
    </>
  )
}

function Waiting({ payment }: { payment: StaffPayment }) {
  const { user, amount, asset, at } = payment
  return (
    <li data-testid="waiting-withdrawal">
      <span class="offer-thing">
        <span>
          <b>{money(BigInt(amount), asset)}</b>
          <small>
            <a href={`/staff/users/${user}`}>{shortId(user)}</a> · {dayTime(at)} ·{' '}
            {payment.reasons.map((reason) => reasons[reason]).join(', ')}
          </small>
        </span>
      </span>
      <button
        class="button small primary"
        type="button"
        data-testid="approve-withdrawal"
        onClick={() => void judge(payment, 'approve')}
      >
        Let it go
      </button>
      <button class="button small" type="button" onClick={() => void judge(payment, 'refuse')}>
        Refuse
      </button>
    </li>
  )
}

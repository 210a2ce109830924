import type { Payment, PaymentStatus } from '../../../schema/wallet.ts'
import { money } from '../format/money.ts'
import { dayTime } from '../format/time.ts'
import { loadMorePayments } from '../state/wallet.ts'

const words: Readonly<Record<PaymentStatus, string>> = {
  begun: 'Waits to be paid',
  held: 'Set aside',
  waiting: 'Being looked at',
  sending: 'On its way',
  paid: 'Done',
  failed: 'Did not work',
  expired: 'Expired',
  refused: 'Refused, yours again',
  refunded: 'Refunded',
  'charged-back': 'Charged back',
}

/** What was paid in and out, newest first. */
export function Payments({ payments, more }: { payments: readonly Payment[]; more: boolean }) {
  if (payments.length === 0) return null
  return (
    <section aria-labelledby="payments-title">
      <h2 id="payments-title">Payments</h2>
      <div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {payments.map((payment) => (
              <Row key={payment.id} payment={payment} />
            ))}
          </tbody>
        </table>
      </div>
      {more && (
        <button class="button more" type="button" onClick={() => void loadMorePayments()}>
          Show older
        </button>
      )}
    </section>
  )
}

function Row({ payment }: { payment: Payment }) {
  const { direction, state, asset, amount, at, refunded, chargedBack } = payment
  const back = BigInt(refunded) + BigInt(chargedBack)
  return (
    <tr data-testid="payment" data-state={state}>
      <td class="when">
        <time dateTime={new Date(at).toISOString()}>{dayTime(at)}</time>
      </td>
      <td>{direction === 'in' ? 'Paid in' : 'Paid out'}</td>
      <td>
        {words[state]}
        {back > 0n && <small> {money(back, asset)} went back</small>}
      </td>
      <td class="number">{money(BigInt(amount), asset)}</td>
    </tr>
  )
}

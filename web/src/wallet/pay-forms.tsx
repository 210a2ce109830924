import type { PaymentMoney } from '../../../schema/wallet.ts'
import { Field, Form } from '../account/form.tsx'
import { amountOf, money } from '../format/money.ts'
import { balances } from '../state/session.ts'
import { payIn, payOut } from '../state/wallet.ts'

type Money = PaymentMoney['money'][number]

const between = ({ asset, min, max }: Money) => `${money(BigInt(min), asset)} to ${money(BigInt(max), asset)}`

function demandAmount(text: string): bigint {
  const amount = amountOf(text)
  if (amount === null) throw new Error('That is not an amount.')
  return amount
}

/** Begins a payment; it is paid on a page of the provider. */
export function PayIn({ money: which }: { money: Money }) {
  return (
    <Form
      title={`Pay in ${which.asset}`}
      action="Go and pay"
      testId="pay-in"
      onSubmit={({ amount = '' }) => payIn(which.asset, demandAmount(amount))}
    >
      <Field name="amount" label="Amount" autocomplete="transaction-amount" hint={`${between(which)} at once.`} />
    </Form>
  )
}

/** Sets money aside to be paid out. */
export function PayOut({ money: which }: { money: Money }) {
  const has = balances.value.get(which.asset) ?? 0n
  return (
    <Form
      title={`Pay out ${which.asset}`}
      action="Pay out"
      testId="pay-out"
      onSubmit={({ amount = '', target = '' }) => payOut(which.asset, demandAmount(amount), target)}
    >
      <Field
        name="amount"
        label="Amount"
        autocomplete="transaction-amount"
        hint={`You have ${money(has, which.asset)}.`}
      />
      <Field name="target" label="Account it goes to" autocomplete="off" maxLength={120} />
    </Form>
  )
}

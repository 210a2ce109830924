import type { Reconciliation } from '../../../schema/wallet.ts'
import { money } from '../format/money.ts'
import { shortId } from '../format/words.ts'
import { reconcile, reconciled } from '../state/admin-payments.ts'
import { toastError } from '../state/toast.ts'

const today = () => new Date().toISOString().slice(0, 10)

const kinds: Readonly<Record<Reconciliation['differences'][number]['kind'], string>> = {
  'missing-here': 'The provider has it, we do not',
  'missing-there': 'We have it, the provider does not',
  amount: 'Amounts differ',
  ledger: 'The payment and its transfers differ',
}

/** The provider's report of a day beside the ledger. */
export function Reconciled() {
  const report = reconciled.value
  return (
    <section aria-labelledby="reconciled-title">
      <h2 id="reconciled-title">The provider’s books</h2>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault()
          const day = new FormData(event.currentTarget).get('day')
          if (typeof day === 'string') void reconcile(day).catch(toastError)
        }}
      >
        <label class="filter">
          <span>Day (UTC)</span>
          <input name="day" type="date" required value={today()} />
        </label>
        <button class="button small" type="submit" data-testid="reconcile">
          Compare
        </button>
      </form>
      {report && <Report report={report} />}
    </section>
  )
}

function Report({ report }: { report: Reconciliation }) {
  return (
    <>
      <p class={report.ok ? 'note' : 'problem'} role="status" data-testid="reconciled" data-ok={report.ok}>
        {report.ok ? 'They agree, to the cent.' : `${report.differences.length} differences.`}
      </p>
      {report.days.map(({ day, asset, paid, refunded, chargedBack, paidOut }) => (
        <dl key={`${day} ${asset}`} class="facts">
          <Sum name={`In on ${day}`} amount={paid} asset={asset} />
          <Sum name="Refunded" amount={refunded} asset={asset} />
          <Sum name="Charged back" amount={chargedBack} asset={asset} />
          <Sum name="Out" amount={paidOut} asset={asset} />
        </dl>
      ))}
      <ul class="offers">
        {report.differences.map(({ payment, kind, type, here, there }) => (
          <li key={`${payment} ${type} ${kind}`}>
            <b>{kinds[kind]}</b>
            <span>
              {shortId(payment)}, {type}: {here ?? '–'} here, {there ?? '–'} there
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Sum({ name, amount, asset }: { name: string; amount: string; asset: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{money(BigInt(amount), asset)}</dd>
    </div>
  )
}

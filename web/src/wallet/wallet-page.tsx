import { useEffect } from 'preact/hooks'
import { money, moneyName } from '../format/money.ts'
import { PersonCard } from '../limits/person-card.tsx'
import { OwnNav } from '../shell/own-nav.tsx'
import { followLimits, ownPerson } from '../state/limits.ts'
import { balances, PLAY, user } from '../state/session.ts'
import { followWallet, wallet } from '../state/wallet.ts'
import { PayIn, PayOut } from './pay-forms.tsx'
import { Payments } from './payments.tsx'
import { Redemptions } from './redemptions.tsx'

/** Money: what there is, in and out, and what became of each payment. */
export function WalletPage() {
  useEffect(followWallet, [])
  const view = wallet.value
  const moneys = view?.money.money ?? []
  return (
    <div class="page">
      <OwnNav at="wallet" />
      <header class="section-head">
        <div>
          <h1>Wallet</h1>
          <p class="lead">Play credits are worth nothing real. Money is kept by the ledger, to the cent.</p>
        </div>
        <a class="button" href="/account">
          Limits and account
        </a>
      </header>
      <ul class="purses">
        {[PLAY, ...moneys.map(({ asset }) => asset)].map((asset) => (
          <li key={asset} data-testid={`purse-${asset}`}>
            <b>{money(balances.value.get(asset) ?? 0n, asset)}</b>
            <small>{moneyName(asset)}</small>
          </li>
        ))}
      </ul>
      {view === null && <p class="empty">Loading…</p>}
      {view?.debts.map(({ asset, owed, frozen }) => (
        <p key={asset} class="problem" role="status" data-testid="debt">
          You owe {money(BigInt(owed), asset)}, for a payment that was taken back.{' '}
          {frozen && 'Until it is paid this money cannot be spent; what you pay in pays it first.'}
        </p>
      ))}
      {view?.money.provider === 'sandbox' && (
        <p class="note">Payments here go to a sandbox: its page lets you try everything, and no real money moves.</p>
      )}
      {view !== null && view.money.provider === null && (
        <p class="empty">Nothing can be paid in or out here: everything is played with play credits.</p>
      )}
      {moneys.length > 0 && (user.value?.guest ? <AskToJoin /> : <Forms />)}
      {view !== null && (
        <>
          <Payments payments={view.payments} more={view.next !== null} />
          <Redemptions redemptions={view.redemptions} />
        </>
      )}
    </div>
  )
}

/** In and out, once it is known that one may; before that, what is missing. */
function Forms() {
  useEffect(followLimits, [])
  const moneys = wallet.value?.money.money ?? []
  const isProven = ownPerson.value?.proof === 'proven'
  return (
    <>
      {!isProven && <PersonCard />}
      <div class="account-ways">
        {moneys.map((each) => (
          <PayIn key={`in ${each.asset}`} money={each} />
        ))}
        {moneys.map((each) => (
          <PayOut key={`out ${each.asset}`} money={each} />
        ))}
      </div>
    </>
  )
}

function AskToJoin() {
  return (
    <p class="empty">
      Money needs an account. <a href="/account">Make one</a>: your credits and items come along.
    </p>
  )
}

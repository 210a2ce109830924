import { useEffect, useState } from 'preact/hooks'
import { sdk } from '../sdk.ts'
import { startAnew, takeLink } from '../state/account.ts'
import { sentenceOf } from '../state/toast.ts'

/** Whoever follows a link: from the mail that makes an account, or back from a provider. */
export function Arrival({ step }: { step: 'confirm' | 'signed-in' }) {
  const [refused, setRefused] = useState<string | null>(null)
  useEffect(() => {
    const link = takeLink()
    const done = step === 'confirm' ? sdk.account.confirmEmail(link) : sdk.account.finish(link)
    done.then(startAnew, (error: unknown) => setRefused(sentenceOf(error)))
  }, [step])
  return (
    <section class="empty-page" role="status">
      <h1>{refused === null ? 'Signing you in…' : 'That did not work'}</h1>
      {refused !== null && (
        <>
          <p data-testid="arrival-refused">{refused}</p>
          <a class="button primary" href="/account">
            To the account
          </a>
        </>
      )}
    </section>
  )
}

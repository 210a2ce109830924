import { LimitsSection } from '../limits/limits-section.tsx'
import { sdk } from '../sdk.ts'
import { startAnew } from '../state/account.ts'
import { ownSections } from '../state/admin.ts'
import { user } from '../state/session.ts'
import { toast, toastError } from '../state/toast.ts'
import { Field, Form } from './form.tsx'
import { OwnData } from './own-data.tsx'
import { OwnSessions } from './own-sessions.tsx'
import { SecondFactor } from './second-factor.tsx'

/** What people do with their own account. */
export function OwnAccount() {
  return (
    <div class="page account">
      <header class="section-head">
        <div>
          <h1>Your account</h1>
          <p class="lead">
            You play as <b>{user.value?.name}</b>.
            {ownSections().length > 0 && (
              <>
                {' '}
                You belong to the <a href="/staff">staff</a>.
              </>
            )}
          </p>
        </div>
        <button
          class="button"
          type="button"
          data-testid="sign-out"
          onClick={() => void sdk.logout().then(startAnew, toastError)}
        >
          Sign out
        </button>
      </header>
      <div class="account-ways">
        <Form
          title="Password"
          action="Change it"
          testId="change-password"
          onSubmit={async ({ before = '', after = '' }) => {
            await sdk.account.changePassword(before, after)
            toast('Your password is changed, and your other sessions are ended.', 'good')
          }}
        >
          <Field name="before" label="Old password" type="password" autocomplete="current-password" />
          <Field name="after" label="New password" type="password" autocomplete="new-password" minLength={10} />
        </Form>
        <SecondFactor />
      </div>
      <LimitsSection />
      <OwnSessions />
      <OwnData />
    </div>
  )
}

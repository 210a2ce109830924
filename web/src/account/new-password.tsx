import { useState } from 'preact/hooks'
import { sdk } from '../sdk.ts'
import { takeLink } from '../state/account.ts'
import { go } from '../state/route.ts'
import { toast } from '../state/toast.ts'
import { Field, Form } from './form.tsx'

/** A new password by the link that was sent. */
export function NewPassword() {
  const [link] = useState(takeLink)
  return (
    <div class="page account">
      <h1>Choose a new password</h1>
      <Form
        title="It ends all your sessions"
        action="Set it"
        testId="reset"
        onSubmit={async ({ password = '' }) => {
          await sdk.account.reset(link, password)
          toast('Your new password is set. Sign in with it.', 'good')
          go('/account')
        }}
      >
        <Field name="password" label="New password" type="password" autocomplete="new-password" minLength={10} />
      </Form>
    </div>
  )
}

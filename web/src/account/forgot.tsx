import { useState } from 'preact/hooks'
import { sdk } from '../sdk.ts'
import { Field, Form } from './form.tsx'

/** Asks for a link to choose a new password by. */
export function Forgot() {
  const [sentTo, setSentTo] = useState<string | null>(null)
  return (
    <div class="page account">
      <h1>Forgot the password</h1>
      {sentTo === null ? (
        <Form
          title="Choose a new one by mail"
          action="Send the link"
          testId="forgot"
          onSubmit={async ({ email = '' }) => {
            await sdk.account.forgot(email)
            setSentTo(email)
          }}
        >
          <Field name="email" label="Mail address" type="email" autocomplete="email" />
        </Form>
      ) : (
        <p class="lead" role="status">
          If <b>{sentTo}</b> has an account, a link is on its way. It is good once, for an hour.
        </p>
      )}
    </div>
  )
}

import { useState } from 'preact/hooks'
import { sdk } from '../sdk.ts'
import { user } from '../state/session.ts'
import { Field, Form } from './form.tsx'

/** A new account for the guest of this browser, by a link that is sent. */
export function SignUp() {
  const [sentTo, setSentTo] = useState<string | null>(null)
  if (sentTo !== null) {
    return (
      <div class="account-form" role="status" data-testid="sign-up-sent">
        <h2>Look into your mail</h2>
        <p>
          A link is on its way to <b>{sentTo}</b>. It is good once, for 24 hours.
        </p>
        <button class="button" type="button" onClick={() => setSentTo(null)}>
          Use another address
        </button>
      </div>
    )
  }
  return (
    <Form
      title="Make an account"
      action="Send the link"
      testId="sign-up"
      onSubmit={async ({ email = '', password = '', name = '' }) => {
        await sdk.account.register({ email, password, name })
        setSentTo(email)
      }}
    >
      <Field
        name="name"
        label="Name others see"
        autocomplete="nickname"
        maxLength={24}
        value={user.value?.name ?? ''}
      />
      <Field name="email" label="Mail address" type="email" autocomplete="email" />
      <Field
        name="password"
        label="Password"
        type="password"
        autocomplete="new-password"
        minLength={10}
        hint="10 characters at least. Four words that do not go together are best."
      />
    </Form>
  )
}

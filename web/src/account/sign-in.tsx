import { useEffect, useState } from 'preact/hooks'
import { RollingDropError } from '../../../schema/errors.ts'
import { sdk } from '../sdk.ts'
import { startAnew } from '../state/account.ts'
import { toastError } from '../state/toast.ts'
import { Field, Form } from './form.tsx'

/** Signing in to an account there is. Whoever has a second factor is asked for its code. */
export function SignIn() {
  const [wantsCode, setWantsCode] = useState(false)
  return (
    <Form
      title="Sign in"
      action="Sign in"
      testId="sign-in"
      onSubmit={async ({ email = '', password = '', code }) => {
        try {
          await sdk.account.login({ email, password, ...(code !== undefined && { code }) })
          startAnew()
        } catch (error) {
          if (error instanceof RollingDropError && error.code === 'auth/code-missing') setWantsCode(true)
          throw error
        }
      }}
    >
      <Field name="email" label="Mail address" type="email" autocomplete="username" />
      <Field name="password" label="Password" type="password" autocomplete="current-password" />
      {wantsCode && (
        <Field name="code" label="Code of your authenticator app" autocomplete="one-time-code" maxLength={20} />
      )}
      <Providers />
      <a href="/account/forgot">Forgot the password?</a>
    </Form>
  )
}

/** Whose accounts one may use instead. */
function Providers() {
  const [names, setNames] = useState<readonly string[]>([])
  useEffect(() => void sdk.account.providers().then(setNames, toastError), [])
  return (
    <>
      {names.map((name) => (
        <button
          key={name}
          class="button"
          type="button"
          onClick={() => void sdk.account.departTo(name).then((url) => location.assign(url), toastError)}
        >
          Sign in with {name}
        </button>
      ))}
    </>
  )
}

import { useEffect, useState } from 'preact/hooks'
import type { Enrolment } from '../../../schema/sign-in.ts'
import { sdk } from '../sdk.ts'
import { toastError } from '../state/toast.ts'
import { Field, Form } from './form.tsx'

type Step =
  | Readonly<{ type: 'loading' | 'none' | 'inForce' }>
  | Readonly<{ type: 'enrolling'; enrolment: Enrolment }>
  | Readonly<{ type: 'recovery'; codes: readonly string[] }>

type Go = Readonly<{ go: (step: Step) => void }>

/** An authenticator app, asked for at every sign-in: set up, or ended. */
export function SecondFactor() {
  const [step, go] = useState<Step>({ type: 'loading' })
  const load = () => sdk.account.hasSecondFactor().then((is) => go({ type: is ? 'inForce' : 'none' }), toastError)
  useEffect(() => void load(), [])
  switch (step.type) {
    case 'loading':
      return <p class="empty">Loading…</p>
    case 'none':
      return <Offer go={go} />
    case 'enrolling':
      return <Key enrolment={step.enrolment} go={go} />
    case 'recovery':
      return <RecoveryCodes codes={step.codes} go={go} />
    case 'inForce':
      return <InForce go={go} />
    default:
      return step satisfies never
  }
}

function Offer({ go }: Go) {
  return (
    <Form
      title="Second factor"
      action="Set up an app"
      testId="enrol"
      onSubmit={async ({ password = '' }) => {
        await sdk.account.confirm({ password })
        go({ type: 'enrolling', enrolment: await sdk.account.enrol() })
      }}
    >
      <p>An authenticator app shows a new code every 30 seconds. Without it a stolen password is worth nothing.</p>
      <Field name="password" label="Your password, once more" type="password" autocomplete="current-password" />
    </Form>
  )
}

function Key({ enrolment, go }: Go & Readonly<{ enrolment: Enrolment }>) {
  return (
    <Form
      title="Put the key into your app"
      action="Confirm"
      testId="confirm-factor"
      onSubmit={async ({ code = '' }) => {
        const { recoveryCodes } = await sdk.account.confirmSecondFactor(code.trim())
        go({ type: 'recovery', codes: recoveryCodes })
      }}
    >
      <p>
        <a href={enrolment.uri}>Open it in the app of this device</a>, or type the key:
      </p>
      <code class="account-key">{enrolment.secret.replaceAll(/(.{4})/g, '$1 ').trim()}</code>
      <Field name="code" label="The code it shows" autocomplete="one-time-code" maxLength={6} />
    </Form>
  )
}

function RecoveryCodes({ codes, go }: Go & Readonly<{ codes: readonly string[] }>) {
  return (
    <div class="account-form" data-testid="recovery-codes">
      <h2>Keep these codes</h2>
      <p>Each stands in once for your app, should you lose it. They are shown this once.</p>
      <ul class="account-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <button class="button primary" type="button" onClick={() => go({ type: 'inForce' })}>
        I have them
      </button>
    </div>
  )
}

function InForce({ go }: Go) {
  return (
    <Form
      title="Second factor"
      action="End it"
      testId="end-factor"
      onSubmit={async ({ code = '' }) => {
        await sdk.account.endSecondFactor(code.trim())
        go({ type: 'none' })
      }}
    >
      <p>Your authenticator app is asked for at every sign-in.</p>
      <Field name="code" label="A code, to end that" autocomplete="one-time-code" maxLength={20} />
    </Form>
  )
}

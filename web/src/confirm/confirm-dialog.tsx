import { Field, Form } from '../account/form.tsx'
import { sdk } from '../sdk.ts'
import { Dialog } from '../shell/dialog.tsx'
import { asked } from '../state/confirmation.ts'

/** Asks for a code or the password before something that is worth it. */
export function ConfirmDialog() {
  const at = asked.value
  if (at === null) return null
  return (
    <Dialog title="Is it you?" onClose={() => at.settle(false)}>
      <Form
        title="This needs a fresh proof"
        action="Confirm"
        testId="confirm"
        onSubmit={async ({ password, code }) => {
          await sdk.account.confirm(at.wantsCode ? { code: code ?? '' } : { password: password ?? '' })
          at.settle(true)
        }}
      >
        <p>It counts for five minutes.</p>
        {at.wantsCode ? (
          <Field name="code" label="Code of your authenticator app" autocomplete="one-time-code" maxLength={20} />
        ) : (
          <Field name="password" label="Your password" type="password" autocomplete="current-password" />
        )}
      </Form>
    </Dialog>
  )
}

import { toAsset } from '../../../schema/asset.ts'
import { Field, Form } from '../account/form.tsx'
import { sdk } from '../sdk.ts'
import { confirmed } from '../state/confirmation.ts'
import { toast } from '../state/toast.ts'

/** Has one of a real item sent home. */
export function RedeemForm({ asset, onDone }: Readonly<{ asset: string; onDone: () => void }>) {
  return (
    <details>
      <summary>Have it sent home</summary>
      <Form
        title="Where to"
        action="Send it"
        testId="redeem"
        onSubmit={async ({ name = '', street = '', postcode = '', city = '', country = '' }) => {
          const address = { name, lines: [street], postcode, city, country: country.trim().toUpperCase() }
          const done = await confirmed(() => sdk.wallet.redeem({ asset: toAsset(asset), count: 1, address }))
          if (done === undefined) return
          toast('It is being packed. You find it in your wallet.', 'good')
          onDone()
        }}
      >
        <Field name="name" label="Name" autocomplete="name" maxLength={120} />
        <Field name="street" label="Street and house" autocomplete="street-address" maxLength={120} />
        <Field name="postcode" label="Postcode" autocomplete="postal-code" maxLength={20} />
        <Field name="city" label="City" autocomplete="address-level2" maxLength={80} />
        <Field name="country" label="Country, two letters" autocomplete="country" minLength={2} maxLength={2} />
      </Form>
    </details>
  )
}

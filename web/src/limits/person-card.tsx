import type { OwnPerson } from '../../../schema/person.ts'
import { Form } from '../account/form.tsx'
import { countries, countryName } from '../format/country.ts'
import { ownPerson, proveIdentity, statePerson } from '../state/limits.ts'

const refusals: Record<NonNullable<OwnPerson['refusal']>, string> = {
  'person/age-unknown': 'Real money asks for your date of birth and your country first. Play credits never do.',
  'person/too-young': 'You are too young for real money here. Play credits are for you all the same.',
  'box/not-sold-here': 'Boxes for real money are not sold where you are. Play credits are for you all the same.',
}

const proofs: Record<OwnPerson['proof'], string> = {
  none: 'Before your first withdrawal somebody has to check who you are.',
  pending: 'Your identity is being checked.',
  proven: 'Your identity is proven.',
  refused: 'Your identity could not be proven. You can try again.',
}

/** Who one is outside of here: said once, and proved before money goes out. */
export function PersonCard() {
  const person = ownPerson.value
  if (person === null) return null
  const { birthDate, country, refusal, proof } = person
  return (
    <div class="account-ways" data-testid="person">
      {proof !== 'proven' && (
        <Form
          title="Age and country"
          action={birthDate === null ? 'Save' : 'Change the country'}
          testId="person-form"
          onSubmit={({ birthDate: born = '', country: where = '' }) =>
            statePerson({ birthDate: birthDate ?? born, country: where })
          }
        >
          <p data-testid="person-standing">{refusal === null ? 'You may use real money.' : refusals[refusal]}</p>
          <label class="account-field">
            <span>Date of birth</span>
            {birthDate === null ? <input name="birthDate" type="date" required /> : <b>{birthDate}</b>}
            {birthDate === null && <small>It can be told once, and is told to nobody.</small>}
          </label>
          <label class="account-field">
            <span>Country</span>
            <select name="country" required>
              <option value="">Choose…</option>
              {countries.map(({ code, name }) => (
                <option key={code} value={code} selected={code === country}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </Form>
      )}
      {birthDate !== null && proof !== 'proven' && (
        <Form
          title="Identity"
          action={proof === 'pending' ? 'Go on' : 'Prove it'}
          testId="proof"
          onSubmit={proveIdentity}
        >
          <p data-testid="proof-state">{proofs[proof]}</p>
        </Form>
      )}
      {proof === 'proven' && (
        <div class="account-form">
          <h2>Identity</h2>
          <p data-testid="proof-state">{proofs[proof]}</p>
          <p>
            Born {birthDate}, {countryName(country ?? '')}. {refusal !== null && refusals[refusal]}
          </p>
        </div>
      )}
    </div>
  )
}

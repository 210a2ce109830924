import type { OwnPerson, PersonStatement } from '../schema/person.ts'
import type { Caller } from './caller.ts'

/** Who the user is outside of here, as far as real money asks for it. Every method rejects with a RollingDropError. */
export interface PersonLink {
  get(): Promise<OwnPerson>
  /** The date of birth can be told once. */
  state(said: PersonStatement): Promise<OwnPerson>
  /** Begins a check of the user's identity, or goes on with an open one: send the browser to its `url`. */
  prove(): Promise<Readonly<{ url: string }>>
}

export function personOver(caller: Pick<Caller, 'get' | 'call'>): PersonLink {
  return {
    get: () => caller.get('/person'),
    state: (said) => caller.call({ method: 'PUT', path: '/person', body: said }),
    prove: () => caller.call({ method: 'POST', path: '/person/proof' }),
  }
}

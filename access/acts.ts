import type { Ledger } from '../ledger/ledger.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import type { EventDraft } from '../schema/event.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { Principal } from './access.ts'
import { commitSurely } from './welcome.ts'

/**
 * What somebody of the staff did: `action` to `object`, which was `before` and is `after`. Both hold ids, amounts and states; what
 * names a person, or anybody's free text, does not belong in them: the ledger's chain forgets nothing.
 */
export type Act = Readonly<{
  by: Pick<Principal, 'user' | 'tenant'>
  /** A word for each kind of act: `withdrawal.approve`, `role.grant`. */
  action: string
  /** What it was done to: `user:<id>`, `payment:<id>`, `box:<id>`. */
  object: string
  before: unknown
  after: unknown
}>

/** Who acts with a script on the machine itself: whoever may do that has the database and every key anyway. */
export const AT_THE_CONSOLE: Act['by'] = { user: 'console', tenant: MAIN_TENANT }

/** The event of an act, for the outcome that does it: then one cannot commit without the other. */
export function acted({ by, action, object, before, after }: Act): EventDraft {
  return { type: 'staff.acted', payload: { by: by.user, action, object, before, after } }
}

/** Commits an act that changes rows of ours and nothing in the ledger. To be called before it is done. */
export async function recordAct(ledger: Ledger, act: Act, now_ms: number): Promise<void> {
  const event = acted(act)
  await commitSurely(ledger, {
    id: uuidv7(now_ms),
    kind: 'staff.act',
    tenant: act.by.tenant,
    request: digestOf({ act: event.payload }),
    transfers: [],
    events: [event],
  })
}

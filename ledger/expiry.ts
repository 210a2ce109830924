import { hash } from 'node:crypto'
import type { TenantId } from '../schema/account.ts'
import type { Outcome } from '../schema/outcome.ts'
import { derivedId, type OutcomeId } from '../schema/uuid.ts'

export type LapsedHold = Readonly<{ id: OutcomeId; tenant: TenantId; placedBy: OutcomeId }>

/**
 * The outcome that closes a lapsed hold. Its id follows from the hold's, so that however many nodes and batches notice the
 * lapse, it commits once; its time is that of the outcome that placed the hold, for which a partition is known to be there.
 */
export function expiryOutcome({ id: hold, tenant, placedBy }: LapsedHold): Outcome {
  return {
    id: derivedId(placedBy, `expire ${hold}`),
    kind: 'hold.expire',
    tenant,
    request: hash('sha256', `hold.expire ${hold}`, 'hex'),
    transfers: [],
    holds: [{ type: 'expire', hold }],
    events: [{ type: 'hold.expired', payload: { hold } }],
  }
}

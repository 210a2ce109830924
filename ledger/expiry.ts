import { hash } from 'node:crypto'
import type { TenantId } from '../schema/account.ts'
import type { Outcome } from '../schema/outcome.ts'
import { derivedId, type OutcomeId } from '../schema/uuid.ts'

/**
 * The outcome that closes a lapsed hold. Its id follows from the hold's, so that however many nodes and batches notice the
 * lapse, it commits once.
 */
export function expiryOutcome(tenant: TenantId, hold: OutcomeId): Outcome {
  return {
    id: derivedId(hold, 'expire'),
    kind: 'hold.expire',
    tenant,
    request: hash('sha256', `hold.expire ${hold}`, 'hex'),
    transfers: [],
    holds: [{ type: 'expire', hold }],
    events: [{ type: 'hold.expired', payload: { hold } }],
  }
}

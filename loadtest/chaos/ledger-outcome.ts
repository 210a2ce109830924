import { hash } from 'node:crypto'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { Outcome, Transfer } from '../../schema/outcome.ts'
import { derivedId, type OutcomeId } from '../../schema/uuid.ts'
import { Random } from './random.ts'

export const USERS = 60

/**
 * The outcome that goes with an id: whoever has the id can submit it again, to the letter. Few users and uneven amounts, so
 * that some are refused; one in eight places a hold, which another outcome of the same writer never touches.
 */
export function outcomeOf(id: OutcomeId): Outcome {
  const random = new Random(id)
  const legs = Array.from({ length: 1 + random.below(4) }, () => transfer(random))
  const hold = random.below(8) === 0
  return {
    id,
    kind: 'chaos.move',
    tenant: 'main',
    request: hash('sha256', id, 'hex'),
    owner: legs[0]!.debit,
    transfers: legs,
    holds: hold
      ? [{ type: 'place', hold: derivedId(id, 'hold'), expires_at_ms: Date.now() + 1_500, ...transfer(random) }]
      : [],
    events: [{ type: 'money.moved', payload: { id } }],
  }
}

function transfer(random: Random): Transfer {
  const user = random.below(USERS)
  const other = (user + 1 + random.below(USERS - 1)) % USERS
  const credit = random.below(5) === 0 ? 'house:main' : `user:${other}`
  const debit = random.below(9) === 0 && credit !== 'house:main' ? 'house:main' : `user:${user}`
  return { asset: PLAY_CREDIT, debit, credit, amount: toAmount(BigInt(1 + random.below(400))) }
}

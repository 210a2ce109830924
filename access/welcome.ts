import type { Ledger } from '../ledger/ledger.ts'
import { PLAY_FAUCET, userOwner } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { EventDraft } from '../schema/event.ts'
import type { Outcome, Receipt, Transfer } from '../schema/outcome.ts'
import { derivedId, uuidv7 } from '../schema/uuid.ts'
import type { User } from './user.ts'

/**
 * What a new user gets: the first play credits and the event of it. Its id follows from the user's, so that it can be
 * submitted any number of times and is paid once. `credits` are hundredths; 0 gives none.
 */
export function welcome({ id, tenant }: User, credits: bigint): Outcome {
  const registered: EventDraft = { type: 'user.registered', payload: { user: id } }
  return {
    id: derivedId(id, 'welcome'),
    kind: 'guest.welcome',
    tenant,
    request: digestOf({ welcome: id }),
    owner: userOwner(id),
    transfers: grant(id, credits),
    events: credits > 0n ? [registered, granted(id, credits)] : [registered],
  }
}

/** Brings the play credits of a user of ours up to `credits` (hundredths). Undefined when that many are there. */
export async function topUp(ledger: Ledger, { id, tenant }: User, credits: bigint, now_ms: number) {
  const owner = userOwner(id)
  const balance = await ledger.reader.balance(tenant, owner, PLAY_CREDIT)
  const missing = credits - (balance ? balance.balance - balance.held : 0n)
  if (missing <= 0n) return undefined
  return commitSurely(ledger, {
    id: uuidv7(now_ms),
    kind: 'faucet.refill',
    tenant,
    request: digestOf({ refill: id, missing }),
    owner,
    transfers: grant(id, missing),
    events: [granted(id, missing)],
  })
}

const TRIES = 3

/** Commits; where the answer was lost, submits the very same outcome again, which the ledger takes once. */
export async function commitSurely(ledger: Ledger, outcome: Outcome): Promise<Receipt> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await ledger.commit(outcome)
    } catch (error) {
      if (left === 0 || !(error instanceof RollingDropError) || error.code !== 'ledger/unavailable') throw error
    }
  }
}

function grant(user: string, credits: bigint): readonly Transfer[] {
  if (credits === 0n) return []
  return [{ asset: PLAY_CREDIT, debit: PLAY_FAUCET, credit: userOwner(user), amount: toAmount(credits) }]
}

function granted(user: string, credits: bigint): EventDraft {
  return { type: 'faucet.granted', user, payload: { user, asset: PLAY_CREDIT, amount: credits.toString() } }
}

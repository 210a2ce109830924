import { ITEM_ISSUER, userOwner } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { toAsset } from '../../schema/asset.ts'
import type { OutcomeId } from '../../schema/uuid.ts'
import type { RedemptionStatus } from '../../schema/wallet.ts'
import type { Change } from './deposit.ts'

/**
 * Things that are sent home, the state of an actor `redemption-<id>`; until then they lie in a hold:
 *
 *     held ──staff sends them off──▶ shipped (hold posted: out of circulation)
 *       └──staff, or the user──▶ voided, cancelled (hold voided)
 */
export type RedemptionState = Readonly<{
  status: RedemptionStatus
  id: string
  user: string
  asset: string
  count: number
  begun_ms: number
  hold: OutcomeId
}>

export function beginRedemption(wanted: Omit<RedemptionState, 'status'>): Change<RedemptionState> {
  const { hold, user, asset, count } = wanted
  const things = { asset: toAsset(asset), debit: userOwner(user), credit: ITEM_ISSUER, amount: toAmount(BigInt(count)) }
  return {
    ...told({ status: 'held', ...wanted }, 'redemption.held'),
    holds: [{ type: 'place', hold, ...things, expires_at_ms: null }],
  }
}

/** Ends one that is held. */
export function endRedemption(
  redemption: RedemptionState,
  status: Exclude<RedemptionStatus, 'held'>,
): Change<RedemptionState> {
  const { hold } = redemption
  const isShipped = status === 'shipped'
  return {
    ...told({ ...redemption, status }, isShipped ? 'redemption.shipped' : 'redemption.voided'),
    holds: [isShipped ? { type: 'post', hold } : { type: 'void', hold }],
  }
}

function told(
  state: RedemptionState,
  type: 'redemption.held' | 'redemption.shipped' | 'redemption.voided',
): Change<RedemptionState> {
  const { id: redemption, user, asset, count, status } = state
  const event = { type, user, payload: { redemption, user, asset, count, status } }
  return { state, transfers: [], holds: [], freezes: [], events: [event] }
}

import { sumsOf } from '../game/wallet/deposit.ts'
import type { RedemptionState } from '../game/wallet/redemption.ts'
import type { Payment, Redemption, StaffPayment, StaffRedemption } from '../schema/wallet.ts'
import type { PaymentState } from './payment-actor.ts'

/** A payment as its user sees it. */
export function paymentView(state: PaymentState): Payment {
  const { id, direction, status, asset, amount, begun_ms: at } = state
  const { paid, refunded, chargedBack } = state.direction === 'in' ? sumsOf(state) : sumsOfWithdrawal(state)
  const sums = { paid: `${paid}`, refunded: `${refunded}`, chargedBack: `${chargedBack}` }
  return { id, direction, state: status, asset, amount, ...sums, at }
}

export function staffPaymentView(state: PaymentState): StaffPayment {
  const { user, provider } = state
  const reasons = state.direction === 'out' ? [...state.reasons] : []
  return { ...paymentView(state), user, provider, reasons }
}

function sumsOfWithdrawal({ paid }: Extract<PaymentState, { direction: 'out' }>) {
  return { paid: paid?.amount ?? '0', refunded: 0n, chargedBack: 0n }
}

export function redemptionView({ id, status: state, asset, count, begun_ms: at }: RedemptionState): Redemption {
  return { id, state, asset, count, at }
}

export function staffRedemptionView(redemption: RedemptionState): StaffRedemption {
  return { ...redemptionView(redemption), user: redemption.user }
}

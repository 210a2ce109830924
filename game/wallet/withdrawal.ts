import { userOwner, WORLD } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { toAsset } from '../../schema/asset.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { OutcomeId } from '../../schema/uuid.ts'
import type { ReviewReason } from '../../schema/wallet.ts'
import type { Change, Fact } from './deposit.ts'
import { freezesOf, type Purse } from './purse.ts'

/**
 * Money that is paid out, the state of an actor `payment-<id>`; from the beginning it lies in a hold:
 *
 *     held ──no reason to look at it──▶ sending ──provider: paid out──▶ paid (hold posted)
 *       └──some──▶ waiting ──approved──▶ sending ──provider: cannot──▶ failed (hold voided)
 *                     └──refused──▶ refused (hold voided)
 *
 * Sending may be tried many times, under the same reference: the provider pays once. `target` says of two payments whether they went
 * to the same place, and nothing else.
 */
export type WithdrawalState = Readonly<{
  direction: 'out'
  status: 'held' | 'waiting' | 'sending' | 'paid' | 'failed' | 'refused'
  id: string
  user: string
  provider: string
  asset: string
  amount: string
  begun_ms: number
  hold: OutcomeId
  target: string
  reasons: readonly ReviewReason[]
  paid: Fact | null
  moved_ms: number | null
  asks: number
}>

type Wanted = Pick<WithdrawalState, 'id' | 'user' | 'provider' | 'asset' | 'amount' | 'begun_ms' | 'hold' | 'target'>

export function beginWithdrawal(wanted: Wanted): Change<WithdrawalState> {
  const state: WithdrawalState = {
    direction: 'out',
    status: 'held',
    ...wanted,
    reasons: [],
    paid: null,
    moved_ms: null,
    asks: 0,
  }
  const { hold, user, asset, amount } = wanted
  const money = { asset: toAsset(asset), debit: userOwner(user), credit: WORLD, amount: toAmount(BigInt(amount)) }
  return {
    ...changed(state, 'withdrawal.held'),
    holds: [{ type: 'place', hold, ...money, expires_at_ms: null }],
  }
}

/** Sends it off at once where nothing speaks against it; otherwise it waits for staff. */
export function review(withdrawal: WithdrawalState, reasons: readonly ReviewReason[]): Change<WithdrawalState> {
  const status = reasons.length === 0 ? 'sending' : 'waiting'
  return noted({ ...withdrawal, status, reasons })
}

export function approve(withdrawal: WithdrawalState): Change<WithdrawalState> {
  return noted({ ...withdrawal, status: 'sending' })
}

export function refuse(withdrawal: WithdrawalState): Change<WithdrawalState> {
  return voided(withdrawal, 'refused')
}

/** The provider cannot pay it out. */
export function fail(withdrawal: WithdrawalState): Change<WithdrawalState> {
  return voided(withdrawal, 'failed')
}

/** The provider has paid it out: gone is gone, also when the money has been frozen meanwhile. */
export function paidOut(withdrawal: WithdrawalState, paid: Fact, purse: Purse): Change<WithdrawalState> {
  return {
    ...changed({ ...withdrawal, status: 'paid', paid, moved_ms: paid.at_ms }, 'withdrawal.paid'),
    holds: [{ type: 'post', hold: withdrawal.hold }],
    freezes: freezesOf(purse, purse, true),
  }
}

/** Whether nothing can happen to it any more. */
export function isOver({ status }: WithdrawalState): boolean {
  return status === 'paid' || status === 'failed' || status === 'refused'
}

function voided(withdrawal: WithdrawalState, status: 'failed' | 'refused'): Change<WithdrawalState> {
  return {
    ...changed({ ...withdrawal, status }, 'withdrawal.refused'),
    holds: [{ type: 'void', hold: withdrawal.hold }],
  }
}

function noted(state: WithdrawalState): Change<WithdrawalState> {
  const { id: payment, status, reasons } = state
  return { ...unmoved(state), events: [{ type: 'payment.noted', payload: { payment, status, reasons } }] }
}

function changed(
  state: WithdrawalState,
  type: 'withdrawal.held' | 'withdrawal.paid' | 'withdrawal.refused',
): Change<WithdrawalState> {
  const { id: payment, user, asset, amount, status } = state
  const event: EventDraft = { type, user, payload: { payment, user, asset, amount, status } }
  return { ...unmoved(state), events: [event] }
}

function unmoved(state: WithdrawalState): Change<WithdrawalState> {
  return { state, transfers: [], holds: [], freezes: [], events: [] }
}

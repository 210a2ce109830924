import { givenBack } from '../game/limits/budget.ts'
import {
  FACTS_MAX,
  giveUp,
  hear,
  isKnown,
  isOpen,
  type Change,
  type DepositFact,
  type DepositState,
  type Fact,
} from '../game/wallet/deposit.ts'
import { fail, isOver, paidOut, type WithdrawalState } from '../game/wallet/withdrawal.ts'
import type { ActDecision } from '../ledger/act.ts'
import type { TenantId } from '../schema/account.ts'
import { toAsset } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Purse } from '../game/wallet/purse.ts'
import type { WalletParts } from './parts.ts'
import { actOnPayment, commitChange, findPayment, ownCommand, type PaymentState } from './payment-actor.ts'
import type { ProviderEvent } from './provider.ts'
import { settleDebt, withPurse } from './purse.ts'

type Parts = Pick<WalletParts, 'pool' | 'ledger' | 'clock' | 'settings'>

/**
 * Applies what a provider tells of a payment, once however often it is told. Throws `payment/unknown`, `payment/asset` when it is not
 * the payment's money, `payment/amount` when more came in than was asked for: somebody has to look at it before it counts, and the
 * reconciliation shows it; and `payment/state` for what can no longer be applied.
 */
export async function applyEvent(parts: Parts, provider: string, event: ProviderEvent): Promise<void> {
  const known = await findPayment(parts.ledger, event.payment)
  if (known?.payment.provider !== provider) throw new RollingDropError('payment/unknown')
  const { payment, tenant } = known
  if (payment.asset !== event.asset) throw new RollingDropError('payment/asset')
  if (event.type === 'paid' && event.amount > BigInt(payment.amount)) throw new RollingDropError('payment/amount')
  const owner = { tenant, user: payment.user }
  const money = toAsset(payment.asset)
  await withPurse(parts, { owner, money }, (purse) => commitEvent(parts, tenant, event, purse))
  // Also when it was known: whoever applied it may have died before this.
  await settleDebt(parts, owner, money, parts.clock())
}

async function commitEvent(
  { ledger, clock, settings }: Parts,
  tenant: TenantId,
  event: ProviderEvent,
  purse: () => Promise<Purse>,
): Promise<void> {
  const { payment: id, type, part, amount, at_ms } = event
  const fact = { id: part, amount: `${amount}`, at_ms }
  const decide = async (state: PaymentState | undefined, isFinished: boolean): Promise<ActDecision<PaymentState>> => {
    if (state === undefined) return { type: 'refuse', code: 'payment/unknown' }
    const change = await (state.direction === 'in'
      ? depositChange(state, { type, fact, now_ms: clock() }, purse)
      : withdrawalChange(state, { type, fact }, purse))
    if (change === 'known') return { type: 'done', state }
    if (change === 'refused' || isFinished) return { type: 'refuse', code: 'payment/state' }
    return commitChange<PaymentState>(change, { kind: kinds[type], now_ms: clock(), timing: settings })
  }
  const command = ownCommand(clock(), { payment: id, type, part })
  await actOnPayment(ledger, { tenant, id }, command, decide)
}

/** How statements call what it moves. */
const kinds: Readonly<Record<ProviderEvent['type'], string>> = {
  paid: 'deposit.post',
  failed: 'deposit.fail',
  refunded: 'deposit.refund',
  'refund-failed': 'deposit.keep',
  'charged-back': 'deposit.charge-back',
  'paid-out': 'withdrawal.post',
  'payout-failed': 'withdrawal.void',
}

type Told = Readonly<{ type: ProviderEvent['type']; fact: Fact }>
type Decided<State> = Change<State> | 'known' | 'refused'

async function depositChange(
  deposit: DepositState,
  { type, fact, now_ms }: Told & Readonly<{ now_ms: number }>,
  purse: () => Promise<Purse>,
): Promise<Decided<DepositState>> {
  if (type === 'paid-out' || type === 'payout-failed') return 'refused'
  if (type === 'failed') return isOpen(deposit) ? lost(deposit, 'failed', now_ms) : 'known'
  const told: DepositFact = { type, fact }
  if (isKnown(deposit, told)) return 'known'
  if (deposit.refunds.length + deposit.chargeBacks.length >= FACTS_MAX) return 'refused'
  return hear(deposit, told, await purse())
}

/** Gives up a begun payment; the depositor's limit gets back what it was charged with. */
export function lost(deposit: DepositState, why: 'failed' | 'expired', now_ms: number): Change<DepositState> {
  return giveUp(deposit, why, givenBack(deposit.budget ?? [], { taken_ms: deposit.begun_ms, now_ms }))
}

async function withdrawalChange(
  withdrawal: WithdrawalState,
  { type, fact }: Told,
  purse: () => Promise<Purse>,
): Promise<Decided<WithdrawalState>> {
  if (type !== 'paid-out' && type !== 'payout-failed') return 'refused'
  if (isOver(withdrawal)) return 'known'
  if (withdrawal.status !== 'sending') return 'refused'
  return type === 'paid-out' ? paidOut(withdrawal, fact, await purse()) : fail(withdrawal)
}

import type { Principal } from '../access/access.ts'
import { acted } from '../access/acts.ts'
import { claim } from '../access/idempotency.ts'
import { askRefund, beginDeposit, refundable } from '../game/wallet/deposit.ts'
import { userOwner } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Transfer } from '../schema/outcome.ts'
import type { Deposit, PaymentDetail, Refund, StaffPayment } from '../schema/wallet.ts'
import { lost } from './events.ts'
import type { WalletParts, WalletSettings } from './parts.ts'
import {
  actOnPayment,
  commitChange,
  demandPayment,
  findPayment,
  ownCommand,
  type PaymentState,
} from './payment-actor.ts'
import type { PaymentProvider } from './provider.ts'
import { realMoney } from './purse.ts'
import { paymentView, staffPaymentView } from './view.ts'

/** Begins a payment, once for a key, and says where it is paid. */
export async function depositOnce(
  parts: WalletParts,
  principal: Principal,
  key: string,
  wanted: Deposit,
): Promise<PaymentDetail> {
  const { pool, ledger, limits, clock, settings } = parts
  const provider = someProvider(parts)
  const money = realMoney(wanted.asset, settings.money)
  const amount = payable(wanted.amount, settings)
  const command = { principal, route: 'POST /transactions/deposit', key, body: wanted }
  const { outcome: id, request, first } = await claim(pool, command, clock(), async () => null)
  const { tenant, user } = principal
  const begun_ms = clock()
  const intent = { id, user, provider: provider.name, asset: money, amount: `${amount}`, begun_ms }
  const begin = (budget: readonly Transfer[]) =>
    actOnPayment(ledger, { tenant, id }, { id, request, owner: userOwner(user) }, (known) => {
      if (known) return { type: 'done', state: known }
      const state = beginDeposit({ ...intent, expires_ms: begun_ms + settings.expiry_ms }, budget)
      const events = [{ type: 'payment.begun', user, payload: { payment: id, user, asset: money, amount } } as const]
      const change = { state, transfers: budget, holds: [], freezes: [], events }
      return commitChange<PaymentState>(change, { kind: 'deposit.begin', now_ms: begun_ms, timing: settings })
    })
  const known = first ? undefined : await findPayment(ledger, id)
  if (!known) await demandFew(parts, principal)
  const state = known?.payment ?? (await limits.depositWithin(principal, money, amount, begin)).state
  return detailOf(parts, tenant, state)
}

/** Throws `request/too-many` for somebody who begins payments and makes none. */
async function demandFew({ pool, settings }: WalletParts, { tenant, user }: Principal): Promise<void> {
  const { rowCount } = await pool.query(
    `select from payment_listing where tenant = $1 and user_id = $2 and status = 'begun' limit $3`,
    [tenant, user, settings.open_max],
  )
  if (rowCount === settings.open_max) throw new RollingDropError('request/too-many')
}

/** A payment, and where it is paid while that is open. What the provider will not take at all fails here. */
export async function detailOf(parts: WalletParts, tenant: string, state: PaymentState): Promise<PaymentDetail> {
  const view = paymentView(state)
  if (state.direction === 'out' || state.status !== 'begun') return { ...view, url: null }
  const { id: payment, asset } = state
  try {
    const { url } = await someProvider(parts).begin({ payment, asset, amount: BigInt(state.amount) })
    return { ...view, url }
  } catch (cause) {
    if (cause instanceof RollingDropError && !cause.retry) await giveUpNow(parts, tenant, payment, 'failed')
    throw cause
  }
}

/** Takes a payment that is still open for failed or expired. */
export async function giveUpNow(
  { ledger, clock, settings }: Pick<WalletParts, 'ledger' | 'clock' | 'settings'>,
  tenant: string,
  id: string,
  why: 'failed' | 'expired',
): Promise<void> {
  const command = ownCommand(clock(), { payment: id, over: why })
  await actOnPayment(ledger, { tenant, id }, command, (state) => {
    if (state?.status !== 'begun') return { type: 'done', state: state! }
    const change = lost(state, why, clock())
    return commitChange<PaymentState>(change, { kind: 'deposit.fail', now_ms: clock(), timing: settings })
  })
}

/** Gives back of a payment what staff say, once for a key. */
export async function refundOnce(
  { pool, ledger, clock, settings }: WalletParts,
  by: Principal,
  key: string,
  { id, amount: wanted }: Refund & Readonly<{ id: string }>,
): Promise<StaffPayment> {
  const { tenant } = by
  await demandPayment(ledger, tenant, id)
  const asked = { principal: by, route: 'POST /admin/payments/refund', key, body: { id, amount: wanted } }
  const { outcome, request } = await claim(pool, asked, clock(), async () => null)
  const command = { id: outcome, request, owner: userOwner(by.user) }
  const { state } = await actOnPayment(ledger, { tenant, id }, command, (known) => {
    if (known?.direction !== 'in' || known.paid === null) return { type: 'refuse', code: 'payment/state' }
    const amount = wanted === undefined ? refundable(known) : BigInt(wanted)
    if (amount === 0n || amount > refundable(known)) return { type: 'refuse', code: 'payment/amount' }
    const before = { refundable: `${refundable(known)}` }
    const act = { by, action: 'payment.refund', object: `payment:${id}`, before, after: { refund: `${amount}` } }
    const also = [acted(act)]
    const change = askRefund(known, outcome, amount)
    return commitChange<PaymentState>(change, { kind: 'deposit.refund', now_ms: clock(), timing: settings, also })
  })
  return staffPaymentView(state)
}

/** Throws `payment/unavailable` where nothing can be paid in or out. */
export function someProvider({ provider }: Pick<WalletParts, 'provider'>): PaymentProvider {
  if (provider === undefined) throw new RollingDropError('payment/unavailable')
  return provider
}

/** Throws `payment/amount` for too little or too much. */
export function payable(text: string, { min, max }: Pick<WalletSettings, 'min' | 'max'>): bigint {
  const amount = BigInt(text)
  if (amount < min || amount > max) throw new RollingDropError('payment/amount', { min: `${min}`, max: `${max}` })
  return amount
}

import type { Principal } from '../access/access.ts'
import type { TenantId } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'
import type {
  AddressedRedemption,
  Debts,
  Deposit,
  Payment,
  PaymentDetail,
  PaymentMoney,
  PaymentPage,
  Reconciliation,
  Redeem,
  Redemption,
  RedemptionPage,
  Refund,
  StaffPayment,
  StaffPaymentPage,
  StaffRedemption,
  StaffRedemptionPage,
  Withdraw,
} from '../schema/wallet.ts'
import { depositOnce, detailOf, refundOnce, someProvider } from './deposits.ts'
import { applyEvent } from './events.ts'
import { listPayments, listRedemptions, type PaymentFilter, type RedemptionFilter } from './listing.ts'
import type { Owner, WalletParts } from './parts.ts'
import { demandPayment } from './payment-actor.ts'
import type { PaymentWebhook } from './provider.ts'
import { readDebts } from './purse.ts'
import { reconcile } from './reconciliation.ts'
import { addressedRedemption, endOnce, redeemOnce } from './redemptions.ts'
import { goOn } from './rounds.ts'
import { paymentView, redemptionView, staffPaymentView, staffRedemptionView } from './view.ts'
import { judgeOnce, withdrawOnce } from './withdrawals.ts'

type Filter<T> = Omit<T, 'tenant'>

/**
 * Money in and out and things sent home, the same for every door. `key` is the caller's own id of a command: asked again under it, on
 * whichever node, it is answered again and done once. `by` is somebody of the staff, of the tenant that is meant.
 */
export interface Wallet {
  money(): PaymentMoney
  /** Throws `payment/asset`, `payment/amount`, `payment/unavailable`, `request/too-many`, `limit/exceeded` and what `Limits.depositWithin` throws. */
  deposit(principal: Principal, key: string, wanted: Deposit): Promise<PaymentDetail>
  /** Throws `payment/asset`, `payment/amount`, `payment/unavailable`, `user/debt`, `ledger/insufficient`, `person/unproven`, `person/proof-pending`. */
  withdraw(principal: Principal, key: string, wanted: Withdraw): Promise<Payment>
  /** Throws `item/unknown`, `redeem/play`, `ledger/insufficient`. */
  redeem(principal: Principal, key: string, wanted: Redeem): Promise<Redemption>
  /** Throws `redeem/unknown`, `redeem/state`. */
  cancelRedemption(principal: Principal, key: string, id: string): Promise<Redemption>
  /** Throws `payment/unknown`, `payment/unavailable`. */
  payment(owner: Owner, id: string): Promise<PaymentDetail>
  payments(owner: Owner, filter: Filter<PaymentFilter>): Promise<PaymentPage>
  redemptions(owner: Owner, filter: Filter<RedemptionFilter>): Promise<RedemptionPage>
  debts(owner: Owner): Promise<Debts>

  /** What a provider tells. Late, twice or out of order ends the same. Throws `payment/signature`, `payment/unknown`, `payment/asset`, `payment/amount`, `payment/state`. */
  heard(provider: string, webhook: PaymentWebhook): Promise<void>

  allPayments(tenant: TenantId, filter: Filter<PaymentFilter>): Promise<StaffPaymentPage>
  /** Throws `payment/unknown`, `payment/state`, `payment/amount`, `ledger/insufficient`. */
  refund(by: Principal, key: string, wanted: Refund & Readonly<{ id: string }>): Promise<StaffPayment>
  /** Throws `payment/unknown`, `payment/state`, `user/debt`. */
  judge(
    by: Principal,
    key: string,
    wanted: Readonly<{ id: string; verdict: 'approve' | 'refuse' }>,
  ): Promise<StaffPayment>
  allRedemptions(tenant: TenantId, filter: Filter<RedemptionFilter>): Promise<StaffRedemptionPage>
  /** With where it goes. Throws `redeem/unknown`. */
  redemption(tenant: TenantId, id: string): Promise<AddressedRedemption>
  /** Throws `redeem/unknown`, `redeem/state`. */
  endRedemption(
    by: Principal,
    key: string,
    wanted: Readonly<{ id: string; status: 'shipped' | 'voided' }>,
  ): Promise<StaffRedemption>
  /** The provider's report of a span of time beside the ledger. Throws `payment/unavailable`. */
  reconcile(tenant: TenantId, since_ms: number, until_ms: number): Promise<Reconciliation>

  /** Does what is due of a payment, when its alarm rings. */
  ring(actor: string, now_ms: number): Promise<void>
}

/** The wallet of one node. */
export function createWallet(parts: WalletParts): Wallet {
  const { pool, ledger, settings } = parts
  return {
    money: () => ({
      provider: parts.provider?.name ?? null,
      money: settings.money.map((asset) => ({ asset, min: `${settings.min}`, max: `${settings.max}` })),
    }),
    deposit: (principal, key, wanted) => depositOnce(parts, principal, key, wanted),
    withdraw: (principal, key, wanted) => withdrawOnce(parts, principal, key, wanted),
    redeem: async (principal, key, wanted) => redemptionView(await redeemOnce(parts, principal, key, wanted)),
    cancelRedemption: async (principal, key, id) =>
      redemptionView(await endOnce(parts, principal, key, { id, status: 'cancelled' })),
    async payment({ tenant, user }, id) {
      const known = await demandPayment(ledger, tenant, id)
      if (known.user !== user) throw new RollingDropError('payment/unknown')
      return detailOf(parts, tenant, known)
    },
    async payments({ tenant, user }, filter) {
      const { found, next } = await listPayments(parts, { ...filter, tenant, user })
      return { payments: found.map(paymentView), next }
    },
    async redemptions({ tenant, user }, filter) {
      const { found, next } = await listRedemptions(parts, { ...filter, tenant, user })
      return { redemptions: found.map(redemptionView), next }
    },
    debts: async (owner) => ({ debts: await readDebts(ledger, owner) }),

    async heard(name, webhook) {
      const provider = someProvider(parts)
      if (provider.name !== name) throw new RollingDropError('request/not-found')
      await applyEvent(parts, name, provider.read(webhook))
    },

    async allPayments(tenant, filter) {
      const { found, next } = await listPayments(parts, { ...filter, tenant })
      return { payments: found.map(staffPaymentView), next }
    },
    refund: (by, key, wanted) => refundOnce(parts, by, key, wanted),
    judge: (by, key, wanted) => judgeOnce(parts, by, key, wanted),
    async allRedemptions(tenant, filter) {
      const { found, next } = await listRedemptions(parts, { ...filter, tenant })
      return { redemptions: found.map(staffRedemptionView), next }
    },
    redemption: (tenant, id) => addressedRedemption(parts, tenant, id),
    endRedemption: async (by, key, wanted) => staffRedemptionView(await endOnce(parts, by, key, wanted)),
    reconcile: (tenant, since_ms, until_ms) => reconcile(pool, someProvider(parts), { since_ms, until_ms, tenant }),

    ring: (actor, now_ms) => goOn(parts, actor, now_ms),
  }
}

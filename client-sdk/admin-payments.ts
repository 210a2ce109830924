import type {
  AddressedRedemption,
  Reconciliation,
  StaffPayment,
  StaffPaymentPage,
  StaffRedemption,
  StaffRedemptionPage,
} from '../schema/wallet.ts'
import type { Caller } from './caller.ts'

/** Money and things of one's tenant on their way in and out, for its staff. Amounts are decimal strings in smallest units. */
export interface AdminPayments {
  /** Withdrawals that wait to be looked at, newest first. */
  waiting(cursor?: string): Promise<StaffPaymentPage>
  /** Lets one go, or not. Rejects with `payment/state` when somebody else has decided. */
  judge(id: string, verdict: 'approve' | 'refuse'): Promise<StaffPayment>
  /** What is to be packed, newest first. */
  toShip(cursor?: string): Promise<StaffRedemptionPage>
  /** With where it goes. */
  redemption(id: string): Promise<AddressedRedemption>
  endRedemption(id: string, how: 'ship' | 'void'): Promise<StaffRedemption>
  /** The provider's report of a day (UTC, `2026-01-31`) beside the ledger. */
  reconciliation(day: string): Promise<Reconciliation>
}

export function adminPaymentsOver(caller: Caller): AdminPayments {
  const of = encodeURIComponent
  return {
    waiting: (cursor) => caller.get('/admin/withdrawals', { cursor }),
    judge: (id, verdict) => caller.post(`/admin/withdrawals/${of(id)}/${verdict}`, {}),
    toShip: (cursor) => caller.get('/admin/redemptions', { cursor, state: 'held' }),
    redemption: (id) => caller.get(`/admin/redemptions/${of(id)}`),
    endRedemption: (id, how) => caller.post(`/admin/redemptions/${of(id)}/${how}`, {}),
    reconciliation: (day) => caller.get('/admin/payments/reconciliation', { day }),
  }
}

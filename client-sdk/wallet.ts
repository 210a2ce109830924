import type { Debts, Deposit, Payment, PaymentDetail, PaymentMoney, PaymentPage, Redeem } from '../schema/wallet.ts'
import type { PaymentStatus, Redemption, RedemptionPage, RedemptionStatus, Withdraw } from '../schema/wallet.ts'
import type { Caller } from './caller.ts'

type Page = Readonly<{ cursor?: string; limit?: number }>

/**
 * Money in and out, and things sent home. Commands are sent again by themselves until they are answered, and done once. Withdrawing and
 * redeeming reject with `auth/confirm` where one has to prove first who one is. Every method rejects with a RollingDropError.
 */
export interface Wallet {
  /** What can be paid in and out, and how much at once. */
  money(): Promise<PaymentMoney>
  /** Begins a payment; send the browser to its `url`. */
  deposit(wanted: Deposit): Promise<PaymentDetail>
  withdraw(wanted: Withdraw): Promise<Payment>
  /** Newest first. */
  payments(query?: Page & Readonly<{ direction?: 'in' | 'out'; state?: PaymentStatus }>): Promise<PaymentPage>
  payment(id: string): Promise<PaymentDetail>
  /** What one owes; that money cannot be spent until it is paid. */
  debts(): Promise<Debts['debts']>
  redeem(wanted: Redeem): Promise<Redemption>
  /** Newest first. */
  redemptions(query?: Page & Readonly<{ state?: RedemptionStatus }>): Promise<RedemptionPage>
  /** As long as it is not sent off. */
  cancelRedemption(id: string): Promise<Redemption>
}

export function walletOver(caller: Pick<Caller, 'get' | 'post'>): Wallet {
  return {
    money: () => caller.get('/payments/money'),
    deposit: (wanted) => caller.post('/transactions/deposit', wanted),
    withdraw: (wanted) => caller.post('/transactions/withdraw', wanted),
    payments: (query) => caller.get('/payments', query),
    payment: (id) => caller.get(`/payments/${encodeURIComponent(id)}`),
    debts: async () => (await caller.get<Debts>('/debts')).debts,
    redeem: (wanted) => caller.post('/transactions/redeem', wanted),
    redemptions: (query) => caller.get('/redemptions', query),
    cancelRedemption: (id) => caller.post(`/redemptions/${encodeURIComponent(id)}/cancel`, {}),
  }
}

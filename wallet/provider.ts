/** What a provider tells: as an answer, by a webhook, or in its report. The same thing is told with the same `part` every time. */
export type ProviderEvent = Readonly<{
  type:
    | 'paid'
    | 'failed'
    | 'refunded'
    | 'refund-failed'
    | 'charged-back'
    /** Of what goes out. */
    | 'paid-out'
    | 'payout-failed'
  /** Our own id of the payment. */
  payment: string
  /** The provider's name for what has happened; of a refund that we have asked for, our own id of it. */
  part: string
  asset: string
  /** In smallest units, above 0. */
  amount: bigint
  /** Unix ms by the provider's clock. */
  at_ms: number
}>

/** A call of a provider as it arrived. */
export type PaymentWebhook = Readonly<{ headers: Readonly<Record<string, string | undefined>>; body: string }>

export type Money = Readonly<{ payment: string; asset: string; amount: bigint }>

/**
 * Somebody who moves money outside. Every call may be made again with the same ids and is done once. All throw
 * `payment/unavailable` when it is not known whether anything was done; `begin` throws `payment/amount` or `payment/asset` for what
 * the provider will not take.
 */
export interface PaymentProvider {
  /** As it stands in the path of its webhook. */
  readonly name: string
  /** Where it is paid. */
  begin(money: Money): Promise<Readonly<{ reference: string; url: string }>>
  /** Pays out to `target`. Returns how it ended, where that is known at once. */
  payOut(money: Money & Readonly<{ target: string }>): Promise<readonly ProviderEvent[]>
  /** Gives back of what was paid. `refund` is our id of it. */
  refund(money: Money & Readonly<{ refund: string }>): Promise<readonly ProviderEvent[]>
  /** All that has happened to a payment. */
  look(payment: string): Promise<readonly ProviderEvent[]>
  /** All that has happened from `since_ms` on and before `until_ms`. */
  report(since_ms: number, until_ms: number): Promise<readonly ProviderEvent[]>
  /** Reads a webhook. Throws `payment/signature` for what the provider has not sent, or sent too long ago. */
  read(webhook: PaymentWebhook): ProviderEvent
}

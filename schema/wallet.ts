import { z } from 'zod'
import { isAsset } from './asset.ts'
import { decimal } from './http.ts'

/** What is paid in and out, sent home and owed: commands, answers and the payloads of events. Amounts are decimal strings. */

const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)
const positive = z.string().regex(/^[1-9][0-9]{0,17}$/, 'an amount is a whole number of smallest units above 0')
const asset = z.string().max(100).refine(isAsset, 'not an asset')
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}*$/u, 'no control characters')

export const paymentId = z.strictObject({ id: uuid })

/** A command to pay money in. */
export const deposit = z.strictObject({
  asset: asset.describe('the money, such as `USD`'),
  amount: positive.describe('in smallest units'),
})
export type Deposit = z.output<typeof deposit>

/** A command to pay money out. */
export const withdraw = z.strictObject({
  asset: asset.describe('the money, such as `USD`'),
  amount: positive.describe('in smallest units'),
  target: line(120).describe('where it goes: an account number as the provider understands it; it rests encrypted'),
})
export type Withdraw = z.output<typeof withdraw>

export const address = z.strictObject({
  name: line(120),
  lines: z.array(line(120)).min(1).max(4).describe('street, house and the like'),
  postcode: line(20),
  city: line(80),
  country: z.string().regex(/^[A-Z]{2}$/, 'a country is two capital letters (ISO 3166-1)'),
})
/** Where a thing is sent to. */
export type Address = z.output<typeof address>

/** A command to have things sent home. */
export const redeem = z.strictObject({
  asset: asset.describe('a real item, such as `item:watch`'),
  count: z.int().min(1).max(1000),
  address,
})
export type Redeem = z.output<typeof redeem>

export const paymentDirections = ['in', 'out'] as const

/**
 * In: `begun` until the provider knows, then `paid`, `failed` or `expired`; of what was paid all may go back: `refunded`,
 * `charged-back`. Out: `held` until it is looked at, then `waiting` for staff or `sending`, then `paid`, `failed` or `refused`.
 */
export const paymentStates = [
  'begun',
  'held',
  'waiting',
  'sending',
  'paid',
  'failed',
  'expired',
  'refused',
  'refunded',
  'charged-back',
] as const
export type PaymentStatus = (typeof paymentStates)[number]

/** Why a withdrawal waits for staff. */
export const reviewReasons = [
  'amount',
  'first-withdrawal',
  'too-many-today',
  'too-much-today',
  'debt',
  'new-target',
  'not-played',
] as const
export type ReviewReason = (typeof reviewReasons)[number]

export const payment = z.object({
  id: uuid,
  direction: z.enum(paymentDirections),
  state: z.enum(paymentStates),
  asset: z.string(),
  amount: decimal.describe('what was asked for'),
  paid: decimal.describe('what came in, or went out'),
  refunded: decimal.describe('of what came in'),
  chargedBack: decimal.describe('of what came in'),
  at: z.number().describe('unix ms at which it began'),
})
export type Payment = z.infer<typeof payment>

export const paymentDetail = payment.extend({
  url: z.string().nullable().describe('where it is paid; null once it is decided, and for what goes out'),
})
/** A payment, and where it is paid while that is still to be done. */
export type PaymentDetail = z.infer<typeof paymentDetail>

export const paymentPage = z.object({
  payments: z.array(payment),
  next: z.string().nullable().describe('cursor of the next page; null on the last one'),
})
export type PaymentPage = z.infer<typeof paymentPage>

/** What a list of payments may be narrowed to. */
export const paymentQuery = z.object({
  cursor: uuid.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  direction: z.enum(paymentDirections).optional(),
  state: z.enum(paymentStates).optional(),
})
export const staffPaymentQuery = paymentQuery.extend({
  user: z.string().max(64).optional(),
  asset: asset.optional(),
})

export const paymentMoney = z.object({
  provider: z.string().nullable().describe('who takes the money; null: nothing can be paid in or out here'),
  money: z.array(z.object({ asset: z.string(), min: decimal, max: decimal })),
})
/** What can be paid in and out, and how much at once. */
export type PaymentMoney = z.infer<typeof paymentMoney>

export const debts = z.object({
  debts: z.array(z.object({ asset: z.string(), owed: decimal, frozen: z.boolean() })),
})
/** What one owes. As long as it is not 0, that money cannot be spent; what is paid in pays it first. */
export type Debts = z.infer<typeof debts>

export const staffPayment = payment.extend({
  user: z.string(),
  provider: z.string(),
  reasons: z.array(z.enum(reviewReasons)).describe('why a withdrawal waited for staff'),
})
/** A payment as staff see it. */
export type StaffPayment = z.infer<typeof staffPayment>
export const staffPaymentPage = z.object({ payments: z.array(staffPayment), next: z.string().nullable() })
export type StaffPaymentPage = z.infer<typeof staffPaymentPage>

/** What staff give back of a payment; all that is left of it unless told otherwise. */
export const refund = z.strictObject({ amount: positive.optional() })
export type Refund = z.output<typeof refund>

export const redemptionStates = ['held', 'shipped', 'voided', 'cancelled'] as const
export type RedemptionStatus = (typeof redemptionStates)[number]

export const redemption = z.object({
  id: uuid,
  state: z.enum(redemptionStates),
  asset: z.string(),
  count: z.int(),
  at: z.number().describe('unix ms at which it was asked for'),
})
/** Things on their way home: reserved (`held`) until they are sent off (`shipped`) or not (`voided` by staff, `cancelled`). */
export type Redemption = z.infer<typeof redemption>
export const redemptionPage = z.object({ redemptions: z.array(redemption), next: z.string().nullable() })
export type RedemptionPage = z.infer<typeof redemptionPage>
export const redemptionQuery = z.object({
  cursor: uuid.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  state: z.enum(redemptionStates).optional(),
})
export const staffRedemptionQuery = redemptionQuery.extend({ user: z.string().max(64).optional() })
export const staffRedemption = redemption.extend({ user: z.string() })
export type StaffRedemption = z.infer<typeof staffRedemption>
export const staffRedemptionPage = z.object({ redemptions: z.array(staffRedemption), next: z.string().nullable() })
export type StaffRedemptionPage = z.infer<typeof staffRedemptionPage>
export const addressedRedemption = staffRedemption.extend({
  address: address.nullable().describe('null once it is erased'),
})
export type AddressedRedemption = z.infer<typeof addressedRedemption>

export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is written 2026-01-31')

export const reconciliation = z.object({
  since: z.number().describe('unix ms'),
  until: z.number().describe('unix ms, not included'),
  provider: z.string(),
  ok: z.boolean().describe('no differences'),
  days: z
    .array(
      z.object({
        day,
        asset: z.string(),
        paid: decimal,
        refunded: decimal,
        chargedBack: decimal,
        paidOut: decimal,
      }),
    )
    .describe('sums of what the ledger has, by the day (UTC) the provider gives'),
  differences: z.array(
    z.object({
      payment: z.string(),
      kind: z.enum(['missing-here', 'missing-there', 'amount', 'ledger']),
      type: z.string(),
      here: decimal.nullable(),
      there: decimal.nullable(),
    }),
  ),
})
/** The provider's report beside the ledger. `ledger`: what a payment says was moved is not what its transfers moved. */
export type Reconciliation = z.infer<typeof reconciliation>

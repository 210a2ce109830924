import { userOwner, WORLD } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { toAsset } from '../../schema/asset.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { FreezeStep, HoldStep, Transfer } from '../../schema/outcome.ts'
import type { OutcomeId } from '../../schema/uuid.ts'
import type { PaymentStatus } from '../../schema/wallet.ts'
import { freezesOf, least, payIn, takeBack, takesFrom, type Purse } from './purse.ts'

/** What a provider says has happened: its own name for it, so that it counts once, how much, and when (unix ms). */
export type Fact = Readonly<{ id: string; amount: string; at_ms: number }>

/** A refund that staff asked for: what it takes lies in a hold until the provider says that it is done. */
export type AskedRefund = Readonly<{ id: OutcomeId; amount: string; told: boolean }>

/**
 * Money that is paid in, the state of an actor `payment-<id>`:
 *
 *     begun ──paid──▶ paid ──refunds──▶ refunded
 *       │              └───charge-backs──▶ charged-back
 *       └──failed, or not heard of in time──▶ failed, expired ──paid all the same──▶ paid
 *
 * What the provider tells is kept as facts, whenever and however often they come; what is moved follows from them all, so that every
 * order of the same facts ends the same. Amounts are decimal strings in smallest units.
 */
export type DepositState = Readonly<{
  direction: 'in'
  /** Derived; for lists. */
  status: PaymentStatus
  id: string
  user: string
  provider: string
  asset: string
  amount: string
  begun_ms: number
  expires_ms: number
  /** What the depositor's limit was charged with; null once that is final. */
  budget: readonly Transfer[] | null
  over: 'failed' | 'expired' | null
  paid: Fact | null
  refunds: readonly Fact[]
  chargeBacks: readonly Fact[]
  asked: readonly AskedRefund[]
  /** What the ledger has moved back to outside, all in all. */
  back: string
  /** Of the last fact, by the provider's clock; null before. */
  moved_ms: number | null
  /** How often the provider was asked how it stands. */
  asks: number
}>

export type DepositFact = Readonly<{ type: 'paid' | 'refunded' | 'charged-back' | 'refund-failed'; fact: Fact }>

/** More of them are refused: a payment has a few. */
export const FACTS_MAX = 50

/** What a change of a payment moves and tells. */
export type Change<State> = Readonly<{
  state: State
  transfers: readonly Transfer[]
  holds: readonly HoldStep[]
  freezes: readonly FreezeStep[]
  events: readonly EventDraft[]
}>

export function beginDeposit(
  wanted: Pick<DepositState, 'id' | 'user' | 'provider' | 'asset' | 'amount' | 'begun_ms' | 'expires_ms'>,
  budget: readonly Transfer[],
): DepositState {
  return {
    direction: 'in',
    status: 'begun',
    ...wanted,
    budget,
    over: null,
    paid: null,
    refunds: [],
    chargeBacks: [],
    asked: [],
    back: '0',
    moved_ms: null,
    asks: 0,
  }
}

/** Whether a fact says nothing that is not known already. */
export function isKnown(deposit: DepositState, { type, fact }: DepositFact): boolean {
  switch (type) {
    case 'paid':
      return deposit.paid !== null
    case 'refunded':
      return deposit.refunds.some(({ id }) => id === fact.id)
    case 'charged-back':
      return deposit.chargeBacks.some(({ id }) => id === fact.id)
    case 'refund-failed':
      return !deposit.asked.some(({ id }) => id === fact.id)
    default:
      return type satisfies never
  }
}

/** Sums over the facts: what came in and what of it went back, as refunds and as charge-backs. */
export function sumsOf({ paid, refunds, chargeBacks }: DepositState) {
  const all = BigInt(paid?.amount ?? '0')
  const refunded = least(all, total(refunds))
  return { paid: all, refunded, chargedBack: least(all - refunded, total(chargeBacks)) }
}

/** What of it staff can still give back. */
export function refundable(deposit: DepositState): bigint {
  const { paid, refunded, chargedBack } = sumsOf(deposit)
  return paid - refunded - chargedBack - total(deposit.asked)
}

/** Takes a new fact in and moves what follows from all facts. `purse` is the user's, as read just now. */
export function hear(deposit: DepositState, { type, fact }: DepositFact, purse: Purse): Change<DepositState> {
  const known = withFact(deposit, type, fact)
  const asked = deposit.asked.find(({ id }) => id === fact.id)
  const received = known.paid !== deposit.paid ? payIn(purse, BigInt(known.paid!.amount)) : { purse, transfers: [] }
  const { refunded, chargedBack } = sumsOf(known)
  const due = refunded + chargedBack - BigInt(known.back)
  const held = asked && type === 'refunded' ? least(due, BigInt(asked.amount)) : 0n
  const taken = takeBack(received.purse, due - held)
  const transfers = [...received.transfers, ...taken.transfers]
  const state = statusSet({
    ...known,
    asked: known.asked.filter(({ id }) => id !== fact.id),
    back: `${BigInt(known.back) + due}`,
    moved_ms: Math.max(known.moved_ms ?? 0, fact.at_ms),
  })
  return {
    state,
    transfers,
    holds: asked ? [closing(asked.id, held)] : [],
    freezes: freezesOf(purse, taken.purse, held > 0n || takesFrom(purse, transfers)),
    events: eventsOf(state, { type, fact }, { before: purse, after: taken.purse }),
  }
}

/** Whether nobody knows yet how it will end. */
export function isOpen({ paid, over }: DepositState): boolean {
  return paid === null && over === null
}

/** Takes a begun payment for failed or expired. What comes in later counts all the same. */
export function giveUp(
  deposit: DepositState,
  over: 'failed' | 'expired',
  back: readonly Transfer[],
): Change<DepositState> {
  const { id: payment, user } = deposit
  return {
    state: statusSet({ ...deposit, over, budget: null }),
    transfers: back,
    holds: [],
    freezes: [],
    events: [{ type: 'payment.failed', user, payload: { payment, user, reason: over } }],
  }
}

/** Reserves what staff give back; the provider is told afterwards. */
export function askRefund(deposit: DepositState, id: OutcomeId, amount: bigint): Change<DepositState> {
  const { user, id: payment } = deposit
  const asset = toAsset(deposit.asset)
  const hold = { type: 'place', hold: id, asset, debit: userOwner(user), credit: WORLD, expires_at_ms: null } as const
  return {
    state: { ...deposit, asked: [...deposit.asked, { id, amount: `${amount}`, told: false }] },
    transfers: [],
    holds: [{ ...hold, amount: toAmount(amount) }],
    freezes: [],
    events: [{ type: 'payment.noted', payload: { payment, refund: id, amount: `${amount}` } }],
  }
}

function withFact(deposit: DepositState, type: DepositFact['type'], fact: Fact): DepositState {
  switch (type) {
    case 'paid':
      return { ...deposit, paid: fact, budget: null }
    case 'refunded':
      return { ...deposit, refunds: [...deposit.refunds, fact] }
    case 'charged-back':
      return { ...deposit, chargeBacks: [...deposit.chargeBacks, fact] }
    case 'refund-failed':
      return deposit
    default:
      return type satisfies never
  }
}

function statusSet(deposit: DepositState): DepositState {
  return { ...deposit, status: statusOf(deposit) }
}

function statusOf(deposit: DepositState): PaymentStatus {
  const { paid, refunded, chargedBack } = sumsOf(deposit)
  if (deposit.paid === null) return deposit.over ?? 'begun'
  if (chargedBack > 0n) return 'charged-back'
  return refunded === paid ? 'refunded' : 'paid'
}

/** Ends a hold: posts of it what goes back, or none of it. */
function closing(hold: OutcomeId, amount: bigint): HoldStep {
  return amount > 0n ? { type: 'post', hold, amount: toAmount(amount) } : { type: 'void', hold }
}

const eventTypes = {
  paid: 'deposit.posted',
  refunded: 'deposit.refunded',
  'charged-back': 'deposit.charged-back',
} as const

/** What the user is told. What is ahead of its time is told when its time has come, with what it came ahead of. */
function eventsOf(
  { id: payment, user, asset, paid, refunds, chargeBacks }: DepositState,
  { type, fact }: DepositFact,
  { before, after }: Readonly<{ before: Purse; after: Purse }>,
): EventDraft[] {
  const tell = (what: keyof typeof eventTypes, { amount }: Fact): EventDraft => ({
    type: eventTypes[what],
    user,
    payload: { payment, user, asset, amount, owed: `${after.owed}` },
  })
  if (type === 'refund-failed' || paid === null) return [{ type: 'payment.noted', payload: { payment, fact: type } }]
  if (type !== 'paid') return [tell(type, fact)]
  return [
    tell('paid', fact),
    ...debtPaid(before, after),
    ...refunds.map((each) => tell('refunded', each)),
    ...chargeBacks.map((each) => tell('charged-back', each)),
  ]
}

/** Told when less is owed than before. */
export function debtPaid(before: Purse, after: Purse): EventDraft[] {
  const { user, money: asset } = before
  const amount = before.owed - after.owed
  return amount > 0n
    ? [{ type: 'debt.paid', user, payload: { user, asset, amount: `${amount}`, owed: `${after.owed}` } }]
    : []
}

function total(parts: readonly Readonly<{ amount: string }>[]): bigint {
  return parts.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
}

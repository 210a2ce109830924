import type { EventDraft } from '../../schema/event.ts'

/**
 * An opening that is paid from a partner's own wallet. Its actor is committed before the wallet hears of it:
 *
 *     debiting ──opening committed──▶ crediting ──acknowledged──▶ done (opened)
 *        │  │             └──no money was won──────────────────────▲
 *        │  └──refused──▶ done (refused)
 *        └──no answer, not opened in time──▶ rolling-back ──acknowledged──▶ done (rolled-back)
 *
 * `debiting` is left by an outcome under the opening's own id, which the opening itself is committed under, too: the ledger takes one
 * of them and refuses the other. What is crediting or rolling back is sent until it is acknowledged.
 */
export type WalletPayment = Readonly<{
  phase: 'debiting' | 'crediting' | 'rolling-back' | 'done'
  end: 'opened' | 'refused' | 'rolled-back' | null
  opening: string
  user: string
  externalId: string
  asset: string
  amount: string
  /** Money that was won, to be paid into the wallet. */
  credit: string
  /** Where the debit was sent. */
  url: string
  sealed_secret: string
  /** Times that the credit or rollback was sent in vain. */
  tries: number
}>

/** When to look again. */
export type PaymentPace = Readonly<{ settle_ms: number; backoff_ms: number }>

type Effects = Readonly<{ kind: string; events: readonly EventDraft[]; wake_at_ms: number | null; finished?: boolean }>
export type PaymentStep = Readonly<{ state: WalletPayment; effects: Effects }>

const BACKOFF_MAX_MS = 300_000

type Debit = Omit<WalletPayment, 'phase' | 'end' | 'credit' | 'tries'>

export function beginPayment(debit: Debit, now_ms: number, { settle_ms }: PaymentPace): PaymentStep {
  return step({ ...debit, phase: 'debiting', end: null, credit: '0', tries: 0 }, now_ms + settle_ms)
}

/** The opening is committed; what was won in money goes to the wallet. */
export function openedPayment(payment: WalletPayment, credit: bigint, now_ms: number): PaymentStep {
  if (credit === 0n) return done(payment, 'opened')
  return step({ ...payment, phase: 'crediting', credit: `${credit}` }, now_ms)
}

export const refusedPayment = (payment: WalletPayment): PaymentStep => done(payment, 'refused')

export function rollBackPayment(payment: WalletPayment, now_ms: number): PaymentStep {
  return step({ ...payment, phase: 'rolling-back' }, now_ms)
}

/** What is crediting or rolling back was sent: it is done when that was acknowledged, else it is sent again later. */
export function sentPayment(
  payment: WalletPayment,
  isAcknowledged: boolean,
  now_ms: number,
  { backoff_ms }: PaymentPace,
): PaymentStep {
  if (isAcknowledged) return done(payment, payment.phase === 'crediting' ? 'opened' : 'rolled-back')
  const wait_ms = Math.min(backoff_ms * 2 ** Math.min(payment.tries, 30), BACKOFF_MAX_MS)
  return step({ ...payment, tries: payment.tries + 1 }, now_ms + wait_ms)
}

/** What stands in the opening's own outcome: that the wallet has paid it, and what it is to get. */
export function walletEvent({
  opening,
  user,
  asset,
  amount,
  credit,
  phase,
  end,
}: Omit<WalletPayment, 'url' | 'sealed_secret' | 'tries' | 'externalId'>): EventDraft {
  return { type: 'partner.wallet-moved', payload: { opening, user, asset, amount, credit, phase, end } }
}

function done(payment: WalletPayment, end: NonNullable<WalletPayment['end']>): PaymentStep {
  const { effects, state } = step({ ...payment, phase: 'done', end }, null)
  return { state, effects: { ...effects, finished: true } }
}

function step(state: WalletPayment, wake_at_ms: number | null): PaymentStep {
  return { state, effects: { kind: `partner.wallet-${state.phase}`, events: [walletEvent(state)], wake_at_ms } }
}

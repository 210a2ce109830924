import { act, type ActCommand, type ActDecision, type Acted, type RoomlessActor } from '../ledger/act.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Change, DepositState } from '../game/wallet/deposit.ts'
import { isOver, type WithdrawalState } from '../game/wallet/withdrawal.ts'
import { amountFromText } from '../schema/amount.ts'
import type { TenantId } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { EventDraft } from '../schema/event.ts'
import { toJson } from '../schema/json.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { WalletSettings } from './parts.ts'

export type PaymentState = DepositState | WithdrawalState

const KIND = 'payment'
const DAY_MS = 86_400_000
/** A withdrawal that a crash left unreviewed is taken up again after this long. */
const REVIEW_MS = 2_000

export const paymentActorId = (id: string): string => `${KIND}-${id}`

export function paymentActor(tenant: TenantId, id: string): RoomlessActor<PaymentState> {
  return { id: paymentActorId(id), kind: KIND, tenant, read: paymentFromJson, write: toJson }
}

export function paymentFromJson(text: string): PaymentState {
  const state = JSON.parse(text) as PaymentState
  if (state.direction === 'out' || state.budget === null) return state
  const budget = state.budget.map((each) => Object.assign({}, each, { amount: amountFromText(each.amount) }))
  return { ...state, budget }
}

/** The payment as it stands, of whatever tenant; undefined when there is none of this id. */
export async function findPayment(
  { actors }: Pick<Ledger, 'actors'>,
  id: string,
): Promise<Readonly<{ tenant: TenantId; payment: PaymentState; finished: boolean }> | undefined> {
  const row = await actors.find(paymentActorId(id))
  if (row?.kind !== KIND) return undefined
  return { tenant: row.tenant, payment: paymentFromJson(row.state), finished: row.finished }
}

/** The payment of this tenant. Throws `payment/unknown`. */
export async function demandPayment(
  ledger: Pick<Ledger, 'actors'>,
  tenant: TenantId,
  id: string,
): Promise<PaymentState> {
  const known = await findPayment(ledger, id)
  if (known?.tenant !== tenant) throw new RollingDropError('payment/unknown')
  return known.payment
}

/** A command that no client has sent: what has become of it stands in the actor itself. */
export function ownCommand(now_ms: number, what: Readonly<Record<string, unknown>>): ActCommand {
  return { id: uuidv7(now_ms), request: digestOf(what) }
}

type Timing = Pick<WalletSettings, 'ask_ms' | 'kept_ms'>

/** Commits a change; `kind` names the outcome in statements, `also` are events that go with it. */
export function commitChange<State extends PaymentState>(
  { state, transfers, holds, freezes, events }: Change<State>,
  { kind, now_ms, timing, also = [] }: Readonly<{ kind: string; now_ms: number; timing: Timing; also?: EventDraft[] }>,
): ActDecision<State> {
  const over = state.direction === 'out' && isOver(state)
  const rest = over ? { wake_at_ms: null, finished: true } : { wake_at_ms: alarmOf(state, timing, now_ms) }
  return { type: 'commit', state, effects: { kind, transfers, holds, freezes, events: [...events, ...also], ...rest } }
}

/** When a payment has something to do next, in unix ms; null: it waits for staff. */
export function alarmOf(payment: PaymentState, { ask_ms, kept_ms }: Timing, now_ms: number): number | null {
  const next_ms = now_ms + Math.min(ask_ms * 2 ** payment.asks, DAY_MS)
  if (payment.direction === 'in') {
    if (payment.status === 'begun') return Math.min(next_ms, Math.max(payment.expires_ms, now_ms))
    if (payment.asked.some(({ told }) => !told)) return now_ms
    if (payment.asked.length > 0) return next_ms
    return Math.max(payment.begun_ms + kept_ms, now_ms)
  }
  if (payment.status === 'held') return now_ms + REVIEW_MS
  if (payment.status !== 'sending') return null
  return payment.asks === 0 ? now_ms : next_ms
}

/** See `act`. */
export function actOnPayment(
  ledger: Ledger,
  { tenant, id }: Readonly<{ tenant: TenantId; id: string }>,
  command: ActCommand,
  decide: (
    payment: PaymentState | undefined,
    isFinished: boolean,
  ) => ActDecision<PaymentState> | Promise<ActDecision<PaymentState>>,
): Promise<Acted<PaymentState>> {
  return act(ledger, paymentActor(tenant, id), command, decide)
}

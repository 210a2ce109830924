import type { DepositState } from '../game/wallet/deposit.ts'
import { fail, type WithdrawalState } from '../game/wallet/withdrawal.ts'
import type { TenantId } from '../schema/account.ts'
import { toAsset } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import { giveUpNow } from './deposits.ts'
import { applyEvent } from './events.ts'
import type { WalletParts } from './parts.ts'
import { actOnPayment, commitChange, findPayment, ownCommand, type PaymentState } from './payment-actor.ts'
import type { PaymentProvider, ProviderEvent } from './provider.ts'
import { settleDebt } from './purse.ts'
import { readTarget } from './sent-to.ts'
import { reviewNow } from './withdrawals.ts'

/**
 * What is due of a payment, when its alarm rings: what nobody has told is asked for, what the provider has to do it is told. Throws what
 * the provider's silence throws; the alarm then rings again.
 */
export async function goOn(given: WalletParts, actor: string, now_ms: number): Promise<void> {
  // What is due by the database's time is due here, too.
  const parts = { ...given, clock: () => Math.max(given.clock(), now_ms) }
  const id = actor.slice(actor.indexOf('-') + 1)
  const known = await findPayment(parts.ledger, id)
  if (known === undefined || known.finished) return
  const { tenant, payment } = known
  if (payment.direction === 'out') return goOnOut(parts, tenant, payment)
  return goOnIn(parts, tenant, payment)
}

async function goOnIn(parts: WalletParts, tenant: TenantId, deposit: DepositState): Promise<void> {
  const { ledger, clock, settings } = parts
  const { id, user } = deposit
  if (deposit.status === 'begun') return askAbout(parts, tenant, deposit)
  if (deposit.asked.length > 0) return tellRefunds(parts, tenant, deposit)
  await settleDebt(parts, { tenant, user }, toAsset(deposit.asset), clock())
  await actOnPayment(ledger, { tenant, id }, ownCommand(clock(), { payment: id, rest: true }), (now) => {
    if (now?.direction !== 'in' || now.asked.length > 0) return { type: 'done', state: now! }
    const isOld = clock() >= now.begun_ms + settings.kept_ms
    const events = [{ type: 'payment.noted', payload: { payment: id, kept: !isOld } } as const]
    if (isOld)
      return {
        type: 'commit',
        state: now,
        effects: { kind: 'payment.close', events, wake_at_ms: null, finished: true },
      }
    return commitChange<PaymentState>(unchanged(now, events), {
      kind: 'payment.ask',
      now_ms: clock(),
      timing: settings,
    })
  })
}

/** A begun payment: what the provider knows of it, or, when its time is over, nothing more. */
async function askAbout(
  parts: WalletParts,
  tenant: TenantId,
  { id, provider, expires_ms }: DepositState,
): Promise<void> {
  const isLate = parts.clock() >= expires_ms
  try {
    const events = await providerOf(parts, provider).look(id)
    await applyAll(parts, provider, events)
  } catch (cause) {
    // Whoever does not answer in all that time keeps nobody's limit taken; money that comes after all still counts.
    if (!isLate) throw cause
  }
  if (isLate) return giveUpNow(parts, tenant, id, 'expired')
  return asked(parts, tenant, id, (state) => state.status === 'begun')
}

async function tellRefunds(parts: WalletParts, tenant: TenantId, deposit: DepositState): Promise<void> {
  const { id: payment, asset } = deposit
  const provider = providerOf(parts, deposit.provider)
  for (const { id: refund, amount } of deposit.asked)
    await applyAll(parts, deposit.provider, await provider.refund({ payment, asset, amount: BigInt(amount), refund }))
  return asked(parts, tenant, payment, (state) => state.direction === 'in' && state.asked.length > 0)
}

async function goOnOut(parts: WalletParts, tenant: TenantId, withdrawal: WithdrawalState): Promise<void> {
  const { id, user, asset } = withdrawal
  const state = withdrawal.status === 'held' ? await reviewNow(parts, tenant, id) : withdrawal
  if (state.status !== 'sending') return undefined
  const target = await readTarget(parts, { tenant, user }, id)
  if (target === undefined) return forgotten(parts, tenant, id)
  const provider = providerOf(parts, withdrawal.provider)
  const events = await provider.payOut({ payment: id, asset, amount: BigInt(withdrawal.amount), target })
  await applyAll(parts, withdrawal.provider, events)
  return asked(parts, tenant, id, (now) => now.status === 'sending')
}

/** Nobody knows any more where it was to go. */
async function forgotten({ ledger, clock, settings }: WalletParts, tenant: TenantId, id: string): Promise<void> {
  await actOnPayment(ledger, { tenant, id }, ownCommand(clock(), { payment: id, forgotten: true }), (now) => {
    if (now?.direction !== 'out' || now.status !== 'sending') return { type: 'done', state: now! }
    return commitChange<PaymentState>(fail(now), { kind: 'withdrawal.void', now_ms: clock(), timing: settings })
  })
}

/** Notes that the provider was asked, so that the next time is later, if there is still something to ask. */
async function asked(
  { ledger, clock, settings }: WalletParts,
  tenant: TenantId,
  id: string,
  isOpen: (state: PaymentState) => boolean,
): Promise<void> {
  await actOnPayment(ledger, { tenant, id }, ownCommand(clock(), { payment: id, asked: true }), (now) => {
    if (now === undefined || !isOpen(now)) return { type: 'done', state: now! }
    const asks = now.asks + 1
    const events = [{ type: 'payment.noted', payload: { payment: id, asks } } as const]
    const state: PaymentState =
      now.direction === 'out'
        ? { ...now, asks }
        : { ...now, asks, asked: now.asked.map(({ id: refund, amount }) => ({ id: refund, amount, told: true })) }
    return commitChange<PaymentState>(unchanged(state, events), {
      kind: 'payment.ask',
      now_ms: clock(),
      timing: settings,
    })
  })
}

async function applyAll(parts: WalletParts, provider: string, events: readonly ProviderEvent[]): Promise<void> {
  for (const event of events) await applyEvent(parts, provider, event)
}

function providerOf({ provider }: WalletParts, name: string): PaymentProvider {
  if (provider?.name !== name) throw new RollingDropError('payment/unavailable', { provider: name })
  return provider
}

function unchanged<State extends PaymentState>(
  state: State,
  events: readonly Readonly<{ type: 'payment.noted'; payload: Record<string, unknown> }>[],
) {
  return { state, transfers: [], holds: [], freezes: [], events }
}

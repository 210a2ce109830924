import type { Pool } from 'pg'
import type { Principal } from '../access/access.ts'
import { acted } from '../access/acts.ts'
import { claim } from '../access/idempotency.ts'
import { reviewReasonsOf, type ReviewFacts } from '../game/wallet/review.ts'
import { approve, beginWithdrawal, refuse, review, type WithdrawalState } from '../game/wallet/withdrawal.ts'
import type { ActDecision } from '../ledger/act.ts'
import { userOwner, wageredOwner, type TenantId } from '../schema/account.ts'
import { toAsset, wageredAsset } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Payment, StaffPayment, Withdraw } from '../schema/wallet.ts'
import { payable, someProvider } from './deposits.ts'
import type { WalletParts } from './parts.ts'
import { actOnPayment, commitChange, demandPayment, ownCommand, type PaymentState } from './payment-actor.ts'
import { readPurse, realMoney, settleDebt } from './purse.ts'
import { dropTarget, keepTarget, targetWord } from './sent-to.ts'
import { paymentView, staffPaymentView } from './view.ts'

const DAY_MS = 86_400_000

/** Holds the money and has it looked at, once for a key. */
export async function withdrawOnce(
  parts: WalletParts,
  principal: Principal,
  key: string,
  wanted: Withdraw,
): Promise<Payment> {
  const { pool, ledger, persons, signals, clock, settings } = parts
  const { tenant, user } = principal
  const provider = someProvider(parts)
  const money = realMoney(wanted.asset, settings.money)
  const amount = payable(wanted.amount, settings)
  await persons.demandProven(principal)
  if ((await readPurse(parts, principal, money)).owed > 0n) throw new RollingDropError('user/debt')
  const command = { principal, route: 'POST /transactions/withdraw', key, body: wanted }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => null)
  await keepTarget(parts, principal, id, wanted.target)
  void signals.record(principal, 'payout', wanted.target)
  const begun_ms = clock()
  const intent = { id, user, provider: provider.name, asset: money, amount: `${amount}`, begun_ms, hold: id }
  try {
    await actOnPayment(ledger, { tenant, id }, { id, request, owner: userOwner(user) }, (known) => {
      if (known) return { type: 'done', state: known }
      const change = beginWithdrawal({ ...intent, target: targetWord(parts, principal, wanted.target) })
      return commitChange<PaymentState>(change, { kind: 'withdrawal.hold', now_ms: begun_ms, timing: settings })
    })
  } catch (cause) {
    // What is refused for good leaves nothing behind; what may yet have been committed does.
    if (cause instanceof RollingDropError && !cause.retry) await dropTarget(parts, id)
    throw cause
  }
  return paymentView(await reviewNow(parts, tenant, id))
}

/**
 * Judges a held withdrawal. It is committed before it is judged, so of two that are made at once at least the later one sees the other:
 * no number of them slips through together.
 */
export async function reviewNow(parts: WalletParts, tenant: TenantId, id: string): Promise<PaymentState> {
  const { ledger, clock, settings } = parts
  const { state } = await actOnPayment(ledger, { tenant, id }, ownCommand(clock(), { review: id }), async (known) => {
    if (known?.direction !== 'out' || known.status !== 'held') return { type: 'done', state: known! }
    const reasons = reviewReasonsOf(await factsOf(parts, tenant, known), settings.review)
    return commitChange(review(known, reasons), { kind: 'withdrawal.review', now_ms: clock(), timing: settings })
  })
  return state
}

type Counted = Readonly<Record<'paid' | 'same' | 'others' | 'others_amount' | 'deposited', string>>

async function factsOf(
  parts: Pick<WalletParts, 'pool' | 'ledger' | 'clock'>,
  tenant: TenantId,
  { id, user, asset, amount, target }: WithdrawalState,
): Promise<ReviewFacts> {
  const { pool, ledger, clock } = parts
  const money = toAsset(asset)
  const [counted, purse, wagered] = await Promise.all([
    count(pool, [tenant, user, asset, id, target, clock() - DAY_MS]),
    readPurse(parts, { tenant, user }, money),
    ledger.reader.balance(tenant, wageredOwner(user), wageredAsset(money)),
  ])
  return {
    amount: BigInt(amount),
    owed: purse.owed,
    paidBefore: Number(counted.paid),
    knowsTarget: Number(counted.same) > 0,
    others: { count: Number(counted.others), amount: BigInt(counted.others_amount) },
    deposited: BigInt(counted.deposited),
    wagered: wagered?.balance ?? 0n,
  }
}

async function count(pool: Pool, values: readonly unknown[]): Promise<Counted> {
  const { rows } = await pool.query<Counted>(
    `select count(*) filter (where direction = 'out' and status = 'paid') as paid,
       count(*) filter (where direction = 'out' and status = 'paid' and target = $5) as same,
       count(*) filter (where direction = 'out' and status not in ('failed', 'refused') and begun_ms > $6 and id <> $4) as others,
       coalesce(sum(amount) filter (
         where direction = 'out' and status not in ('failed', 'refused') and begun_ms > $6 and id <> $4 and asset = $3), 0) as others_amount,
       coalesce(sum(net) filter (where direction = 'in' and asset = $3), 0) as deposited
     from payment_listing where tenant = $1 and user_id = $2`,
    [...values],
  )
  return rows[0]!
}

/** Lets a withdrawal that waits go, or not; by staff, once for a key. */
export async function judgeOnce(
  parts: WalletParts,
  by: Principal,
  key: string,
  { id, verdict }: Readonly<{ id: string; verdict: 'approve' | 'refuse' }>,
): Promise<StaffPayment> {
  const { pool, ledger, clock } = parts
  const { tenant } = by
  const of = await demandPayment(ledger, tenant, id)
  if (of.direction === 'in') throw new RollingDropError('payment/unknown')
  // Four eyes: whoever asked for the money is not the one to let it go.
  if (of.user === by.user)
    throw new RollingDropError('auth/forbidden', { reason: 'your own withdrawal is judged by somebody else' })
  const asked = { principal: by, route: `POST /admin/withdrawals/${verdict}`, key, body: { id } }
  const { outcome, request } = await claim(pool, asked, clock(), async () => null)
  const command = { id: outcome, request, owner: userOwner(by.user) }
  const { state } = await actOnPayment(ledger, { tenant, id }, command, (known) =>
    known?.direction !== 'out' || known.status !== 'waiting'
      ? { type: 'refuse', code: 'payment/state' }
      : judged(parts, by, known, verdict),
  )
  if (verdict === 'refuse') await settleDebt(parts, { tenant, user: of.user }, toAsset(of.asset), clock())
  return staffPaymentView(state)
}

async function judged(
  parts: WalletParts,
  by: Principal,
  known: WithdrawalState,
  verdict: 'approve' | 'refuse',
): Promise<ActDecision<PaymentState>> {
  const { clock, settings } = parts
  const owner = { tenant: by.tenant, user: known.user }
  const isOwing = verdict === 'approve' && (await readPurse(parts, owner, toAsset(known.asset))).owed > 0n
  if (isOwing) return { type: 'refuse', code: 'user/debt' }
  const change = verdict === 'approve' ? approve(known) : refuse(known)
  const [before, after] = [known, change.state].map(({ status }) => ({ status }))
  const also = [acted({ by, action: `withdrawal.${verdict}`, object: `payment:${known.id}`, before, after })]
  const kind = verdict === 'approve' ? 'withdrawal.approve' : 'withdrawal.void'
  return commitChange<PaymentState>(change, { kind, now_ms: clock(), timing: settings, also })
}

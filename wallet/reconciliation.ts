import type { Pool } from 'pg'
import { differencesOf, sumsByDay, type Line } from '../game/wallet/reconcile.ts'
import type { Fact } from '../game/wallet/deposit.ts'
import type { TenantId } from '../schema/account.ts'
import { isOutcomeId } from '../schema/uuid.ts'
import type { Reconciliation } from '../schema/wallet.ts'
import { paymentActorId, paymentFromJson, type PaymentState } from './payment-actor.ts'
import type { PaymentProvider, ProviderEvent } from './provider.ts'

type Span = Readonly<{ since_ms: number; until_ms: number }>
type Ours = Readonly<{ tenant: TenantId; payment: PaymentState }>

/**
 * Compares what the provider says happened in a span of its time with what our payments say, and those with what the ledger moved for
 * each. Of one tenant, with what belongs to nobody; of all when left out. Changes nothing.
 */
export async function reconcile(
  pool: Pool,
  provider: PaymentProvider,
  { since_ms, until_ms, tenant }: Span & Readonly<{ tenant?: TenantId }>,
): Promise<Reconciliation> {
  const report = await provider.report(since_ms, until_ms)
  const told = report.flatMap(lineOf)
  const all = await paymentsOf(pool, provider.name, { since_ms, until_ms }, [
    ...new Set(told.map((line) => line.payment)),
  ])
  const isForeign = (id: string) => tenant !== undefined && (all.get(id)?.tenant ?? tenant) !== tenant
  const ours = [...all.values()].filter((each) => tenant === undefined || each.tenant === tenant)
  const within = ({ at_ms }: Line) => at_ms >= since_ms && at_ms < until_ms
  const here = ours.flatMap(({ payment }) => linesOf(payment)).filter(within)
  const there = told.filter(({ payment }) => !isForeign(payment))
  const differences = [...differencesOf(here, there), ...(await ledgerDifferences(pool, ours))]
  return {
    since: since_ms,
    until: until_ms,
    provider: provider.name,
    ok: differences.length === 0,
    days: sumsByDay(here),
    differences,
  }
}

const moving = ['paid', 'refunded', 'charged-back', 'paid-out'] as const satisfies readonly Line['type'][]

function lineOf({ type, payment, part, asset, amount, at_ms }: ProviderEvent): Line[] {
  const moved = moving.find((each) => each === type)
  return moved === undefined ? [] : [{ payment, type: moved, part, asset, amount, at_ms }]
}

/** What a payment says has happened to it. */
function linesOf(payment: PaymentState): Line[] {
  const line = (type: Line['type'], { id: part, amount, at_ms }: Fact): Line => {
    return { payment: payment.id, type, part, asset: payment.asset, amount: BigInt(amount), at_ms }
  }
  if (payment.direction === 'out') return payment.paid ? [line('paid-out', payment.paid)] : []
  return [
    ...(payment.paid ? [line('paid', payment.paid)] : []),
    ...payment.refunds.map((fact) => line('refunded', fact)),
    ...payment.chargeBacks.map((fact) => line('charged-back', fact)),
  ]
}

/** Payments of the provider that the span may concern, and those named. */
async function paymentsOf(
  pool: Pool,
  provider: string,
  { since_ms, until_ms }: Span,
  named: readonly string[],
): Promise<ReadonlyMap<string, Ours>> {
  const { rows } = await pool.query<{ tenant: string; state: string }>(
    `with wanted as (
       select 'payment-' || id as actor from payment_listing where provider = $1 and moved_ms >= $2 and begun_ms < $3
       union select unnest($4::text[]))
     select tenant, state from actor where id in (select actor from wanted) and kind = 'payment'
     union all
     select tenant, state from actor_finished where id in (select actor from wanted) and kind = 'payment'`,
    [provider, since_ms, until_ms, named.filter(isOutcomeId).map(paymentActorId)],
  )
  const ours = rows.map(({ tenant, state }) => ({ tenant, payment: paymentFromJson(state) }))
  return new Map(ours.map((each) => [each.payment.id, each]))
}

/** Payments whose own sums are not what their transfers have moved from and to outside. */
async function ledgerDifferences(pool: Pool, ours: readonly Ours[]): Promise<Reconciliation['differences']> {
  const moved = await movedFor(
    pool,
    ours.map(({ payment }) => paymentActorId(payment.id)),
  )
  return ours.flatMap(({ payment }) => {
    const said = saidOf(payment)
    const here = moved.get(paymentActorId(payment.id)) ?? 0n
    if (said === here) return []
    return [{ payment: payment.id, kind: 'ledger' as const, type: 'moved', here: `${here}`, there: `${said}` }]
  })
}

/** What a payment says it brought in, all in all. */
function saidOf(payment: PaymentState): bigint {
  const paid = BigInt(payment.paid?.amount ?? '0')
  return payment.direction === 'in' ? paid - BigInt(payment.back) : -paid
}

async function movedFor(pool: Pool, actors: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await pool.query<{ actor: string; moved: string }>(
    `select e.actor, sum(case when d.owner like 'world%' then t.amount else -t.amount end) as moved
     from event e
     join transfer t on t.seq = e.seq
     join account d on d.id = t.debit
     join account c on c.id = t.credit
     where e.actor = any($1) and (d.owner like 'world%') <> (c.owner like 'world%')
     group by e.actor`,
    [actors],
  )
  return new Map(rows.map(({ actor, moved }) => [actor, BigInt(moved)]))
}

import type { Pool } from 'pg'
import type { Ledger } from '../ledger/ledger.ts'
import type { RedemptionState } from '../game/wallet/redemption.ts'
import type { TenantId } from '../schema/account.ts'
import { paymentActorId, paymentFromJson, type PaymentState } from './payment-actor.ts'
import { redemptionActorId, redemptionFromJson } from './redemptions.ts'

type Parts = Readonly<{ pool: Pool; ledger: Pick<Ledger, 'actors'> }>

/** What a list is narrowed to; newest first, before `cursor`. */
type Page = Readonly<{ tenant: TenantId; user?: string | undefined; cursor?: string | undefined; limit: number }>
export type PaymentFilter = Page &
  Readonly<{ direction?: string | undefined; state?: string | undefined; asset?: string | undefined }>
export type RedemptionFilter = Page & Readonly<{ state?: string | undefined }>

/** `next` is the cursor of the following page; null on the last one. */
export type Found<State> = Readonly<{ found: readonly State[]; next: string | null }>

export async function listPayments(parts: Parts, filter: PaymentFilter): Promise<Found<PaymentState>> {
  const { tenant, user, cursor, limit, direction, state, asset } = filter
  const ids = await idsOf(parts.pool, {
    table: 'payment_listing',
    limit,
    conditions: {
      'tenant =': tenant,
      'user_id =': user,
      'id <': cursor,
      'direction =': direction,
      'status =': state,
      'asset =': asset,
    },
  })
  return read(parts, ids, limit, { actorOf: paymentActorId, read: paymentFromJson })
}

export async function listRedemptions(parts: Parts, filter: RedemptionFilter): Promise<Found<RedemptionState>> {
  const { tenant, user, cursor, limit, state } = filter
  const ids = await idsOf(parts.pool, {
    table: 'redemption_listing',
    limit,
    conditions: { 'tenant =': tenant, 'user_id =': user, 'id <': cursor, 'status =': state },
  })
  return read(parts, ids, limit, { actorOf: redemptionActorId, read: redemptionFromJson })
}

type Wanted = Readonly<{ table: string; limit: number; conditions: Readonly<Record<string, string | undefined>> }>

/** One more than `limit`, where there are as many. */
async function idsOf(pool: Pool, { table, limit, conditions }: Wanted): Promise<readonly string[]> {
  const asked = Object.entries(conditions).filter(([, value]) => value !== undefined)
  const where = asked.map(([condition], i) => `${condition} $${i + 2}`).join(' and ')
  const sql = `select id from ${table} where ${where} order by id desc limit $1`
  const { rows } = await pool.query<{ id: string }>(sql, [limit + 1, ...asked.map(([, value]) => value)])
  return rows.map(({ id }) => id)
}

async function read<State extends Readonly<{ id: string }>>(
  { ledger }: Parts,
  ids: readonly string[],
  limit: number,
  kind: Readonly<{ actorOf: (id: string) => string; read: (text: string) => State }>,
): Promise<Found<State>> {
  const page = ids.slice(0, limit)
  const rows = page.length === 0 ? [] : await ledger.actors.findMany(page.map(kind.actorOf))
  const states = rows.map(({ state }) => kind.read(state))
  return {
    found: states.toSorted((a, b) => (a.id < b.id ? 1 : -1)),
    next: ids.length > limit ? page.at(-1)! : null,
  }
}

import type { Pool } from 'pg'
import type { TenantId } from '../../schema/account.ts'
import type { ActPage, ActQuery } from '../../schema/staff.ts'

type Row = Readonly<{ seq: string; at_ms: string; payload: Payload }>
type Payload = Readonly<{ by: string; action: string; object: string; before: unknown; after: unknown }>

const PAGE = 50

/** Acts of the staff as they stand in the ledger's chain, newest first: nothing is kept of them beside it. */
export async function readActs(pool: Pool, tenant: TenantId, query: ActQuery): Promise<ActPage> {
  const { by, action, object, from, until, cursor, limit = PAGE } = query
  const values: unknown[] = [tenant]
  const where = (condition: string, value: unknown): string => {
    if (value === undefined) return ''
    values.push(value)
    return ` and ${condition.replace('$', `$${values.length}`)}`
  }
  const narrowed = [
    where(`payload->>'by' = $`, by),
    where(`payload->>'action' = $`, action),
    where(`payload->>'object' = $`, object),
    where('at >= to_timestamp($::float8 / 1000)', from),
    where('at < to_timestamp($::float8 / 1000)', until),
    where('seq < $', cursor),
  ].join('')
  values.push(limit + 1)
  const { rows } = await pool.query<Row>(
    `select seq, (extract(epoch from at) * 1000)::bigint as at_ms, payload from event
     where tenant = $1 and type = 'staff.acted'${narrowed} order by seq desc limit $${values.length}`,
    values,
  )
  const acts = rows
    .slice(0, limit)
    .map(({ seq, at_ms, payload: { by: who, action: what, object: whom, before, after } }) => ({
      seq,
      at: Number(at_ms),
      by: who,
      action: what,
      object: whom,
      before,
      after,
    }))
  return { acts, next: rows.length > limit ? acts.at(-1)!.seq : null }
}

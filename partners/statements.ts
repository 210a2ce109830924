import type { Pool } from 'pg'
import type { TenantId } from '../schema/account.ts'
import type { Statement, StatementDays, StatementLine } from '../schema/partner-api.ts'

/** Whose statement: what a partner earned in one of its tenants. `month` is one of UTC, `2026-11`. */
export type StatementOf = Readonly<{ tenant: TenantId; partner: string; month: string }>

type Day = StatementDays['days'][number]
type DayRow = Readonly<{
  day: string
  asset: string
  openings: string
  gross: string
  paid_out: string
  commission: string
  funds_in: string
  funds_out: string
}>

const SPAN = `span as (
  select last_seq_before($2::date::timestamp at time zone 'utc') as low,
    last_seq_before(($2::date + interval '1 month')::timestamp at time zone 'utc') as high)`
const VALUE = `(select coalesce(sum((drop->>'value')::numeric), 0) from json_array_elements(e.payload->'drops') drop)`

const DAYS = `with ${SPAN}, line as (
  select e.at, e.payload->>'asset' as asset, 1 as openings, (e.payload->>'price')::numeric as gross, ${VALUE} as paid_out,
    0::numeric as commission, 0::numeric as funds_in, 0::numeric as funds_out
  from event e, span where tenant = $1 and type = 'opening.opened' and seq > low and seq <= high
  union all
  select e.at, e.payload->>'asset', 0, 0, 0, (e.payload->>'amount')::numeric, 0, 0
  from event e, span
  where tenant = $1 and type = 'commission.posted' and e.payload->>'partner' = $3 and seq > low and seq <= high
  union all
  select e.at, e.payload->>'asset', 0, 0, 0, 0,
    case when e.payload->>'direction' = 'in' then (e.payload->>'amount')::numeric else 0 end,
    case when e.payload->>'direction' = 'out' then (e.payload->>'amount')::numeric else 0 end
  from event e, span where tenant = $1 and type = 'partner.funds-moved' and seq > low and seq <= high)
select (at at time zone 'utc')::date::text as day, asset, sum(openings) as openings, sum(gross) as gross,
  sum(paid_out) as paid_out, sum(commission) as commission, sum(funds_in) as funds_in, sum(funds_out) as funds_out
from line group by 1, 2 order by 1, asset collate "C"`

const LINES = `with ${SPAN}
select e.seq, (extract(epoch from e.at) * 1000)::bigint as at_ms, e.payload, ${VALUE} as paid_out, coalesce(earned.amount, 0) as commission
from span, event e left join lateral (
  select (c.payload->>'amount')::numeric as amount from event c
  where c.seq > e.seq and c.seq <= e.seq + 10 and c.outcome = e.outcome and c.type = 'commission.posted'
    and c.payload->>'partner' = $3) earned on true
where e.tenant = $1 and e.type = 'opening.opened' and e.seq > low and e.seq <= high and ($4::bigint is null or e.seq < $4)
order by e.seq desc limit $5`

/** What was opened, won and earned, day by day, exactly as the ledger has it. Days and assets on which nothing happened are left out. */
export async function daysOf(pool: Pool, { tenant, partner, month }: StatementOf): Promise<StatementDays> {
  const { rows } = await pool.query<DayRow>(DAYS, [tenant, `${month}-01`, partner])
  return { tenant, month, days: rows.map(dayOf) }
}

/** The same for all of the month. */
export async function statementOf(pool: Pool, of: StatementOf): Promise<Statement> {
  const { tenant, month, days } = await daysOf(pool, of)
  const byAsset = Map.groupBy(days, ({ asset }) => asset)
  const sums = [...byAsset].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([asset, each]) => sumOf(asset, each))
  return { tenant, month, sums }
}

type LineRow = Readonly<{
  seq: string
  at_ms: string
  payload: { opening: string; user: string; box: string; asset: string; price: string; drops: unknown[] }
  paid_out: string
  commission: string
}>

/** Opening by opening, newest first, those before `before`. */
export async function linesOf(
  pool: Pool,
  { tenant, partner, month }: StatementOf,
  { before, limit }: Readonly<{ before: string | undefined; limit: number }>,
): Promise<Readonly<{ lines: StatementLine[]; next: string | null }>> {
  const { rows } = await pool.query<LineRow>(LINES, [tenant, `${month}-01`, partner, before ?? null, limit + 1])
  const lines = rows.slice(0, limit).map(lineOf)
  return { lines, next: rows.length > limit ? lines.at(-1)!.seq : null }
}

/** Records of one shape as CSV (RFC 4180), their keys as the header. Nothing in them wants quoting: ids, numbers, days. */
export function csvOf(columns: readonly string[], records: readonly Readonly<Record<string, unknown>>[]): string {
  const lines = records.map((record) => columns.map((column) => String(record[column])).join(','))
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('')
}

function lineOf({ seq, at_ms, payload, paid_out, commission }: LineRow): StatementLine {
  const { opening, user, box, asset, price, drops } = payload
  return {
    seq,
    at: Number(at_ms),
    opening,
    user,
    box,
    count: drops.length,
    asset,
    gross: price,
    paidOut: paid_out,
    commission,
  }
}

function dayOf({ day, asset, openings, gross, paid_out: paidOut, commission, funds_in, funds_out }: DayRow): Day {
  const net = `${BigInt(gross) - BigInt(paidOut) - BigInt(commission)}`
  const funds = { fundsIn: funds_in, fundsOut: funds_out }
  return { day, asset, openings: Number(openings), gross, paidOut, commission, net, ...funds }
}

function sumOf(asset: string, days: readonly Day[]): Statement['sums'][number] {
  const sum = (field: 'gross' | 'paidOut' | 'commission' | 'net' | 'fundsIn' | 'fundsOut') =>
    `${days.reduce((total, day) => total + BigInt(day[field]), 0n)}`
  return {
    asset,
    openings: days.reduce((total, { openings }) => total + openings, 0),
    gross: sum('gross'),
    paidOut: sum('paidOut'),
    commission: sum('commission'),
    net: sum('net'),
    fundsIn: sum('fundsIn'),
    fundsOut: sum('fundsOut'),
  }
}

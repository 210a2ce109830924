import type { Pool, QueryResultRow } from 'pg'
import { paced, type AnalyticsReader } from '../../schema/analytics.ts'
import {
  boxOf,
  dayOf,
  figures,
  figuresOf,
  givenOf,
  lastOf,
  paceOf,
  reversedOf,
  tenantDayOf,
  versionOf,
  type FigureRow,
  type TenantDayRow,
} from './figures.ts'

const FIGURES = figures.join(', ')
const SUMS = figures.map((name) => `sum(${name}) as ${name}`).join(', ')
const LAST_MS = '(extract(epoch from last_at) * 1000)::bigint as last_ms'

/** Answers from the sums in Postgres. Names are ordered by their bytes, as ClickHouse orders them. */
export function createPostgresAnalytics(pool: Pool): AnalyticsReader {
  const read = async <T extends object>(query: string, values: readonly unknown[]): Promise<readonly T[]> =>
    (await pool.query<T>(query, [...values])).rows
  const days = (tenants: readonly string[], from: string, to: string) =>
    read<TenantDayRow>(
      `select tenant, day::text, users, asset, ${FIGURES} from analytics_daily a
       where tenant = any($1) and day between $2::date and $3::date
       order by tenant collate "C", a.day, asset collate "C"`,
      [tenants, from, to],
    )
  return {
    async user(tenant, user) {
      const rows = await read<FigureRow & { last_ms: string }>(
        `select asset, ${FIGURES}, ${LAST_MS} from analytics_user
         where tenant = $1 and user_id = $2 order by asset collate "C"`,
        [tenant, user],
      )
      return { last_ms: lastOf(rows), assets: rows.map(figuresOf) }
    },
    async overview(tenant) {
      const [sums, users] = await Promise.all([
        read<FigureRow>(
          `select asset, ${SUMS} from analytics_daily where tenant = $1 group by asset order by asset collate "C"`,
          [tenant],
        ),
        read<{ users: string }>('select count(distinct user_id) as users from analytics_user where tenant = $1', [
          tenant,
        ]),
      ])
      return { users: Number(users[0]!.users), assets: sums.map(figuresOf) }
    },
    days: async (tenant, { from, to }) => (await days([tenant], from, to)).map(dayOf),
    tenantDays: async (tenants, { from, to }) => (await days(tenants, from, to)).map(tenantDayOf),
    async boxes(tenant) {
      const rows = await read<Parameters<typeof boxOf>[0]>(
        `select box, asset, openings, paid, won, draws, drawn from analytics_box
         where tenant = $1 order by box collate "C", asset collate "C"`,
        [tenant],
      )
      return rows.map(boxOf)
    },
    async versions(tenant) {
      const rows = await read<Parameters<typeof versionOf>[0]>(
        `select box, version, asset, openings, paid, won from analytics_version
         where tenant = $1 order by box collate "C", version, asset collate "C"`,
        [tenant],
      )
      return rows.map(versionOf)
    },
    ...fraudReads(pool, read),
  }
}

/**
 * Enough to add up some hundred thousand pairs without writing them to disk; and what is left of them is more than the planner
 * takes it for, so it is joined by hashes.
 */
const GIVEN_MEMORY = `set local work_mem = '64MB'; set local enable_nestloop = off`

/**
 * Items at the values given, money as it is. First the pairs between which it stands out most, added up once, both ways in one; then
 * all that these few gave each other, and what came back.
 */
const GIVEN = `with value as materialized (
    select * from unnest($2::text[], $3::text[], $4::bigint[]) as v(asset, money, value)
  ), pair as (
    select least(user_id collate "C", other_id collate "C") as a, greatest(user_id collate "C", other_id collate "C") as b,
      coalesce(v.money, g.asset) as asset,
      bit_or(case when user_id > other_id collate "C" then 2 else 1 end) as ways,
      sum(given * case when user_id < other_id collate "C" then coalesce(v.value, 1)
        when user_id > other_id collate "C" then -coalesce(v.value, 1) else 0 end) as more
    from analytics_given g left join value v on v.asset = g.asset
    where tenant = $1 and (v.asset is not null or g.asset !~ '^(play:)?item:')
    group by 1, 2, 3
  ), most as (
    select pair.a, pair.b from pair
    cross join lateral (values (ways & 1, a, b, more), (ways & 2, b, a, -more)) as flow(there, giver, taker, more)
    where abs(pair.more) >= $5 and there > 0 and flow.more >= $5
    order by flow.more desc, giver, taker, asset collate "C" limit $6
  ), worth as (
    select user_id, other_id, coalesce(v.money, g.asset) as asset, sum(gifts) as gifts,
      sum(given * coalesce(v.value, 1)) as given, max(last_at) as last_at
    from (select a, b from most union select b, a from most) as m
    join analytics_given g on tenant = $1 and user_id = a collate "default" and other_id = b collate "default"
    left join value v on v.asset = g.asset
    where v.asset is not null or g.asset !~ '^(play:)?item:'
    group by 1, 2, 3
  )
  select w.user_id as "user", w.other_id as other, w.asset, w.gifts, w.given, coalesce(b.given, 0) as back, ${LAST_MS.replace('last_at', 'w.last_at')}
  from worth w
  left join worth b on (b.user_id, b.other_id, b.asset) = (w.other_id, w.user_id, w.asset)
  where w.given - coalesce(b.given, 0) >= $5
  order by w.given - coalesce(b.given, 0) desc, w.user_id collate "C", w.other_id collate "C", w.asset collate "C"
  limit $6`

type Read = <T extends object>(query: string, values: readonly unknown[]) => Promise<readonly T[]>

function fraudReads(pool: Pool, read: Read): Pick<AnalyticsReader, 'paces' | 'given' | 'reversed'> {
  return {
    async paces(tenant, { unit, bounds, from_ms, limit }) {
      const bounded = paced.filter((name) => bounds[name] !== undefined)
      if (bounded.length === 0) return []
      const rows = await read<Parameters<typeof paceOf>[0]>(
        `select user_id as "user", unit, (extract(epoch from at) * 1000)::bigint as at_ms, ${paced.join(', ')}
         from analytics_pace
         where unit = $2 and at >= $3 and tenant = $1 and (${bounded.map((name, i) => `${name} > $${i + 5}`).join(' or ')})
         order by at desc, user_id collate "C" limit $4`,
        [tenant, unit, new Date(from_ms), limit, ...bounded.map((name) => bounds[name])],
      )
      return rows.map(paceOf)
    },
    async given(tenant, { values, least, limit }) {
      const { rows } = await within<Parameters<typeof givenOf>[0]>(pool, GIVEN_MEMORY, GIVEN, [
        tenant,
        values.map(({ asset }) => asset),
        values.map(({ money }) => money),
        values.map(({ value }) => value),
        least,
        limit,
      ])
      return rows.map(givenOf)
    },
    async reversed(tenant, limit) {
      const rows = await read<Parameters<typeof reversedOf>[0]>(
        `select user_id as "user", asset, deposited, reversed from analytics_user where tenant = $1 and reversed > 0
         order by reversed desc, user_id collate "C", asset collate "C" limit $2`,
        [tenant, limit],
      )
      return rows.map(reversedOf)
    },
  }
}

/** One query under a setting of its own. */
async function within<T extends QueryResultRow>(pool: Pool, setting: string, query: string, values: unknown[]) {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`begin read only; ${setting}`)
    const answer = await client.query<T>(query, values)
    await client.query('commit')
    return answer
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

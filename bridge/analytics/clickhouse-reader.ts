import type { ClickHouseClient } from '@clickhouse/client'
import type { AnalyticsReader } from '../../schema/analytics.ts'
import { boxOf, dayOf, figuresOf, lastOf, type BoxRow, type DayRow, type FigureRow } from './figures.ts'

/** Sums of sums: what was inserted lately stands in rows of its own until ClickHouse merges them. */
const FIGURES = ['openings', 'battles', 'wagered', 'won', 'granted', 'sold']
  .map((name) => `sum(${name}) as ${name}_`)
  .join(', ')

/** Answers from the sums in ClickHouse. */
export function createClickHouseAnalytics(client: ClickHouseClient): AnalyticsReader {
  const read = async <T>(query: string, query_params: Record<string, unknown>): Promise<readonly T[]> => {
    const answer = await client.query({ query, query_params, format: 'JSONEachRow' })
    const rows = await answer.json<Record<string, string>>()
    // Named apart in the query, where a sum may not bear the name of what it adds up.
    return rows.map(
      (row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key.replace(/_$/, ''), value])) as T,
    )
  }
  return {
    async user(tenant, user) {
      const rows = await read<FigureRow & { last_ms: string }>(
        `select asset, toUnixTimestamp64Milli(max(last_at)) as last_ms_, ${FIGURES} from user_total
         where tenant = {tenant:String} and user = {user:String} group by asset order by asset`,
        { tenant, user },
      )
      return { last_ms: lastOf(rows), assets: rows.map(figuresOf) }
    },
    async overview(tenant) {
      const [figures, users] = await Promise.all([
        read<FigureRow>(
          `select asset, ${FIGURES} from daily where tenant = {tenant:String} group by asset order by asset`,
          { tenant },
        ),
        read<{ users: string }>('select uniqExact(user) as users from user_total where tenant = {tenant:String}', {
          tenant,
        }),
      ])
      return { users: Number(users[0]!.users), assets: figures.map(figuresOf) }
    },
    async days(tenant, { from, to }) {
      const rows = await read<DayRow>(
        `select day, asset, uniqExactIfMerge(users) as users_, ${FIGURES} from daily
         where tenant = {tenant:String} and day between {from:Date} and {to:Date}
         group by day, asset order by day, asset`,
        { tenant, from, to },
      )
      return rows.map(dayOf)
    },
    async boxes(tenant) {
      const rows = await read<BoxRow>(
        `select box, asset, sum(openings) as openings_, sum(paid) as paid_, sum(won) as won_, sum(draws) as draws_,
           sum(drawn) as drawn_
         from box_total where tenant = {tenant:String} group by box, asset order by box, asset`,
        { tenant },
      )
      return rows.map(boxOf)
    },
  }
}

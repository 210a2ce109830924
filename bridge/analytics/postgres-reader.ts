import type { Pool } from 'pg'
import type { AnalyticsReader } from '../../schema/analytics.ts'
import { boxOf, dayOf, figuresOf, lastOf, type BoxRow, type DayRow, type FigureRow } from './figures.ts'

const FIGURES = 'asset, openings, battles, wagered, won, granted, sold'

/** Answers from the sums in Postgres. Names are ordered by their bytes, as ClickHouse orders them. */
export function createPostgresAnalytics(pool: Pool): AnalyticsReader {
  return {
    async user(tenant, user) {
      const { rows } = await pool.query<FigureRow & { last_ms: string }>(
        `select ${FIGURES}, (extract(epoch from last_at) * 1000)::bigint as last_ms
         from analytics_user where tenant = $1 and user_id = $2 order by asset collate "C"`,
        [tenant, user],
      )
      return { last_ms: lastOf(rows), assets: rows.map(figuresOf) }
    },
    async overview(tenant) {
      const [figures, users] = await Promise.all([
        pool.query<FigureRow>(
          `select asset, sum(openings) as openings, sum(battles) as battles, sum(wagered) as wagered, sum(won) as won,
             sum(granted) as granted, sum(sold) as sold
           from analytics_daily where tenant = $1 group by asset order by asset collate "C"`,
          [tenant],
        ),
        pool.query<{ users: string }>('select count(distinct user_id) as users from analytics_user where tenant = $1', [
          tenant,
        ]),
      ])
      return { users: Number(users.rows[0]!.users), assets: figures.rows.map(figuresOf) }
    },
    async days(tenant, { from, to }) {
      const { rows } = await pool.query<DayRow>(
        `select day::text, users, ${FIGURES} from analytics_daily
         where tenant = $1 and day between $2::date and $3::date order by analytics_daily.day, asset collate "C"`,
        [tenant, from, to],
      )
      return rows.map(dayOf)
    },
    async boxes(tenant) {
      const { rows } = await pool.query<BoxRow>(
        `select box, asset, openings, paid, won, draws, drawn from analytics_box
         where tenant = $1 order by box collate "C", asset collate "C"`,
        [tenant],
      )
      return rows.map(boxOf)
    },
  }
}

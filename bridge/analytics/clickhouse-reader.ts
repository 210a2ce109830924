import type { ClickHouseClient } from '@clickhouse/client'
import { paced, type AnalyticsReader, type ItemValue } from '../../schema/analytics.ts'
import { isAsset } from '../../schema/asset.ts'
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

/** Sums of sums: what was inserted lately stands in rows of its own until ClickHouse merges them. */
const sums = (names: readonly string[]): string => names.map((name) => `sum(${name}) as ${name}_`).join(', ')
const FIGURES = sums(figures)

/** Answers from the sums in ClickHouse. */
export function createClickHouseAnalytics(client: ClickHouseClient): AnalyticsReader {
  const read: Read = async <T>(query: string, query_params: Record<string, unknown>): Promise<readonly T[]> => {
    const answer = await client.query({ query, query_params, format: 'JSONEachRow' })
    const rows = await answer.json<Record<string, string>>()
    // Named apart in the query, where a sum may not bear the name of what it adds up.
    return rows.map(
      (row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key.replace(/_$/, ''), value])) as T,
    )
  }
  const days = (tenants: readonly string[], from: string, to: string) =>
    read<TenantDayRow>(
      `select tenant, day, asset, uniqExactIfMerge(users) as users_, ${FIGURES} from daily
       where tenant in {tenants:Array(String)} and day between {from:Date} and {to:Date}
       group by tenant, day, asset order by tenant, day, asset`,
      { tenants, from, to },
    )
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
      const [money, users] = await Promise.all([
        read<FigureRow>(
          `select asset, ${FIGURES} from daily where tenant = {tenant:String} group by asset order by asset`,
          { tenant },
        ),
        read<{ users: string }>('select uniqExact(user) as users from user_total where tenant = {tenant:String}', {
          tenant,
        }),
      ])
      return { users: Number(users[0]!.users), assets: money.map(figuresOf) }
    },
    days: async (tenant, { from, to }) => (await days([tenant], from, to)).map(dayOf),
    tenantDays: async (tenants, { from, to }) => (await days(tenants, from, to)).map(tenantDayOf),
    async boxes(tenant) {
      const rows = await read<Parameters<typeof boxOf>[0]>(
        `select box, asset, ${sums(['openings', 'paid', 'won', 'draws', 'drawn'])}
         from box_total where tenant = {tenant:String} group by box, asset order by box, asset`,
        { tenant },
      )
      return rows.map(boxOf)
    },
    async versions(tenant) {
      const rows = await read<Parameters<typeof versionOf>[0]>(
        `select box, version, asset, ${sums(['openings', 'paid', 'won'])}
         from version_total where tenant = {tenant:String} group by box, version, asset order by box, version, asset`,
        { tenant },
      )
      return rows.map(versionOf)
    },
    ...fraudReads(read),
  }
}

type Read = <T>(query: string, query_params: Record<string, unknown>) => Promise<readonly T[]>

function fraudReads(read: Read): Pick<AnalyticsReader, 'paces' | 'given' | 'reversed'> {
  return {
    async paces(tenant, { unit, bounds, from_ms, limit }) {
      const bounded = paced.filter((name) => bounds[name] !== undefined)
      if (bounded.length === 0) return []
      const rows = await read<Parameters<typeof paceOf>[0]>(
        `select user, {unit:String} as unit_, toInt64(toUnixTimestamp(at)) * 1000 as at_ms_, ${sums(paced)} from pace
         where tenant = {tenant:String} and unit = {unit:String} and at >= fromUnixTimestamp64Milli({from_ms:Int64})
         group by at, user having ${bounded.map((name) => `${name}_ > {${name}:Int64}`).join(' or ')}
         order by at desc, user limit {limit:UInt32} settings optimize_aggregation_in_order = 1`,
        { tenant, unit, from_ms, limit, ...bounds },
      )
      return rows.map(paceOf)
    },
    async given(tenant, { values, least, limit }) {
      const rows = await read<Parameters<typeof givenOf>[0]>(
        `with worth as (
           select user, other, if(${worthOf(values, 'money')} = '', asset, ${worthOf(values, 'money')}) as money,
             sum(gifts) as gifts_, sum(given * ${worthOf(values, 'value')}) as given_, max(last_at) as last_
           from given_total where tenant = {tenant:String} and ${worthOf(values, 'value')} > 0
           group by user, other, money)
         select g.user as user, g.other as other, g.money as asset, g.gifts_ as gifts, g.given_ as given,
           b.given_ as back, toUnixTimestamp64Milli(g.last_) as last_ms
         from worth as g
         left join worth as b on b.user = g.other and b.other = g.user and b.money = g.money
         where given - back >= {least:Int128}
         order by given - back desc, user, other, asset limit {limit:UInt32}`,
        { tenant, least: `${least}`, limit },
      )
      return rows.map(givenOf)
    },
    async reversed(tenant, limit) {
      const rows = await read<Parameters<typeof reversedOf>[0]>(
        `select user, asset, ${sums(['deposited', 'reversed'])} from user_total where tenant = {tenant:String}
         group by user, asset having reversed_ > 0 order by reversed_ desc, user, asset limit {limit:UInt32}`,
        { tenant, limit },
      )
      return rows.map(reversedOf)
    },
  }
}

/** What an asset is worth, as an expression: in the text of the query, as a list this long does not fit into a URL. */
function worthOf(values: readonly ItemValue[], what: 'money' | 'value'): string {
  const known = values.filter(({ asset, money }) => isAsset(asset) && isAsset(money))
  const map = (begin: readonly string[], to: readonly string[], other: string) =>
    `transform(toString(asset), [${begin.join(', ')}], [${to.join(', ')}], ${other})`
  const assets = ["''", ...known.map(({ asset }) => `'${asset}'`)]
  if (what === 'money') return map(assets, ["''", ...known.map(({ money }) => `'${money}'`)], "''")
  const worth = ['toInt64(0)', ...known.map(({ value }) => `toInt64(${value})`)]
  return map(assets, worth, `if(match(asset, '^(play:)?item:'), toInt64(0), toInt64(1))`)
}

import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client'
import { createBreaker } from '../../access/breaker.ts'
import { paced, type AnalyticsReader, type ItemValue, type Paced } from '../../schema/analytics.ts'
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

/** Of all that is asked. That ClickHouse refuses a query is an answer. */
const PATIENCE = { timeout_ms: 60_000, at_once_max: 4, waiting_max: 100, failures: 5, rest_ms: 5_000 }

/**
 * Answers from the sums in ClickHouse. While it has not answered of late, or is asked too much at once, questions are refused with
 * `server/busy`.
 */
export function createClickHouseAnalytics(
  client: ClickHouseClient,
  patience: Partial<typeof PATIENCE> = {},
): AnalyticsReader {
  const breaker = createBreaker({ name: 'analytics', ...PATIENCE, ...patience })
  const read: Read = async <T>(query: string, query_params: Record<string, unknown>): Promise<readonly T[]> => {
    const rows = await breaker.run(async (abort_signal) => {
      try {
        const answer = await client.query({ query, query_params, format: 'JSONEachRow', abort_signal })
        return await answer.json<Record<string, string>>()
      } catch (error) {
        if (error instanceof ClickHouseError) return error
        throw error
      }
    })
    if (rows instanceof ClickHouseError) throw rows
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
      const rows = await read<Parameters<typeof paceOf>[0]>(pacesText(bounded), {
        tenant,
        unit,
        from_ms,
        limit,
        ...bounds,
      })
      return rows.map(paceOf)
    },
    async given(tenant, { values, least, limit }) {
      const rows = await read<Parameters<typeof givenOf>[0]>(givenText(values), { tenant, least: `${least}`, limit })
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

/**
 * Each part on disk has a sum at most once. So what passes a bound over several parts does so by its share of it in one of them: only
 * those are added up, and of all others nobody's name is read. One more part may come meanwhile.
 */
function pacesText(bounded: readonly Paced[]): string {
  const range = `tenant = {tenant:String} and unit = {unit:String} and at >= fromUnixTimestamp64Milli({from_ms:Int64})`
  const any = (passes: (name: Paced) => string) => bounded.map(passes).join(' or ')
  return `with (select toInt64(max(parts)) + 1 from (
       select uniqExact(_part) as parts from pace where ${range} group by at)) as parts
     select user, {unit:String} as unit_, toInt64(toUnixTimestamp(at)) * 1000 as at_ms_, ${sums(paced)} from pace
     where ${range} and (at, user) in (
       select at, user from pace where ${range} and (${any((name) => `${name} > intDiv({${name}:Int64}, parts)`)}))
     group by at, user having ${any((name) => `${name}_ > {${name}:Int64}`)}
     order by at desc, user limit {limit:UInt32}`
}

/** First the pairs between which it stands out most, by nothing but numbers; then, by name, all about these few. */
function givenText(values: readonly ItemValue[]): string {
  const [money, worth] = [worthOf(values, 'money'), worthOf(values, 'value')]
  const counted = `from given_pair where tenant = {tenant:String} and ${worth} > 0`
  return `select flow.1 as user, flow.2 as other, money as asset, flow.3 as gifts, flow.4 as given, flow.5 as back,
       toUnixTimestamp64Milli(flow.6) as last_ms
     from (
       select a, b, ${money} as money, sum(gifts_ab) as n_ab, sum(gifts_ba) as n_ba, sum(ab * ${worth}) as w_ab,
         sum(ba * ${worth}) as w_ba, max(last_ab) as l_ab, max(last_ba) as l_ba
       ${counted} and pair in (
         select found from (
           select any(pair) as found, sum((ab - ba) * ${worth}) as more, groupBitOr((gifts_ab > 0) + 2 * (gifts_ba > 0)) as ways
           ${counted} group by bitXor(pair, cityHash64(${money})) having abs(more) >= {least:Int128})
         array join [(more, bitAnd(ways, 1)), (-more, bitAnd(ways, 2))] as flow
         where flow.2 > 0 and flow.1 >= {least:Int128}
         order by flow.1 desc limit {limit:UInt32} with ties)
       group by a, b, money)
     array join [(a, b, n_ab, w_ab, w_ba, l_ab), (b, a, if(a = b, 0, n_ba), w_ba, w_ab, l_ba)] as flow
     where gifts > 0 and given - back >= {least:Int128}
     order by given - back desc, user, other, asset limit {limit:UInt32}`
}

/** What an asset is worth, as an expression: in the text of the query, as a list this long does not fit into a URL. */
function worthOf(values: readonly ItemValue[], what: 'money' | 'value'): string {
  const known = values.filter(({ asset, money }) => isAsset(asset) && isAsset(money))
  const assets = ["''", ...known.map(({ asset }) => `'${asset}'`)].join(', ')
  if (what === 'money')
    return `toString(transform(asset, [${assets}], [${["''", ...known.map(({ money }) => `'${money}'`)].join(', ')}], asset))`
  const worth = [0n, ...known.map(({ value }) => value)].join(', ')
  return `transform(asset, [${assets}], '[${worth}]'::Array(Int64), if(match(asset, '^(play:)?item:'), toInt64(0), toInt64(1)))`
}

import { randomBytes } from 'node:crypto'
import { loadavg } from 'node:os'
import pg from 'pg'
import { findGroups, findMembers } from '../../access/signal-groups.ts'
import { createClickHouseClientEvents } from '../../bridge/analytics/clickhouse-client-events.ts'
import { createClickHouseAnalytics } from '../../bridge/analytics/clickhouse-reader.ts'
import { createPostgresClientEvents } from '../../bridge/analytics/postgres-client-events.ts'
import { createPostgresAnalytics } from '../../bridge/analytics/postgres-reader.ts'
import { createAnalyticsSink } from '../../bridge/analytics/postgres-sink.ts'
import { clickHouseClient, ensureDatabase } from '../../bridge/clickhouse/client.ts'
import { createClickHouseSink } from '../../bridge/clickhouse/sink.ts'
import type { Sink } from '../../bridge/sink.ts'
import type { AnalyticsReader, ItemValue } from '../../schema/analytics.ts'
import { toAsset } from '../../schema/asset.ts'
import type { ClientEvents } from '../../schema/client-event.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import { clickhouse } from '../../test/services/clickhouse.ts'
import { down, find, up } from '../../test/services/home.ts'
import { Latency } from '../latency.ts'
import { fillClickHouse } from './analytics-clickhouse-fill.ts'
import { fillPostgres } from './analytics-postgres-fill.ts'
import { createDatabase, withPostgres } from './bench-database.ts'

const LINEAGE = 'abcdef0123456789'
const DAY_MS = 86_400_000
const GOAL_MS = 500

type Options = Readonly<{ quick: boolean; log(line: string): void }>
type Queries = Readonly<Record<string, () => Promise<unknown>>>
type Figures = Readonly<{ p50_ms: number; p95_ms: number; max_ms: number; slowest: string }>

/**
 * How long every question of the analytics takes: over 1 M events in Postgres and 10 M in ClickHouse, a tenth of that with
 * `quick`. Some thousand events go through both sinks first, and both have to answer the same of them.
 */
export async function benchAnalytics({ quick, log }: Options): Promise<Record<string, unknown>> {
  const sizes = quick ? { postgres: 100_000, clickhouse: 1_000_000, sunk: 4_000 } : SIZES
  const asks = quick ? 20 : 100
  return withPostgres(log, async (server) => {
    const url = await createDatabase(server, 'analytics')
    const pool = new pg.Pool({ connectionString: url, max: 4 })
    try {
      const events = eventsOf(sizes.sunk)
      const reader = createPostgresAnalytics(pool)
      const per_s = await sink(pool, createAnalyticsSink({ pool }), events)
      log(`Postgres    ${per_s} events/s through the sink`)
      const said = await answersOf(reader)
      const rows = await fillPostgres(url, sizes.postgres)
      log(`Postgres    ${sizes.postgres} events, ${rows} rows of sums`)
      const store = createPostgresClientEvents({ pool, clock: Date.now, keptDays: 90 })
      const inPostgres = await ask({ ...questions(reader, store), ...signalQuestions(pool) }, asks, log)
      const other = await withClickHouse(log, (target) =>
        inClickHouse({ target, pool, events, said, asks, log, size: sizes.clickhouse }),
      )
      return {
        bench: 'analytics',
        quick,
        postgres_events: sizes.postgres,
        postgres_p95_ms: inPostgres.p95_ms,
        postgres_max_ms: inPostgres.max_ms,
        postgres_slowest: inPostgres.slowest,
        clickhouse_events: other ? sizes.clickhouse : null,
        clickhouse_p95_ms: other?.p95_ms ?? null,
        clickhouse_max_ms: other?.max_ms ?? null,
        clickhouse_slowest: other?.slowest ?? null,
        same_answers: other?.same ?? null,
        sink_events_per_s: per_s,
        load_average: Math.round(loadavg()[0]! * 10) / 10,
        ok: [inPostgres, other].every((each) => each === undefined || each.p95_ms < GOAL_MS) && other?.same !== false,
      }
    } finally {
      await pool.end()
    }
  })
}

const SIZES = { postgres: 1_000_000, clickhouse: 10_000_000, sunk: 20_000 }

type InClickHouse = Readonly<{
  target: string
  pool: pg.Pool
  events: readonly CommittedEvent[]
  said: string
  asks: number
  size: number
  log: Options['log']
}>

async function inClickHouse({ target, pool, events, said, asks, size, log }: InClickHouse) {
  const client = clickHouseClient(target)
  try {
    const reader = { events: () => Promise.resolve([]) }
    const per_s = await sink(
      pool,
      createClickHouseSink({ url: target, pool, reader, chunk_events: 1000, chunk_ms: 0 }),
      events,
    )
    const analytics = createClickHouseAnalytics(client)
    const same = (await answersOf(analytics)) === said
    log(`ClickHouse  ${per_s} events/s through the sink, ${same ? 'the same answers' : 'OTHER ANSWERS'} as Postgres`)
    const began = performance.now()
    const options = { chunk_ms: 0, waiting_max: 1000, keptDays: 90, clock: Date.now }
    const store = createClickHouseClientEvents({ client, ensure: () => ensureDatabase(target), ...options })
    await fillClickHouse(target, size, events.length)
    // As a node does every hour.
    await store.dropOld()
    log(`ClickHouse  ${size} events made in ${Math.round((performance.now() - began) / 1000)} s`)
    return { same, ...(await ask(questions(analytics, store), asks, log)) }
  } finally {
    await client.close()
  }
}

/** Every question that a route asks, of somebody or something else each time. */
function questions(reader: AnalyticsReader, store: ClientEvents): Queries {
  const range = (days: number) => ({ from: dayBefore(days), to: dayBefore(0) })
  const tenants = Array.from({ length: 50 }, (_, i) => `partner-${i}`)
  const values: readonly ItemValue[] = Array.from({ length: 300 }, (_, i) => ({
    asset: toAsset(`item:sku-${i}`),
    money: toAsset('USD'),
    value: BigInt(100 + i * 20),
  }))
  const since = (days: number) => ({ from_ms: Date.now() - days * DAY_MS, limit: 50 })
  return {
    user: () => reader.user('main', `user-${below(50_000)}`),
    overview: () => reader.overview('main'),
    days_30: () => reader.days('main', range(30)),
    days_400: () => reader.days('main', range(400)),
    partners_90: () => reader.tenantDays(tenants, range(90)),
    boxes: () => Promise.all([reader.boxes('main'), reader.versions('main')]),
    pace_minute: () => reader.paces('main', { unit: 'minute', bounds: { openings: 600, trades: 30 }, ...since(2) }),
    pace_hour: () => reader.paces('main', { unit: 'hour', bounds: { openings: 60, deposits: 10 }, ...since(14) }),
    pace_day: () => reader.paces('main', { unit: 'day', bounds: { openings: 300, deposits: 30 }, ...since(31) }),
    gifts: () => reader.given('main', { values, least: 10_000n, limit: 1000 }),
    charge_backs: () => reader.reversed('main', 50),
    client_events: () => store.summary('main', range(90)),
  }
}

function signalQuestions(pool: pg.Pool): Queries {
  const page = { least: 2, limit: 51 }
  const groups = (kind: 'device' | 'address' | 'payout') => () =>
    findGroups(pool, 'main', { kind, after: undefined, ...page })
  return {
    shared_device: groups('device'),
    shared_address: groups('address'),
    shared_payout: groups('payout'),
    shared_members: async () => {
      const [largest] = await findGroups(pool, 'main', { kind: 'address', after: undefined, least: 2, limit: 1 })
      return largest && findMembers(pool, 'main', { kind: 'address', id: largest.id, after: '', limit: 51 })
    },
  }
}

async function ask(queries: Queries, times: number, log: Options['log']): Promise<Figures> {
  let worst: Figures = { p50_ms: 0, p95_ms: 0, max_ms: 0, slowest: '' }
  for (const [name, query] of Object.entries(queries)) {
    const latency = new Latency()
    await query()
    for (let i = 0; i < times; i++) {
      const began = performance.now()
      await query()
      latency.add(performance.now() - began)
    }
    const [p50_ms, p95_ms, max_ms] = [0.5, 0.95, 1].map((share) => latency.percentile(share)!) as [
      number,
      number,
      number,
    ]
    const busy = loadavg()[0]!.toFixed(1)
    log(`  ${name.padEnd(18)} p50 ${p50_ms} ms, p95 ${p95_ms} ms, max ${max_ms} ms (load average ${busy})`)
    if (p95_ms > worst.p95_ms) worst = { p50_ms, p95_ms, max_ms: Math.max(max_ms, worst.max_ms), slowest: name }
    else worst = { ...worst, max_ms: Math.max(max_ms, worst.max_ms) }
  }
  return worst
}

/** Writes the events as the relay does, and returns how many a second. */
async function sink(pool: pg.Pool, into: Sink, events: readonly CommittedEvent[]): Promise<number> {
  await pool.query('insert into sink_cursor (name, lineage, seq, epoch) values ($1, $2, 0, 1)', [into.name, LINEAGE])
  await into.open({ lineage: LINEAGE, seq: 0n }, { sink: into.name, epoch: 1, node: 'n' })
  const began = performance.now()
  for (let from = 0; from < events.length; from += 2000) {
    const some = events.slice(from, from + 2000)
    await into.write(some, some.at(-1)!.seq)
  }
  const seconds = (performance.now() - began) / 1000
  await into.close()
  return Math.round(events.length / seconds)
}

async function answersOf(reader: AnalyticsReader): Promise<string> {
  const answers = await Promise.all([
    reader.overview('sunk'),
    reader.days('sunk', { from: dayBefore(90), to: dayBefore(0) }),
    reader.boxes('sunk'),
    reader.versions('sunk'),
    reader.user('sunk', 'user-7'),
    reader.paces('sunk', { unit: 'hour', bounds: { openings: 1 }, from_ms: 0, limit: 100 }),
    reader.given('sunk', { values: [], least: 1n, limit: 100 }),
  ])
  return JSON.stringify(answers, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
}

/** Openings, deposits and sales of 500 users within the last month. */
function eventsOf(count: number): readonly CommittedEvent[] {
  const begin_ms = Date.now() - 30 * DAY_MS
  return Array.from({ length: count }, (_, i) => {
    const user = `user-${(i * 7919) % 500}`
    const other = `user-${(i * 7919 + 1 + (i % 3)) % 500}`
    const opening = {
      user,
      box: `box-${i % 20}`,
      version: 1 + (i % 3),
      asset: 'USD',
      price: '250',
      drops: [{ value: `${(i * 31) % 500}` }],
    }
    const sale = {
      listing: 'l',
      user,
      buyer: other,
      asset: 'item:a',
      money: 'USD',
      price: `${i}`,
      fee: '5',
      order: null,
    }
    const [type, payload] =
      i % 10 < 7
        ? (['opening.opened', opening] as const)
        : i % 10 === 7
          ? (['deposit.posted', { user, asset: 'USD', amount: '500' }] as const)
          : (['listing.sold', sale] as const)
    return {
      seq: BigInt(i + 1),
      type,
      payload,
      audience: 'public' as const,
      tenant: 'sunk',
      actor: null,
      user: null,
      outcome: '01890000-0000-7000-8000-0123456789ab',
      at_ms: begin_ms + Math.floor((i / count) * 30 * DAY_MS),
    }
  })
}

/** A database of its own in the ClickHouse that runs, or in one for this bench alone. */
async function withClickHouse<T>(log: Options['log'], work: (url: string) => Promise<T>): Promise<T | undefined> {
  const isOurs = !process.env[clickhouse.variable] && !find(clickhouse.name)
  const lacks = isOurs ? clickhouse.lacks() : undefined
  if (lacks !== undefined) {
    log(`ClickHouse is left out: this machine lacks ${lacks}`)
    return undefined
  }
  const address = await up(clickhouse)
  const name = `bench_analytics_${randomBytes(4).toString('hex')}`
  try {
    return await work(Object.assign(new URL(address), { pathname: `/${name}` }).href)
  } finally {
    await fetch(address, { method: 'POST', body: `drop database if exists ${name}` })
    if (isOurs) await down(clickhouse.name)
  }
}

const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)
const below = (n: number): number => Math.floor(Math.random() * n)

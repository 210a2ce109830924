import { randomBytes } from 'node:crypto'
import kafkajs from 'kafkajs'
import { openLedger } from '../../ledger/open.ts'
import { clickhouse } from '../../test/services/clickhouse.ts'
import { down, find, up } from '../../test/services/home.ts'
import { kafka } from '../../test/services/kafka.ts'
import type { Service } from '../../test/services/service.ts'
import { createDatabase, withPostgres } from './bench-database.ts'
import { commitEvents } from './relay-events.ts'
import { measureLatency } from './relay-latency.ts'
import { RelayProcess, type KafkaTarget, type SinkName } from './relay-process.ts'

const PER_S = 1_000
const CAUGHT_UP_WITHIN_MS = 180_000

type Options = Readonly<{ quick: boolean; log(line: string): void }>
type Throughput = Readonly<{ per_s: number; cpu_s_per_million: number; rss_mb: number }>

/**
 * How fast a relay that is behind catches up, and how long an event takes from its commit to a reader: one Postgres, one
 * broker and ClickHouse on this machine, the relay in a process of its own. A sink whose service cannot start here is null.
 */
export async function benchRelay({ quick, log }: Options): Promise<Record<string, number | string | null>> {
  const count = quick ? 100_000 : 200_000
  return withPostgres(log, async (server) => {
    const databaseUrl = await createDatabase(server, 'relay')
    const { ledger, close } = await openLedger({ databaseUrl })
    const head = await commitEvents(ledger, count)
    log(`${head} events are committed`)
    try {
      const carried = await withService(kafka, log, async (url) => {
        const prefix = `bench-${randomBytes(4).toString('hex')}.`
        const relay = new RelayProcess(databaseUrl, 'kafka', { url, prefix })
        try {
          const rate = await catchUp(relay, head, log, 'kafka')
          const topic = `${prefix}transaction-events`
          const latency = await measureLatency({ ledger, brokers: url, topic, per_s: PER_S, seconds: quick ? 5 : 20 })
          log(`kafka       p50 ${latency.p50_ms} ms, p99 ${latency.p99_ms} ms at ${PER_S}/s; ${latency.late} not seen`)
          return { ...rate, ...latency }
        } finally {
          await relay.stop()
          await removeTopics(url, prefix)
        }
      })
      const rows = await withService(clickhouse, log, async (url) => {
        const database = `bench_relay_${randomBytes(4).toString('hex')}`
        const target = { url: Object.assign(new URL(url), { pathname: `/${database}` }).href, prefix: '' }
        try {
          return await measure(databaseUrl, 'clickhouse', target, (await ledger.reader.head()).seq, log)
        } finally {
          await fetch(url, { method: 'POST', body: `drop database if exists ${database}` })
        }
      })
      return {
        bench: 'relay',
        kafka: carried?.per_s ?? null,
        clickhouse: rows?.per_s ?? null,
        kafka_cpu_s_per_million: carried?.cpu_s_per_million ?? null,
        clickhouse_cpu_s_per_million: rows?.cpu_s_per_million ?? null,
        p50_ms: carried?.p50_ms ?? null,
        p99_ms: carried?.p99_ms ?? null,
        late: carried?.late ?? null,
        events: count,
        rss_mb: carried?.rss_mb ?? null,
      }
    } finally {
      await close()
    }
  })
}

async function measure(
  databaseUrl: string,
  sink: SinkName,
  target: KafkaTarget,
  head: bigint,
  log: Options['log'],
): Promise<Throughput> {
  const relay = new RelayProcess(databaseUrl, sink, target)
  try {
    return await catchUp(relay, head, log, sink)
  } finally {
    await relay.stop()
  }
}

/** From the moment the sink is open until every event up to `head` is in it. */
async function catchUp(relay: RelayProcess, head: bigint, log: Options['log'], name: string): Promise<Throughput> {
  const from = await relay.until(({ state }) => state === 'running', 30_000)
  const began = performance.now()
  const to = await relay.until(({ seq }) => BigInt(seq) >= head, CAUGHT_UP_WITHIN_MS)
  const seconds = (performance.now() - began) / 1000
  const events = Number(head - BigInt(from.seq))
  const per_s = Math.round(events / seconds)
  const cpu_s_per_million = Number(((to.cpu_us - from.cpu_us) / events).toFixed(1))
  const rss_mb = Math.round(relay.rss_max / 2 ** 20)
  log(`${name.padEnd(11)} ${per_s} events/s, ${cpu_s_per_million} CPU-s per million, ${rss_mb} MiB`)
  return { per_s, cpu_s_per_million, rss_mb }
}

/** The one that runs or that the environment names; otherwise one for this bench alone. */
async function withService<T>(
  service: Service,
  log: Options['log'],
  work: (address: string) => Promise<T>,
): Promise<T | undefined> {
  const isOurs = !process.env[service.variable] && !find(service.name)
  const lacks = isOurs ? service.lacks() : undefined
  if (lacks !== undefined) {
    log(`${service.name} is left out: this machine lacks ${lacks}`)
    return undefined
  }
  const address = await up(service)
  try {
    return await work(address)
  } finally {
    if (isOurs) await down(service.name)
  }
}

async function removeTopics(brokers: string, prefix: string): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
  await admin.deleteTopics({ topics })
  await admin.disconnect()
}

// A node that does nothing but relay into one sink: joins the living, carries events, and tells its parent over IPC how far it
// is. argv: database URL, sink, options of the sink as JSON. Ends in order on SIGTERM, or when its parent goes.
import pg from 'pg'
import { createClickHouseSink } from '../../bridge/clickhouse/sink.ts'
import { KafkaSink, type KafkaOptions } from '../../bridge/kafka/sink.ts'
import { Relay } from '../../bridge/relay.ts'
import type { Sink } from '../../bridge/sink.ts'
import { wallClock } from '../../entropy/clock.ts'
import { openLedger } from '../../ledger/open.ts'
import { ClusterNode } from '../../rooms/node.ts'
import type { KafkaTarget, RelayReport, SinkName } from './relay-process.ts'

const REPORT_MS = 20
const LEASE = { lease_ms: 1_200, beat_ms: 240 }

const [databaseUrl = '', name = 'kafka', given = '{}'] = process.argv.slice(2)
let ending = false
const log = {
  info: () => {},
  warn: say,
  error: (fields: unknown, message?: string) => say(fields as object, message ?? ''),
}
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 })
pool.on('error', () => {}) // Postgres may be killed under it: whoever asks next hears of it.
pool.on('connect', (client) => void client.on('error', () => {}))
const { ledger, tail, close } = await openLedger({ databaseUrl, readers_max: 2, failed: () => {} })
const node = await ClusterNode.join({
  ...LEASE,
  databaseUrl,
  pool,
  process: `relay-${process.pid}`,
  address: '',
  clock: wallClock,
  log,
  load: () => 0,
  lost: () => {},
})
const { sink, batchEvents } = openSink(name as SinkName)
const relay = new Relay({ pool, ledger, tail, node: () => node.id, sink, log, batchEvents, backoff_ms: [50, 500] })
const timer = setInterval(report, REPORT_MS)
process.once('SIGTERM', () => void end())
process.once('disconnect', () => void end())

function openSink(wanted: SinkName): Readonly<{ sink: Sink; batchEvents: number }> {
  const options = JSON.parse(given) as KafkaTarget
  switch (wanted) {
    case 'kafka':
      return { sink: new KafkaSink(kafkaOptions(options)), batchEvents: 10_000 }
    case 'clickhouse': {
      const parts = { pool, reader: ledger.reader, chunk_events: 10_000, chunk_ms: 50 }
      return { sink: createClickHouseSink({ url: options.url, ...parts }), batchEvents: 10_000 }
    }
  }
  return wanted satisfies never
}

function kafkaOptions({ url, prefix, transaction_ms = 10_000 }: KafkaTarget): KafkaOptions {
  const partners = () => Promise.resolve([])
  const plain = { ssl: false, sasl: undefined, replicas: 0, registryUrl: '', region: 'local' }
  return { ...plain, brokers: url.split(','), prefix, transaction_ms, partners, pool, log }
}

function report(): void {
  const { user, system } = process.cpuUsage()
  const { state, seq, error } = relay.status
  const told: RelayReport = { state, seq: `${seq}`, error, cpu_us: user + system, rss: process.memoryUsage.rss() }
  process.send?.(told)
}

async function end(): Promise<void> {
  if (ending) return
  ending = true
  clearInterval(timer)
  await relay.close()
  await node.leave()
  await close()
  await pool.end()
  process.disconnect?.()
}

function say(fields: object, message: string): void {
  process.stderr.write(`${message} ${(fields as { err?: Error }).err?.message ?? ''}\n`)
}

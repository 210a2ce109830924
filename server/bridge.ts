import type { Hono } from 'hono'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Outbound } from '../access/outbound.ts'
import type { Sealer } from '../access/seal.ts'
import { createAnalyticsSink } from '../bridge/analytics/postgres-sink.ts'
import { createClickHouseSink } from '../bridge/clickhouse/sink.ts'
import { bridgeRoutes } from '../bridge/health.ts'
import type { Sasl } from '../bridge/kafka/client.ts'
import type { PartnerTenant } from '../bridge/kafka/route.ts'
import { KafkaSink, type KafkaOptions } from '../bridge/kafka/sink.ts'
import { Relay } from '../bridge/relay.ts'
import { createNdjsonSink } from '../bridge/sinks/ndjson.ts'
import type { Sink } from '../bridge/sink.ts'
import { Webhooks } from '../bridge/webhooks/webhooks.ts'
import type { Config } from '../config.ts'
import type { OpenLedger } from '../ledger/open.ts'
import type { Analytics } from '../services/parts.ts'
import { openAnalytics } from './analytics.ts'

export type BridgeParts = Readonly<{
  config: Config
  pool: Pool
  opened: OpenLedger
  /** This node's id among the living. */
  node: () => string
  sealer: Sealer
  /** The guarded way to call a tenant's URL. */
  outbound: Outbound
  log: Logger
}>

export type Bridge = Readonly<{
  /** `/health/bridge`, to be mounted at the root. */
  routes: Hono
  /** What analysts ask and pages tell, from and into ClickHouse where there is one. */
  analytics: Analytics
  close(): Promise<void>
}>

type Lane = Readonly<{ sink: Sink; batchEvents?: number; pace_ms?: number }>

/** Carries committed events into every sink that is configured and to the endpoints of tenants, each at its own pace. */
export function openBridge(parts: BridgeParts): Bridge {
  const { pool, opened, node, log } = parts
  const { ledger, tail } = opened
  const relays = lanes(parts).map((lane) => new Relay({ pool, ledger, tail, node, log, ...lane }))
  const running = [...relays, ...webhooks(parts)]
  const { analytics, close } = openAnalytics(parts)
  return {
    routes: bridgeRoutes(pool),
    analytics,
    close: async () => {
      await Promise.all(running.map((each) => each.close()))
      await close()
    },
  }
}

function webhooks({ config, pool, opened, node, sealer, outbound, log }: BridgeParts): readonly Webhooks[] {
  if (!config.webhooks) return []
  const { ledger, tail } = opened
  const limits = { timeout_ms: config.webhook_timeout_ms, retries_max: config.webhook_retries_max }
  return [new Webhooks({ pool, ledger, tail, node, sealer, outbound, log, ...limits })]
}

/** What analytics come from: ClickHouse, or sums in Postgres where there is none. */
function analyticsLane({ config, pool, opened }: BridgeParts): Lane {
  const { clickhouse_url: url, clickhouse_chunk_events: chunk_events, clickhouse_chunk_ms: chunk_ms } = config
  if (url === '') return { sink: createAnalyticsSink({ pool }), pace_ms: config.analytics_pace_ms }
  const { reader } = opened.ledger
  return { sink: createClickHouseSink({ url, pool, reader, chunk_events, chunk_ms }), batchEvents: chunk_events }
}

function lanes(parts: BridgeParts): readonly Lane[] {
  const { config, pool, log } = parts
  const { relay_file: file, relay_file_bytes_max: bytes_max, kafka_batch_events: batchEvents } = config
  return [
    analyticsLane(parts),
    ...(file === '' ? [] : [{ sink: createNdjsonSink({ file, bytes_max }) }]),
    ...(config.kafka_brokers.length === 0
      ? []
      : [{ sink: new KafkaSink(kafkaOptions(config, pool, log)), batchEvents }]),
  ]
}

/** What the Kafka sink is given of the settings. */
export function kafkaOptions(config: Config, pool: Pool, log: Pick<Logger, 'warn'>): KafkaOptions {
  return {
    brokers: config.kafka_brokers,
    ssl: config.kafka_ssl,
    sasl: saslOf(config),
    prefix: config.kafka_topic_prefix,
    replicas: config.kafka_replicas,
    transaction_ms: config.kafka_transaction_ms,
    registryUrl: config.schema_registry_url,
    region: config.region,
    partners: () => readPartners(pool),
    pool,
    log,
  }
}

function saslOf({
  kafka_sasl: mechanism,
  kafka_username: username,
  kafka_password: password,
}: Config): Sasl | undefined {
  return mechanism === 'none' ? undefined : { mechanism, username, password }
}

/** A partner's topics carry its name, which never changes. */
async function readPartners(pool: Pool): Promise<readonly PartnerTenant[]> {
  return (await pool.query<PartnerTenant>('select name as id, tenant from partner order by created_ms, name')).rows
}

import type { Hono } from 'hono'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { bridgeRoutes } from '../bridge/health.ts'
import type { Sasl } from '../bridge/kafka/client.ts'
import type { PartnerTenant } from '../bridge/kafka/route.ts'
import { KafkaSink, type KafkaOptions } from '../bridge/kafka/sink.ts'
import { Relay } from '../bridge/relay.ts'
import { createNdjsonSink } from '../bridge/sinks/ndjson.ts'
import type { Sink } from '../bridge/sink.ts'
import type { Config } from '../config.ts'
import type { OpenLedger } from '../ledger/open.ts'

export type BridgeParts = Readonly<{
  config: Config
  pool: Pool
  opened: OpenLedger
  /** This node's id among the living. */
  node: () => string
  log: Logger
}>

export type Bridge = Readonly<{
  /** `/health/bridge`, to be mounted at the root. */
  routes: Hono
  close(): Promise<void>
}>

type Lane = Readonly<{ sink: Sink; batchEvents?: number }>

/** Carries committed events into every sink that is configured, each at its own pace. */
export function openBridge(parts: BridgeParts): Bridge {
  const { pool, opened, node, log } = parts
  const { ledger, tail } = opened
  const relays = lanes(parts).map((lane) => new Relay({ pool, ledger, tail, node, log, ...lane }))
  return {
    routes: bridgeRoutes(pool),
    close: async () => void (await Promise.all(relays.map((relay) => relay.close()))),
  }
}

function lanes({ config, pool, log }: BridgeParts): readonly Lane[] {
  const { relay_file: file, relay_file_bytes_max: bytes_max, kafka_batch_events: batchEvents } = config
  return [
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

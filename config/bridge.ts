import { list, oneOf, onOff, prefix, text, url, whole, type Setting } from './setting.ts'

/** Where committed events go: files, Kafka, ClickHouse and the URLs of tenants. */
export const bridgeSettings = {
  RELAY_FILE: text('', 'file', 'Committed events as lines of JSON for whoever reads files; empty is off.'),
  RELAY_FILE_BYTES_MAX: whole(67_108_864, 'bytes', [1024, 10_737_418_240], 'The file is rotated at this size.'),

  KAFKA_BROKERS: list({
    unit: 'host:port',
    item: /^[^\s,:]+:\d{1,5}$/,
    allowed: 'host:port of brokers',
    why: 'Where committed events go as messages, exactly once; empty is off.',
  }),
  KAFKA_TOPIC_PREFIX: prefix(
    'In front of topics, group and transactional id, so that two systems can share a cluster.',
  ),
  KAFKA_SSL: onOff(false, 'Speak TLS to the brokers; on wherever the network is not ours alone.'),
  KAFKA_SASL: oneOf('none', ['none', 'plain', 'scram-sha-256', 'scram-sha-512'], 'How we sign in to the brokers.'),
  KAFKA_USERNAME: text('', 'user', 'Who we are to the brokers; it may write all topics and no partner has it.'),
  KAFKA_PASSWORD: { ...text('', 'password', 'What proves it.'), secret: true },
  KAFKA_REPLICAS: whole(
    0,
    'copies',
    [0, 9],
    'Copies of each new topic; 0 as the cluster has it, 3 of them in production.',
  ),
  KAFKA_BATCH_EVENTS: whole(
    10_000,
    'events',
    [1, 20_000],
    'One transaction takes all that waits, up to this: past it neither speed nor CPU gain, and memory grows.',
  ),
  KAFKA_TRANSACTION_MS: whole(
    10_000,
    'ms',
    [1000, 900_000],
    'What a dead relay left open holds readers up for this long, unless its successor ends it first.',
  ),
  SCHEMA_REGISTRY_URL: url(
    ['http', 'https'],
    'Where Avro schemas get their numbers (Confluent); empty: values carry the fingerprint of their schema.',
  ),
  CLICKHOUSE_URL: url(
    ['http', 'https'],
    'The ClickHouse that analytics come from (http://user:password@host:8123/database); without one they come from Postgres.',
  ),
  CLICKHOUSE_CHUNK_EVENTS: whole(
    20_000,
    'events',
    [1, 100_000],
    'One insert takes all that waits, up to this: past it little is gained, and memory grows.',
  ),
  CLICKHOUSE_CHUNK_MS: whole(
    1000,
    'ms',
    [0, 60_000],
    'Smaller inserts are made at most this often: each is a part on disk that has to be merged.',
  ),
  WEBHOOKS: onOff(true, 'Send events to the URLs that tenants have named.'),
  WEBHOOK_TIMEOUT_MS: whole(10_000, 'ms', [100, 60_000], 'An endpoint that has not answered by then has failed.'),
  WEBHOOK_RETRIES_MAX: whole(
    1000,
    'events',
    [1, 1_000_000],
    'An endpoint with this many events put off is sent no further ones: the ledger keeps them until it is back.',
  ),
  WEBHOOKS_PER_TENANT: whole(10, 'endpoints', [1, 1000], 'Each may keep one call open at a time.'),
  OUTBOUND_LOOPBACK: onOff(
    false,
    'URLs of tenants may lead to this machine, without TLS: for tests, and nowhere else.',
  ),
  REGION: text('local', 'name', 'Where this cell stands, as each message says it.'),
} as const satisfies Readonly<Record<string, Setting<unknown>>>

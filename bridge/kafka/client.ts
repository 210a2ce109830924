import kafkajs from 'kafkajs'
import { registerLz4 } from '../../schema/kafka/lz4.ts'
import { RecordBatch } from './record-batch.ts'

export type Sasl = Readonly<{
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  username: string
  password: string
}>

/** Where the brokers are and how to get in. */
export type KafkaAddress = Readonly<{ brokers: readonly string[]; ssl: boolean; sasl: Sasl | undefined }>

const CONNECT_MS = 3_000

/**
 * A client of the brokers. `patient`: right after a commit the coordinator refuses the next transaction for some milliseconds, which
 * is to be asked again at once and often; everything else is rather heard of soon, and tried again by the relay.
 */
export function connectKafka({ brokers, ssl, sasl }: KafkaAddress, patient: boolean): kafkajs.Kafka {
  registerLz4((encoded) => RecordBatch.substitute(encoded))
  return new kafkajs.Kafka({
    clientId: 'rollingdrop',
    brokers: [...brokers],
    ssl,
    ...(sasl && { sasl: saslOptions(sasl) }),
    connectionTimeout: CONNECT_MS,
    authenticationTimeout: CONNECT_MS,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: patient
      ? { initialRetryTime: 3, multiplier: 1.4, retries: 30, maxRetryTime: 500 }
      : { initialRetryTime: 50, multiplier: 2, retries: 3, maxRetryTime: 500 },
  })
}

function saslOptions({ mechanism, username, password }: Sasl): kafkajs.SASLOptions {
  // One by one, because the client's types tie each mechanism to its own options.
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password }
    case 'scram-sha-256':
      return { mechanism, username, password }
    case 'scram-sha-512':
      return { mechanism, username, password }
  }
  return mechanism satisfies never
}

/** An error of the client in words that say what to look at. */
export function explainKafka(error: unknown, { brokers }: Pick<KafkaAddress, 'brokers'>): Error {
  const { name, type, message } = deepest(error)
  const at = brokers.join(',')
  const words = (text: string): Error => new Error(text, { cause: error })
  if (name.includes('SASLAuthentication') || type === 'SASL_AUTHENTICATION_FAILED')
    return words(`the broker at ${at} refuses our user: ${message}`)
  if (type === 'ILLEGAL_SASL_STATE' || type === 'UNSUPPORTED_SASL_MECHANISM')
    return words(`the broker at ${at} does not take users the way KAFKA_SASL says: ${message}`)
  if (/AUTHORIZATION_FAILED/.test(type)) return words(`our user may not do this at the broker at ${at}: ${message}`)
  if (/ConnectionError|ConnectionTimeout|BrokerNotFound|RequestTimeout|ConnectionClosed/.test(name))
    return words(`the broker at ${at} cannot be reached: ${message}`)
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE')
    return words(`the broker at ${at} takes no batches of this size: raise its message.max.bytes (${message})`)
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return words(`a topic has gone from the broker at ${at}: ${message}`)
  if (type === 'KAFKA_STORAGE_ERROR' || type === 'LOG_DIR_NOT_FOUND')
    return words(`the broker at ${at} cannot write to its disk: ${message}`)
  if (['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING'].includes(type))
    return words(`another relay has fenced this one at the broker at ${at}`)
  return words(`Kafka: ${message}`)
}

/** The client wraps what went wrong in what it gave up on. */
function deepest(error: unknown): Readonly<{ name: string; type: string; message: string }> {
  let at = error as { name?: string; type?: string; message?: string; cause?: unknown; originalError?: unknown }
  for (let next = at.cause ?? at.originalError; next instanceof Error; next = at.cause ?? at.originalError) {
    at = next
  }
  return { name: at.name ?? '', type: at.type ?? '', message: at.message ?? String(error) }
}

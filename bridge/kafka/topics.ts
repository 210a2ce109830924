import { setTimeout as delay } from 'node:timers/promises'
import type kafkajs from 'kafkajs'
import { SinkStopped } from '../sink.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const LED_WITHIN_MS = 30_000
const LOOK_MS = 50

/** What a topic must be. Keys choose the partition, so its number may never change. */
export type Topic = Readonly<{ name: string; partitions: number; retention_ms: number }>

/** Read by our own services, which see everything. */
export const houseTopics = {
  transactions: { name: 'transaction-events', partitions: 50, retention_ms: 7 * DAY_MS },
  inventory: { name: 'inventory-updates', partitions: 20, retention_ms: DAY_MS },
  admin: { name: 'admin-operations', partitions: 5, retention_ms: 30 * DAY_MS },
  deadLetters: { name: 'dead-letters', partitions: 1, retention_ms: 30 * DAY_MS },
} as const satisfies Record<string, Topic>

/** Read by our gateway, which parts them by partner: whoever may read a topic may read all of it. */
export const sharedTopics = {
  'partner-transactions': { name: 'partner-transactions', partitions: 30, retention_ms: 7 * DAY_MS },
  'partner-inventory-updates': { name: 'partner-inventory-updates', partitions: 20, retention_ms: DAY_MS },
  'partner-box-openings': { name: 'partner-box-openings', partitions: 40, retention_ms: 3 * DAY_MS },
} as const satisfies Record<string, Topic>

/** Carries no messages: the offset committed for it is the cursor. */
export const CURSOR: Topic = { name: 'relay-cursor', partitions: 1, retention_ms: DAY_MS }

/** The two that one partner may read, and nobody else outside. */
export function partnerTopics(id: string): Readonly<Record<'events' | 'notifications', Topic>> {
  // A topic's name allows more, but nothing that could name another partner's or one of the shared topics.
  if (!PARTNER_ID.test(id)) throw new SinkStopped(`${JSON.stringify(id)} cannot be part of a topic's name`)
  return {
    events: { name: `partner-${id}-events`, partitions: 1, retention_ms: 7 * DAY_MS },
    notifications: { name: `partner-${id}-notifications`, partitions: 1, retention_ms: 7 * DAY_MS },
  }
}

const PARTNER_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/

export const commonTopics: readonly Topic[] = [...Object.values(houseTopics), ...Object.values(sharedTopics), CURSOR]

/**
 * Creates the topics that are missing; the others stay as they are.
 * @returns the largest message that each of them takes, in bytes
 * @throws SinkStopped when one has other partitions than it must: the same key would then stand in two of them
 */
export async function ensureTopics(
  admin: kafkajs.Admin,
  { topics, prefix, replicas }: Readonly<{ topics: readonly Topic[]; prefix: string; replicas: number }>,
): Promise<ReadonlyMap<string, number>> {
  const there = new Set(await admin.listTopics())
  const missing = topics.filter(({ name }) => !there.has(prefix + name))
  if (missing.length > 0) await create(admin, missing, { prefix, replicas })
  const names = topics.map(({ name }) => prefix + name)
  const partitions = await countPartitions(admin, names)
  const wrong = topics.filter((topic) => partitions.get(prefix + topic.name) !== topic.partitions)
  if (wrong.length > 0) {
    const said = wrong.map((topic) => {
      const has = partitions.get(prefix + topic.name)
      return `topic ${prefix}${topic.name} has ${has} partitions and must have ${topic.partitions}`
    })
    throw new SinkStopped(`${said.join('; ')}: move it aside or set KAFKA_TOPIC_PREFIX, then resume`)
  }
  return largestMessages(admin, names)
}

async function create(
  admin: kafkajs.Admin,
  topics: readonly Topic[],
  { prefix, replicas }: Readonly<{ prefix: string; replicas: number }>,
): Promise<void> {
  await admin.createTopics({
    waitForLeaders: false,
    topics: topics.map(({ name, partitions, retention_ms }) => ({
      topic: prefix + name,
      numPartitions: partitions,
      replicationFactor: replicas === 0 ? -1 : replicas, // -1: as the cluster has it
      configEntries: [{ name: 'retention.ms', value: String(retention_ms) }],
    })),
  })
}

/** A new topic takes a moment until each of its partitions has a leader, and until every broker has heard of it. */
async function countPartitions(admin: kafkajs.Admin, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  for (const until = performance.now() + LED_WITHIN_MS; ; await delay(LOOK_MS)) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [...names] })
      const isLed = topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))
      if (isLed) return new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
    } catch (error) {
      const { type } = error as { type?: string }
      if (type !== 'UNKNOWN_TOPIC_OR_PARTITION' && type !== 'LEADER_NOT_AVAILABLE') throw error
    }
    if (performance.now() > until) throw new Error(`new topics have no leader after ${LED_WITHIN_MS} ms`)
  }
}

async function largestMessages(admin: kafkajs.Admin, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: TOPIC_RESOURCE, name, configNames: ['max.message.bytes'] })),
  })
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Number(configEntries.find(({ configName }) => configName === 'max.message.bytes')?.configValue ?? 1_000_000),
    ]),
  )
}

const TOPIC_RESOURCE = 2

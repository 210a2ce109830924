import { setTimeout as delay } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import type { Ledger } from '../../ledger/ledger.ts'
import { registerLz4 } from '../../schema/kafka/lz4.ts'
import { outcomeOf } from './relay-events.ts'

const TICK_MS = 10
/** A consumer waits this long at most for the broker to have something. */
const FETCH_MS = 50
const WITHIN_MS = 15_000
/** Reader and relay have just come from something else: what is committed in the first seconds is carried and not counted. */
const WARM_S = 3

export type Latency = Readonly<{ p50_ms: number; p99_ms: number; late: number }>

type Options = Readonly<{ ledger: Ledger; brokers: string; topic: string; per_s: number; seconds: number }>

/** Commits `per_s` events a second, each in an outcome of its own, and times each, once that is steady, from its call to a reader of Kafka. */
export async function measureLatency({ ledger, brokers, topic, per_s, seconds }: Options): Promise<Latency> {
  const called = new Map<string, number>()
  const seen = new Map<string, number>()
  const consumer = await startReader(brokers, topic, (seq) => seen.set(seq, performance.now()))
  const per_tick = (per_s * TICK_MS) / 1000
  const commits: Promise<void>[] = []
  const began = performance.now()
  const warm_ticks = (WARM_S * 1000) / TICK_MS
  for (let tick = 0; tick < warm_ticks + (seconds * 1000) / TICK_MS; tick++) {
    for (let i = 0; i < per_tick; i++) {
      const at = performance.now()
      const outcome = outcomeOf(tick * per_tick + i, 1)
      const isCounted = tick >= warm_ticks
      commits.push(ledger.commit(outcome).then(({ last_seq }) => void (isCounted && called.set(`${last_seq}`, at))))
    }
    await delay(Math.max(0, began + (tick + 1) * TICK_MS - performance.now()))
  }
  await Promise.all(commits)
  const until = performance.now() + WITHIN_MS
  while ([...called.keys()].some((seq) => !seen.has(seq)) && performance.now() < until) await delay(TICK_MS)
  await consumer.disconnect()
  const took = [...called]
    .flatMap(([seq, at]) => (seen.has(seq) ? [seen.get(seq)! - at] : []))
    .toSorted((a, b) => a - b)
  const at = (share: number): number => Number((took[Math.floor(took.length * share)] ?? NaN).toFixed(1))
  return { p50_ms: at(0.5), p99_ms: at(0.99), late: called.size - took.length }
}

async function startReader(brokers: string, topic: string, seen: (seq: string) => void): Promise<kafkajs.Consumer> {
  registerLz4()
  const client = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  const options = { groupId: `${topic}-reader`, readUncommitted: false, maxWaitTimeInMs: FETCH_MS, minBytes: 1 }
  const consumer = client.consumer(options)
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: false })
  const { promise, resolve } = Promise.withResolvers<void>()
  consumer.on(consumer.events.FETCH, () => resolve())
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      for (const { headers } of batch.messages) seen(String(headers!['seq']))
      return Promise.resolve()
    },
  })
  await promise
  return consumer
}

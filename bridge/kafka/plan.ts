import type { Family } from '../../schema/avro/schemas.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import { partitionOf } from '../../schema/kafka/murmur2.ts'
import { formatPosition } from '../../schema/position.ts'
import type { DeadLetter } from '../dead-letter.ts'
import type { Encoder } from './encoder.ts'
import type { MessageRecord } from './record-batch.ts'
import { recordOf } from './record.ts'
import { routesOf, type PartnerTenant } from './route.ts'
import { houseTopics, type Topic } from './topics.ts'

/** Before compression, of one partition and one request: the broker takes a batch of 1 MiB by its own default. */
const BATCH_BYTES_MAX = 524_288
/** What a message costs besides its value: key, headers and lengths, well counted. */
const MESSAGE_BYTES = 320

export type Surroundings = Readonly<{
  lineage: string
  region: string
  prefix: string
  encode: Encoder
  partnersOf: (tenant: string) => readonly PartnerTenant[]
  /** The largest message of a topic, by its full name. */
  bytes_max: (topic: string) => number
}>

/** What goes into one partition in one request. */
export type PartitionRecords = Readonly<{ topic: string; partition: number; records: readonly MessageRecord[] }>

/** A transaction's messages, cut into requests; who could not be carried; and the last seq in each topic after it, by full name. */
export type Plan = Readonly<{
  requests: readonly (readonly PartitionRecords[])[]
  letters: readonly DeadLetter[]
  last: ReadonlyMap<string, bigint>
}>

type Ready = Readonly<{ topic: Topic; key: Buffer; value: Buffer }>

/**
 * What is to be sent for these events. `last` is the last seq in each topic before them: each message says which seq came
 * before it in its topic, so that its reader sees a gap.
 */
export function planMessages(
  events: readonly CommittedEvent[],
  last: ReadonlyMap<string, bigint>,
  around: Surroundings,
): Plan {
  const requests = new Requests(around.prefix, last)
  const letters: DeadLetter[] = []
  for (const event of events) {
    const ready = tryEncode(event, around)
    if (ready instanceof Error) {
      letters.push({ event, reason: ready.message })
      requests.add(event, deadLetter(event, ready.message), around.lineage)
    } else {
      for (const message of ready) requests.add(event, message, around.lineage)
    }
  }
  return { requests: requests.all, letters, last: requests.last }
}

/** The event's messages; or why there can be none. All of them or none, so that no reader knows what another does not. */
function tryEncode(event: CommittedEvent, around: Surroundings): readonly Ready[] | Error {
  try {
    const partners = around.partnersOf(event.tenant)
    const values = new Map<Family, Buffer>()
    const valueOf = (family: Family): Buffer => {
      const value =
        values.get(family) ??
        around.encode(
          family,
          recordOf(event, family, { lineage: around.lineage, region: around.region, partner: partners[0]?.id ?? null }),
        )
      values.set(family, value)
      return value
    }
    return routesOf(event, partners).map(({ topic, family, key }) => {
      const value = valueOf(family)
      const most = around.bytes_max(around.prefix + topic.name) - MESSAGE_BYTES
      if (value.length > most)
        throw new Error(`message too large: ${value.length} bytes, and ${topic.name} takes ${most}`)
      return { topic, key: Buffer.from(key), value }
    })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function deadLetter({ seq, type, tenant }: CommittedEvent, reason: string): Ready {
  const value = Buffer.from(JSON.stringify({ seq: `${seq}`, type, tenant, reason }))
  return { topic: houseTopics.deadLetters, key: Buffer.from(tenant), value }
}

/** Messages in order, cut where one partition would get more than a broker takes at once. */
class Requests {
  readonly all: PartitionRecords[][] = []
  readonly last: Map<string, bigint>
  readonly #prefix: string
  #open = new Map<string, { records: MessageRecord[]; bytes: number }>()

  constructor(prefix: string, last: ReadonlyMap<string, bigint>) {
    this.#prefix = prefix
    this.last = new Map(last)
  }

  add(event: CommittedEvent, { topic, key, value }: Ready, lineage: string): void {
    const name = this.#prefix + topic.name
    const place = this.#placeOf(name, partitionOf(key, topic.partitions), value.length + MESSAGE_BYTES)
    place.records.push({ key, value, headers: headersOf(event, lineage, this.last.get(name) ?? 0n) })
    this.last.set(name, event.seq)
  }

  #placeOf(topic: string, partition: number, bytes: number): { records: MessageRecord[] } {
    const id = `${topic}/${partition}`
    const there = this.#open.get(id)
    if (there && there.bytes + bytes <= BATCH_BYTES_MAX) {
      there.bytes += bytes
      return there
    }
    if (there) this.#open.clear()
    const records: MessageRecord[] = []
    if (this.#open.size === 0) this.all.push([])
    const opened = { records, bytes }
    this.#open.set(id, opened)
    this.all.at(-1)!.push({ topic, partition, records })
    return opened
  }
}

/** `traceparent` (W3C) has the outcome for its trace: all its events, in all topics, are of one. */
function headersOf(event: CommittedEvent, lineage: string, previous: bigint): Record<string, string> {
  const { seq, type, tenant, outcome } = event
  return {
    seq: `${seq}`,
    previous: `${previous}`,
    id: formatPosition({ lineage, seq }),
    type,
    tenant,
    traceparent: `00-${outcome.replaceAll('-', '')}-${seq.toString(16).padStart(16, '0')}-01`,
  }
}

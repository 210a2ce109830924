import type { FeedFilter } from '../../schema/feed.ts'
import { toJson } from '../../schema/json.ts'
import type { PartnerTopic } from '../../schema/topic.ts'
import { query } from '../bench/bench-database.ts'
import type { Reader } from './feed-reader.ts'

/** `lost`: in the database and not told; `double`: told twice or out of order; `foreign`: told and not theirs. */
export type FeedVerdict = Readonly<{
  events: number
  delivered: number
  conflated: number
  unrecovered: number
  lost: number
  double: number
  foreign: number
}>

/** An event as Postgres has it, one that is for somebody outside. */
export type StoredEvent = Readonly<{
  seq: bigint
  isPublic: boolean
  type: string
  boxes: readonly string[]
  values: readonly Readonly<{ box: string; value: string }>[]
}>

/** Holds what each reader was told against all there was for its filter, up to `head`. */
export function feedVerdict(
  events: readonly StoredEvent[],
  readers: readonly Reader[],
  head: bigint,
  say: (line: string) => void,
): FeedVerdict {
  const total = { delivered: 0, conflated: 0, unrecovered: 0, lost: 0, double: 0, foreign: 0 }
  for (const reader of readers) {
    const mine = events.filter(({ seq }) => seq > (reader.start ?? -1n)).filter((event) => isFor(reader, event))
    const told = reader.seqs.filter((seq) => seq <= head)
    const known = new Set(mine.map(({ seq }) => seq))
    const missing = mine.filter(({ seq }) => !told.includes(seq))
    const isAnnounced = missing.length === reader.conflated && !missing.some((event) => isSettlement(reader, event))
    const wrong = {
      lost: isAnnounced ? 0 : missing.length,
      double: told.filter((seq, i) => i > 0 && seq <= told[i - 1]!).length,
      foreign: told.filter((seq) => !known.has(seq)).length,
      unrecovered: reader.unrecovered,
    }
    if (Object.values(wrong).some((n) => n > 0))
      say(`${reader.door} ${toJson({ topic: reader.topic, ...reader.filter, ...wrong })}`)
    total.delivered += told.length
    total.conflated += reader.conflated
    for (const name of ['lost', 'double', 'foreign', 'unrecovered'] as const) total[name] += wrong[name]
  }
  return { events: events.length, ...total }
}

/** All that anybody outside may be told of our own tenant, by a way of its own: no code of the feed is asked. */
export async function storedEvents(databaseUrl: string, head: bigint): Promise<readonly StoredEvent[]> {
  const rows = await query<{ seq: string; type: string; audience: string; payload: Record<string, unknown> }>(
    databaseUrl,
    `select seq, type, audience, payload from event
     where tenant = 'main' and audience <> 'internal' and seq <= $1 order by seq`,
    [head],
  )
  return rows.map(({ seq, type, audience, payload }) => {
    const { boxes, values } = contentOf(type, payload)
    return { seq: BigInt(seq), type, isPublic: audience === 'public', boxes, values }
  })
}

function contentOf(type: string, payload: Record<string, unknown>): Pick<StoredEvent, 'boxes' | 'values'> {
  if (type === 'battle.created') return { boxes: payload['rounds'] as string[], values: [] }
  const box = payload['box'] as string
  const drops = (payload['drops'] ?? []) as readonly { box: string; value: string }[]
  if (type === 'opening.opened') return { boxes: [box], values: drops.map(({ value }) => ({ box, value })) }
  if (type !== 'battle.settled') return { boxes: [], values: [] }
  return { boxes: drops.map((drop) => drop.box), values: drops }
}

const moving = ['opening.opened', 'battle.settled', 'item.sold']
const seating = ['battle.created', 'battle.joined', 'battle.left', 'battle.cancelled']
/** What each topic is of, as partners are promised it. Written out here, so that a slip in the feed's own table shows. */
const topics: Readonly<Record<PartnerTopic, readonly string[]>> = {
  'partner-transactions': [...moving, ...seating, 'faucet.granted'],
  'partner-box-openings': ['opening.opened', 'battle.settled'],
  'partner-inventory-updates': moving,
  notifications: ['battle.started', 'battle.refixed', 'box.published', 'entropy.published'],
}

/** What may never be left out. */
function isSettlement({ topic }: Reader, { type }: StoredEvent): boolean {
  return type === 'battle.settled' || (type === 'opening.opened' && topic !== undefined)
}

function isFor({ topic, filter }: Reader, event: StoredEvent): boolean {
  const isTold = topic === undefined ? event.isPublic : topics[topic].includes(event.type)
  return isTold && isWanted(filter, event)
}

function isWanted({ types, box, minValue }: FeedFilter, event: StoredEvent): boolean {
  if (types && !types.includes(event.type)) return false
  if (box !== undefined && !event.boxes.includes(box)) return false
  if (minValue === undefined) return true
  return event.values.some((each) => (box === undefined || each.box === box) && BigInt(each.value) >= BigInt(minValue))
}

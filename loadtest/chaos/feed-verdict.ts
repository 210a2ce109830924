import type { FeedFilter } from '../../schema/feed.ts'
import { toJson } from '../../schema/json.ts'
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

/** An event as Postgres has it. */
export type PublicEvent = Readonly<{
  seq: bigint
  type: string
  boxes: readonly string[]
  values: readonly Readonly<{ box: string; value: string }>[]
}>

/** Holds what each reader was told against all there was for its filter, up to `head`. */
export function feedVerdict(
  events: readonly PublicEvent[],
  readers: readonly Reader[],
  head: bigint,
  say: (line: string) => void,
): FeedVerdict {
  const total = { delivered: 0, conflated: 0, unrecovered: 0, lost: 0, double: 0, foreign: 0 }
  for (const reader of readers) {
    const mine = events.filter(({ seq }) => seq > (reader.start ?? -1n)).filter((event) => wanted(reader.filter, event))
    const told = reader.seqs.filter((seq) => seq <= head)
    const known = new Set(mine.map(({ seq }) => seq))
    const missing = mine.filter(({ seq }) => !told.includes(seq))
    const isAnnounced = missing.length === reader.conflated && !missing.some(({ type }) => type === 'battle.settled')
    const wrong = {
      lost: isAnnounced ? 0 : missing.length,
      double: told.filter((seq, i) => i > 0 && seq <= told[i - 1]!).length,
      foreign: told.filter((seq) => !known.has(seq)).length,
      unrecovered: reader.unrecovered,
    }
    if (Object.values(wrong).some((n) => n > 0)) say(`${reader.door} ${toJson({ ...reader.filter, ...wrong })}`)
    total.delivered += told.length
    total.conflated += reader.conflated
    for (const name of ['lost', 'double', 'foreign', 'unrecovered'] as const) total[name] += wrong[name]
  }
  return { events: events.length, ...total }
}

/** All that the public may be told of our own tenant, by a way of its own: no code of the feed is asked. */
export async function publicEvents(databaseUrl: string, head: bigint): Promise<readonly PublicEvent[]> {
  const rows = await query<{ seq: string; type: string; payload: Record<string, unknown> }>(
    databaseUrl,
    `select seq, type, payload from event where tenant = 'main' and audience = 'public' and seq <= $1 order by seq`,
    [head],
  )
  return rows.map(({ seq, type, payload }) => eventOf(BigInt(seq), type, payload))
}

function eventOf(seq: bigint, type: string, payload: Record<string, unknown>): PublicEvent {
  if (type === 'battle.created') return { seq, type, boxes: payload['rounds'] as string[], values: [] }
  if (type !== 'battle.settled') return { seq, type, boxes: [], values: [] }
  const values = payload['drops'] as PublicEvent['values']
  return { seq, type, boxes: values.map(({ box }) => box), values }
}

function wanted({ types, box, minValue }: FeedFilter, event: PublicEvent): boolean {
  if (types && !types.includes(event.type)) return false
  if (box !== undefined && !event.boxes.includes(box)) return false
  if (minValue === undefined) return true
  return event.values.some((each) => (box === undefined || each.box === box) && BigInt(each.value) >= BigInt(minValue))
}

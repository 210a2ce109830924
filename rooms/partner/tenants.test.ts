import fc from 'fast-check'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { NewPartnerKey } from '../../access/partner.ts'
import { signRequest } from '../../access/partners/signature.ts'
import { digestOf } from '../../schema/digest.ts'
import { audienceOf, audiences, eventTypes, type EventDraft, type EventType } from '../../schema/event.ts'
import type { FeedEvent, FeedFrame } from '../../schema/feed.ts'
import type { StreamPage } from '../../schema/partner.ts'
import { formatPosition } from '../../schema/position.ts'
import { partnerTopics, topicsOf, type PartnerTopic } from '../../schema/topic.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { openTestRooms, type TestRooms } from '../../test/rooms.ts'

const TENANTS = ['red', 'blue', 'main'] as const
type Committed = Readonly<{ tenant: string; seq: string; draft: EventDraft }>

let node: TestRooms & { close(): Promise<void> }
const keys = new Map<string, NewPartnerKey>()
beforeAll(async () => {
  node = await openTestRooms({
    feed: {
      tick_ms: 5,
      recovery_max: 100_000,
      filters_max: 500,
      skip_bytes: 4_000_000,
      slow_bytes: 8_000_000,
      slow_ms: 10_000,
    },
  })
  for (const tenant of TENANTS) keys.set(tenant, await node.partnerKey(tenant))
})
afterAll(() => node.close())

/** Enough of a payload for every filter to be asked of it, and a mark that says whose it is. */
const payloadOf = (tenant: string) => ({
  owner: tenant,
  user: `${tenant}-user`,
  creator: `${tenant}-user`,
  box: 'b',
  rounds: ['b'],
  seats: [],
  drops: [{ box: 'b', rarity: 'epic', value: '500' }],
})

const event = fc.record({
  tenant: fc.constantFrom(...TENANTS),
  type: fc.constantFrom(
    ...(Object.keys(eventTypes) as EventType[]).filter((type) => !/^(access|partner)\./.test(type)),
  ),
  audience: fc.constantFrom(...audiences),
})

async function commit(
  events: readonly Readonly<{ tenant: string; type: EventType; audience: EventDraft['audience'] }>[],
) {
  const outcomes = events.map(async ({ tenant, type, audience }): Promise<Committed> => {
    const draft: EventDraft = { type, audience: audience!, user: `${tenant}-user`, payload: payloadOf(tenant) }
    const id = uuidv7()
    const outcome = { id, kind: 'test', tenant, request: digestOf(id), transfers: [], events: [draft] }
    return { tenant, seq: (await node.ledger.commit(outcome)).last_seq.toString(), draft }
  })
  return (await Promise.all(outcomes)).toSorted((a, b) => Number(a.seq) - Number(b.seq))
}

const isTold = ({ tenant, draft }: Committed, to: string, topic: PartnerTopic) =>
  tenant === to && audienceOf(draft) !== 'internal' && topicsOf(draft.type).includes(topic)

async function follow(tenant: string, topic: PartnerTopic, since: string) {
  const path = `/partner/ws/live-feed?topic=${topic}&since=${since}`
  const headers = signRequest(keys.get(tenant)!, { method: 'GET', path })
  const socket = new WebSocket(node.url.replace('http', 'ws') + path, { headers })
  const events: FeedEvent[] = []
  const texts: string[] = []
  let to = -1n
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as FeedFrame
    texts.push(data.toString())
    events.push(...frame.events)
    to = BigInt(frame.to)
  })
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return { tenant, topic, events, texts, reached: () => to, close: () => socket.terminate() }
}

async function replayed(
  tenant: string,
  topic: PartnerTopic,
  from: string,
  limit: number,
): Promise<readonly FeedEvent[]> {
  const events: FeedEvent[] = []
  for (let since: string | null = from; since !== null;) {
    const path = `/partner/v1/stream/${topic}?since=${since}&limit=${limit}`
    const headers = signRequest(keys.get(tenant)!, { method: 'GET', path })
    const page = (await (await fetch(node.url + path, { headers })).json()) as StreamPage
    events.push(...page.events)
    since = page.next
  }
  return events
}

test('a partner gets every event of its tenant’s topic once and in order, and none of anyone else, by feed and by stream', async () => {
  const followed = TENANTS.flatMap((tenant) => partnerTopics.map((topic) => ({ tenant, topic })))
  const run = fc.asyncProperty(
    fc.array(event, { minLength: 1, maxLength: 60 }),
    fc.nat(60),
    fc.boolean(),
    fc.integer({ min: 1, max: 40 }),
    async (events, at, isForgotten, limit) => {
      const since = formatPosition({ lineage: node.tail.lineage, seq: node.tail.seq })
      const before = await commit(events.slice(0, at))
      const feeds = await Promise.all(followed.map(({ tenant, topic }) => follow(tenant, topic, since)))
      const committed = [...before, ...(await commit(events.slice(at)))]
      // A last event for every topic of every tenant, so that each feed says how far it is.
      const ends = TENANTS.flatMap((tenant) =>
        (['opening.opened', 'battle.started'] as const).map((type) => ({ tenant, type, audience: 'public' as const })),
      )
      committed.push(...(await commit(ends)))
      const memory = isForgotten ? vi.spyOn(node.tail, 'recent').mockReturnValue(undefined) : undefined
      try {
        for (const { tenant, topic } of followed) {
          const expected = committed.filter((each) => isTold(each, tenant, topic)).map(({ seq }) => seq)
          const pages = await replayed(tenant, topic, since, limit)
          expect(pages.map(({ seq }) => seq)).toEqual(expected)
          expect(pages.every(({ payload }) => payload['owner'] === tenant)).toBe(true)
          const feed = feeds.find((each) => each.tenant === tenant && each.topic === topic)!
          await vi.waitFor(() => expect(feed.reached()).toBeGreaterThanOrEqual(BigInt(expected.at(-1)!)), 10_000)
          expect(feed.events).toEqual(pages)
          for (const other of TENANTS)
            if (other !== tenant) expect(feed.texts.join()).not.toContain(`"owner":"${other}"`)
        }
      } finally {
        memory?.mockRestore()
        for (const { close } of feeds) close()
      }
    },
  )
  await fc.assert(run, { numRuns: 12 })
}, 120_000)

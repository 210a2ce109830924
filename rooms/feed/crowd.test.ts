import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { wallClock } from '../../entropy/clock.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { FeedFilter } from '../../schema/feed.ts'
import {
  box,
  FEED_LIMITS,
  newFeedReader,
  openTestFeed,
  secret,
  type FeedReader,
  type TestFeed,
} from '../../test/feed.ts'
import { stillClock } from '../../test/still-clock.ts'
import { wishOf } from './filter.ts'
import { FeedHub } from './hub.ts'

let feed: TestFeed
let hub: FeedHub
beforeAll(async () => void (feed = await openTestFeed()))
beforeEach(() => {
  hub = feed.openHub()
  return () => hub.close()
})
afterAll(() => feed.close())

const openHub: TestFeed['openHub'] = (...limits) => feed.openHub(...limits)
const commit: TestFeed['commit'] = (...events) => feed.commit(...events)
const publicAfter: TestFeed['publicAfter'] = (since) => feed.publicAfter(since)
const subscribe = (since?: bigint, filter?: FeedFilter, on = hub) => feed.subscribe(on, since, filter)
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 5_000, interval: 5 })

test('five thousand who come back after one node died cost a reading, not five thousand', async () => {
  const start = feed.tail.seq
  await commit(Array.from({ length: 200 }, (_, i) => box(i)))
  await commit(Array.from({ length: 100 }, (_, i) => box(i)))
  const { reader } = feed.ledger
  const reads: [bigint, bigint][] = []
  const counting = {
    head: () => reader.head(),
    events: (page: Parameters<typeof reader.events>[0]) => {
      reads.push([page.since, page.until!])
      return reader.events(page)
    },
  }
  const herd = new FeedHub({ tail: feed.tail, reader: counting, clock: wallClock, limits: FEED_LIMITS })
  const readers: [bigint, Promise<FeedReader>][] = []
  for (let i = 0; i < 5_000; i++) {
    // The first lies above those who follow, and none comes in the same breath as the others.
    const since = start + BigInt((i * 7 + 20) % 23)
    readers.push([since, subscribe(since, undefined, herd)])
    if (i % 50 === 0) await new Promise(setImmediate)
  }
  for (const [since, joining] of readers.slice(-200)) {
    const { welcome, seqs } = await joining
    expect(welcome.recovered).toBe(true)
    expect(seqs).toEqual(await publicAfter(since))
  }
  await Promise.all(readers.map(([, joining]) => joining))
  expect(herd.count).toBe(5_000)
  // What one reading brought the next did not ask for again.
  expect(reads.length).toBeLessThanOrEqual(3)
  const ranges = reads.toSorted(([a], [b]) => Number(a - b))
  for (const [i, [since]] of ranges.entries()) if (i > 0) expect(since).toBe(ranges[i - 1]![1])
  herd.close()
})

test('what was missed is told part by part as it is taken, whole, and what comes meanwhile follows it', async () => {
  const start = feed.tail.seq
  for (let i = 0; i < 12; i++) await commit(Array.from({ length: 100 }, (_, at) => (at % 10 === 0 ? secret : box(at))))
  const large = openHub({ recovery_max: 5_000 })
  const quick = await subscribe(undefined, undefined, large)
  const [slow, steady] = await Promise.all([0, 1].map(() => subscribe(start, undefined, large)))
  expect(steady!.seqs).toEqual(await publicAfter(start))
  const stalled = newFeedReader()
  stalled.full = 501
  await large.subscribe(stalled, wishOf('main'), { lineage: feed.tail.lineage, seq: start }, () => true)
  expect([slow!.welcome.events.length, stalled.welcome.recovered, stalled.seqs.length]).toEqual([500, true, 500])
  const last = await commit([box(1_000)])
  await until(() => expect(quick.at).toBe(last))
  expect(stalled.frames).toEqual([])
  stalled.full = 0
  await until(() => expect(stalled.at).toBe(last))
  expect(stalled.seqs).toEqual(await publicAfter(start))
  expect(stalled.frames.some(({ conflated }) => conflated)).toBe(false)
  const after = await commit([box(1_001)])
  await until(() => expect([stalled.at, steady!.at, quick.at]).toEqual([after, after, after]))
  expect(steady!.seqs).toEqual(await publicAfter(start))
  large.close()
})

describe('who reads too slowly', () => {
  const settled: EventDraft = {
    type: 'battle.settled',
    payload: { battle: 'b', seats: [], drops: [], pot: '1', winners: [0] },
  }

  test('has frames skipped, is told how much was left out and every settlement, and disturbs nobody', async () => {
    const [slow, quick] = [await subscribe(), await subscribe()]
    const stood = slow.at
    slow.full = 1_001
    await commit([box(1), settled, box(2)])
    const skipped = await commit([box(3), secret])
    await until(() => expect(quick.at).toBe(skipped))
    slow.full = 501
    const kept = await commit([settled])
    await until(() => expect(quick.at).toBe(kept))
    expect(slow.at).toBe(stood)
    slow.full = 500
    const after = await commit([box(4)])
    await until(() => expect(slow.at).toBe(after))
    const [first, second] = slow.frames
    expect(first).toMatchObject({ from: `${stood}`, to: `${kept}`, conflated: 3 })
    expect(first!.events.map(({ type }) => type)).toEqual(['battle.settled', 'battle.settled'])
    expect(second).toEqual(quick.frames.at(-1))
  })

  test('gets its settlements from Postgres where memory has gone on', async () => {
    const slow = await subscribe()
    const stood = slow.at
    slow.full = 1_001
    await commit([box(1), settled])
    for (let i = 0; i < 3; i++) await commit(Array.from({ length: 40 }, (_, at) => box(at)))
    const quick = await subscribe()
    await until(async () => expect(quick.at).toBe((await feed.ledger.reader.head()).seq))
    slow.full = 0
    await until(() => expect(slow.frames).toHaveLength(1))
    expect(slow.frames).toMatchObject([{ from: `${stood}`, conflated: 121, events: [{ type: 'battle.settled' }] }])
    const last = await commit([box(7)])
    await until(() => expect(slow.at).toBe(last))
  })

  test('is sent away when more was left out than is recovered', async () => {
    const few = openHub({ recovery_max: 50 })
    const [slow, quick] = [await subscribe(undefined, undefined, few), await subscribe(undefined, undefined, few)]
    slow.full = 1_001
    const last = await commit(Array.from({ length: 100 }, (_, i) => box(i)))
    await until(() => expect(quick.at).toBe(last))
    slow.full = 0
    await until(() => expect(slow.ended).toEqual(['feed/too-slow']))
    expect([few.count, quick.ended]).toEqual([1, []])
    few.close()
  })

  test('for ten seconds, far behind in what it has not read and what was left out, is sent away', async () => {
    const clock = stillClock(Date.now())
    const still = openHub({}, clock)
    const reader = await subscribe(undefined, undefined, still)
    reader.full = 1_001
    await commit([box(1)])
    for (let second = 0; second < 20; second++) clock.move(1_000)
    expect(reader.ended).toEqual([]) // behind, but not far
    const last = await commit(Array.from({ length: 100 }, (_, i) => box(i)))
    await until(() => expect(feed.tail.seq).toBe(last))
    for (let second = 0; second < 10; second++) clock.move(1_000)
    expect(reader.ended).toEqual([])
    clock.move(2_000)
    expect(reader.ended).toEqual(['feed/too-slow'])
    expect(still.count).toBe(0)
    still.close()
  })
})

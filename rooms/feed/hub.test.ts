import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Tail } from '../../ledger/ledger.ts'
import type { FeedFilter } from '../../schema/feed.ts'
import { parsePosition, type Position } from '../../schema/position.ts'
import { box, newFeedReader, openTestFeed, secret, type FeedReader, type TestFeed } from '../../test/feed.ts'
import { stillClock } from '../../test/still-clock.ts'
import { wishOf } from './filter.ts'
import type { EncodedFrame } from './frame.ts'
import type { FeedHub } from './hub.ts'

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

describe('a subscriber', () => {
  test('gets every public event once, in order, and nothing that is internal or of another tenant', async () => {
    const start = feed.tail.seq
    const reader = await subscribe(start)
    for (let i = 0; i < 20; i++) await commit([box(i), secret])
    await commit([box(99)], 'other')
    const last = await commit([box(100)])
    await until(() => expect(reader.at).toBe(last))
    expect(reader.seqs).toEqual(await publicAfter(start))
    expect(JSON.stringify(reader.frames)).not.toContain('internal')
  })

  test('loses and repeats nothing between what is recovered and what follows, from memory or from Postgres', async () => {
    const start = feed.tail.seq
    await commit(Array.from({ length: 150 }, (_, i) => box(i)))
    const readers: [bigint, Promise<FeedReader>][] = []
    for (let i = 0; i < 60; i++) {
      await commit([box(i), secret])
      const since = i % 2 === 0 ? start + BigInt(i) : feed.tail.seq - BigInt(i)
      readers.push([since, subscribe(since, i % 3 === 0 ? { types: ['box.published'] } : undefined)])
    }
    const last = await commit([box(1_000)])
    for (const [since, joining] of readers) {
      const reader = await joining
      await until(() => expect(reader.at).toBe(last))
      expect(reader.welcome.recovered).toBe(true)
      expect(reader.seqs).toEqual(await publicAfter(since))
    }
  })

  test('recovers up to the limit exactly; past it, and from another lineage, the latest events come instead', async () => {
    await commit(Array.from({ length: 150 }, (_, i) => box(i)))
    await commit(Array.from({ length: 150 }, (_, i) => box(i)))
    const limited = openHub({ recovery_max: 200 })
    const head = feed.tail.seq
    const edge = await subscribe(head - 200n, undefined, limited)
    expect([edge.welcome.recovered, edge.seqs]).toEqual([true, await publicAfter(head - 200n)])
    const past = await subscribe(head - 201n, undefined, limited)
    expect(past.welcome).toMatchObject({ recovered: false, from: head.toString(), to: head.toString() })
    expect(past.seqs).toEqual((await publicAfter(head - 201n)).slice(-50))
    const stranger = newFeedReader()
    const old: Position = parsePosition('0123456789abcdef:5')!
    await limited.subscribe(stranger, wishOf('main'), old, () => true)
    expect(stranger.welcome).toMatchObject({ recovered: false, lineage: feed.tail.lineage })
    limited.close()
  })

  test('that comes from a node that is ahead is waited for', async () => {
    const next = feed.tail.seq + 1n
    const joining = subscribe(next)
    await commit([box(1)])
    const after = await commit([box(2)])
    const reader = await joining
    await until(() => expect(reader.at).toBe(after))
    expect([reader.welcome.recovered, reader.seqs]).toEqual([true, [after]])
  })

  test('that is gone when the reading is done gets nothing and leaves nothing', async () => {
    const joining = newFeedReader()
    joining.there = false
    await hub.subscribe(joining, wishOf('main'), undefined, () => joining.there)
    expect([hub.count, joining.at]).toEqual([0, -1n])
  })
})

describe('frames', () => {
  test('are encoded once for all who want the same, whatever the order of the fields', async () => {
    const sent = new Set<EncodedFrame>()
    const readers = [{ types: ['box.published', 'battle.settled'] }, { types: ['battle.settled', 'box.published'] }]
    for (const filter of readers) {
      const reader = newFeedReader()
      await hub.subscribe(
        { ...reader, send: (frame) => void sent.add(frame) },
        wishOf('main', filter),
        undefined,
        () => true,
      )
    }
    sent.clear()
    await commit([box(1)])
    await until(() => expect(sent.size).toBe(1))
  })

  test('that are empty are not sent, but every five seconds one says how far it is', async () => {
    const clock = stillClock(Date.now())
    const still = openHub({}, clock)
    const reader = await subscribe(undefined, { types: ['battle.settled'] }, still)
    const last = await commit([box(1)])
    await until(() => expect(feed.tail.seq).toBe(last))
    for (let second = 0; second < 4; second++) clock.move(1_000)
    expect(reader.frames).toEqual([])
    clock.move(1_000)
    expect(reader.frames).toMatchObject([{ to: last.toString(), events: [] }])
    still.close()
  })

  test('differ by filter, and of filters there are only so many', async () => {
    const narrow = [{ box: 'x' }, { rarity: 'epic' as const }, { minValue: '5' }, { types: ['box.published'] }, {}]
    const readers = await Promise.all(narrow.map((filter) => subscribe(undefined, filter)))
    await expect(subscribe(undefined, { minValue: '6' })).rejects.toMatchObject({ code: 'feed/too-many-filters' })
    hub.unsubscribe(readers[0]!)
    await subscribe(undefined, { minValue: '6' })
  })
})

describe('a position', () => {
  test('that nobody can have been told of is refused, and one that only this node has not reached says to come back', async () => {
    const clock = stillClock(Date.now())
    const behind: Tail = { lineage: feed.tail.lineage, seq: 1n, recent: () => [], subscribe: () => () => {} }
    const [future, late] = [openHub({}, clock), openHub({}, clock, behind)]
    await commit([box(1)])
    const refused = [
      expect(subscribe(feed.tail.seq + 1n, undefined, future)).rejects.toMatchObject({ code: 'feed/position' }),
      expect(subscribe(2n, undefined, late)).rejects.toMatchObject({ code: 'ledger/unavailable' }),
    ]
    clock.move(1_000)
    await Promise.all(refused)
    expect([future.count, late.count]).toEqual([0, 0])
    future.close()
    late.close()
  })
})

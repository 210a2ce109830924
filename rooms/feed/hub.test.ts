import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { wallClock } from '../../entropy/clock.ts'
import type { Tail } from '../../ledger/ledger.ts'
import { openLedger, type OpenLedger } from '../../ledger/open.ts'
import { digestOf } from '../../schema/digest.ts'
import type { RollingDropError } from '../../schema/errors.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { FeedFilter, FeedFrame, FeedWelcome } from '../../schema/feed.ts'
import { parsePosition, type Position } from '../../schema/position.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { stillClock } from '../../test/still-clock.ts'
import { wishOf } from './filter.ts'
import type { EncodedFrame } from './frame.ts'
import { FeedHub, type FeedLimits } from './hub.ts'
import type { Subscriber } from './subscriber.ts'

let database: TestDatabase
let opened: OpenLedger
let hub: FeedHub
beforeAll(async () => {
  database = await createDatabase()
  opened = await openLedger({ databaseUrl: database.url, ring_max: 40 })
})
beforeEach(() => {
  hub = openHub()
  return () => hub.close()
})
afterAll(async () => {
  await opened.close()
  await database.drop()
})

const LIMITS: FeedLimits = {
  tick_ms: 20,
  recovery_max: 500,
  filters_max: 5,
  skip_bytes: 1_000,
  slow_bytes: 5_000,
  slow_ms: 10_000,
}
const openHub = (changed: Partial<FeedLimits> = {}, clock = wallClock, tail: Tail = opened.tail) =>
  new FeedHub({ tail, reader: opened.ledger.reader, clock, limits: { ...LIMITS, ...changed } })

const box = (version: number): EventDraft => ({ type: 'box.published', payload: { box: 'b', version, hash: 'h' } })
const secret: EventDraft = { type: 'money.moved', payload: { what: 'internal' } }

async function commit(events: readonly EventDraft[], tenant = 'main'): Promise<bigint> {
  const id = uuidv7()
  return (await opened.ledger.commit({ id, kind: 'test', tenant, request: digestOf(id), transfers: [], events }))
    .last_seq
}

type Reader = Subscriber & {
  welcome: FeedWelcome
  frames: FeedFrame[]
  seqs: bigint[]
  ended: string[]
  full: number
  there: boolean
  at: bigint
}

function newReader(): Reader {
  const reader: Reader = {
    welcome: undefined as unknown as FeedWelcome,
    frames: [],
    seqs: [],
    ended: [],
    full: 0,
    there: true,
    at: -1n,
    send({ type, value: frame }) {
      if (type === 'welcome') reader.welcome = frame as FeedWelcome
      else {
        expect(frame.from).toBe(reader.at.toString()) // Each frame goes on where the last one ended.
        reader.frames.push(frame)
      }
      reader.at = BigInt(frame.to)
      reader.seqs.push(...frame.events.map(({ seq }) => BigInt(seq)))
    },
    buffered: () => reader.full,
    end: (error: RollingDropError) => void reader.ended.push(error.code),
  }
  return reader
}

async function subscribe(since?: bigint, filter?: FeedFilter, on = hub): Promise<Reader> {
  const reader = newReader()
  const position = since === undefined ? undefined : { lineage: opened.tail.lineage, seq: since }
  await on.subscribe(reader, wishOf('main', filter), position, () => reader.there)
  return reader
}

const publicAfter = async (since: bigint) =>
  (await opened.ledger.reader.events({ since, limit: 10_000, tenant: 'main', type: 'box.published' })).map(
    ({ seq }) => seq,
  )
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 5_000, interval: 5 })

describe('a subscriber', () => {
  test('gets every public event once, in order, and nothing that is internal or of another tenant', async () => {
    const start = opened.tail.seq
    const reader = await subscribe(start)
    for (let i = 0; i < 20; i++) await commit([box(i), secret])
    await commit([box(99)], 'other')
    const last = await commit([box(100)])
    await until(() => expect(reader.at).toBe(last))
    expect(reader.seqs).toEqual(await publicAfter(start))
    expect(JSON.stringify(reader.frames)).not.toContain('internal')
  })

  test('loses and repeats nothing between what is recovered and what follows, from memory or from Postgres', async () => {
    const start = opened.tail.seq
    await commit(Array.from({ length: 150 }, (_, i) => box(i)))
    const readers: [bigint, Promise<Reader>][] = []
    for (let i = 0; i < 60; i++) {
      await commit([box(i), secret])
      const since = i % 2 === 0 ? start + BigInt(i) : opened.tail.seq - BigInt(i)
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
    const head = opened.tail.seq
    const edge = await subscribe(head - 200n, undefined, limited)
    expect([edge.welcome.recovered, edge.seqs]).toEqual([true, await publicAfter(head - 200n)])
    const past = await subscribe(head - 201n, undefined, limited)
    expect(past.welcome).toMatchObject({ recovered: false, from: head.toString(), to: head.toString() })
    expect(past.seqs).toEqual((await publicAfter(head - 201n)).slice(-50))
    const stranger = newReader()
    const old: Position = parsePosition('0123456789abcdef:5')!
    await limited.subscribe(stranger, wishOf('main'), old, () => true)
    expect(stranger.welcome).toMatchObject({ recovered: false, lineage: opened.tail.lineage })
    limited.close()
  })

  test('that comes from a node that is ahead is waited for', async () => {
    const next = opened.tail.seq + 1n
    const joining = subscribe(next)
    await commit([box(1)])
    const after = await commit([box(2)])
    const reader = await joining
    await until(() => expect(reader.at).toBe(after))
    expect([reader.welcome.recovered, reader.seqs]).toEqual([true, [after]])
  })

  test('that is gone when the reading is done gets nothing and leaves nothing', async () => {
    const joining = newReader()
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
      const reader = newReader()
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
    await until(() => expect(opened.tail.seq).toBe(last))
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
    const behind: Tail = { lineage: opened.tail.lineage, seq: 1n, recent: () => [], subscribe: () => () => {} }
    const [future, late] = [openHub({}, clock), openHub({}, clock, behind)]
    await commit([box(1)])
    const refused = [
      expect(subscribe(opened.tail.seq + 1n, undefined, future)).rejects.toMatchObject({ code: 'feed/position' }),
      expect(subscribe(2n, undefined, late)).rejects.toMatchObject({ code: 'ledger/unavailable' }),
    ]
    clock.move(1_000)
    await Promise.all(refused)
    expect([future.count, late.count]).toEqual([0, 0])
    future.close()
    late.close()
  })
})

test('five thousand who come back after one node died cost a reading, not five thousand', async () => {
  const start = opened.tail.seq
  await commit(Array.from({ length: 200 }, (_, i) => box(i)))
  await commit(Array.from({ length: 100 }, (_, i) => box(i)))
  const { reader } = opened.ledger
  const reads: [bigint, bigint][] = []
  const counting = {
    head: () => reader.head(),
    events: (page: Parameters<typeof reader.events>[0]) => {
      reads.push([page.since, page.until!])
      return reader.events(page)
    },
  }
  const herd = new FeedHub({ tail: opened.tail, reader: counting, clock: wallClock, limits: LIMITS })
  const readers: [bigint, Promise<Reader>][] = []
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
    await until(async () => expect(quick.at).toBe((await opened.ledger.reader.head()).seq))
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
    await until(() => expect(opened.tail.seq).toBe(last))
    for (let second = 0; second < 10; second++) clock.move(1_000)
    expect(reader.ended).toEqual([])
    clock.move(2_000)
    expect(reader.ended).toEqual(['feed/too-slow'])
    expect(still.count).toBe(0)
    still.close()
  })
})

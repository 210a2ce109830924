import { expect } from 'vitest'
import { wallClock, type Clock } from '../entropy/clock.ts'
import type { Tail } from '../ledger/ledger.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { wishOf } from '../rooms/feed/filter.ts'
import { FeedHub, type FeedLimits } from '../rooms/feed/hub.ts'
import type { Subscriber } from '../rooms/feed/subscriber.ts'
import { digestOf } from '../schema/digest.ts'
import type { RollingDropError } from '../schema/errors.ts'
import type { EventDraft } from '../schema/event.ts'
import type { FeedFilter, FeedFrame, FeedWelcome } from '../schema/feed.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { createDatabase } from './database.ts'

/** A subscriber that keeps what it is told, and checks that each frame goes on where the last one ended. */
export type FeedReader = Subscriber & {
  welcome: FeedWelcome
  frames: FeedFrame[]
  seqs: bigint[]
  ended: string[]
  /** What it says is buffered. */
  full: number
  there: boolean
  at: bigint
}

export const FEED_LIMITS: FeedLimits = {
  tick_ms: 20,
  recovery_max: 500,
  filters_max: 5,
  skip_bytes: 1_000,
  slow_bytes: 5_000,
  slow_ms: 10_000,
}

export const box = (version: number): EventDraft => ({
  type: 'box.published',
  payload: { box: 'b', version, hash: 'h' },
})
export const secret: EventDraft = { type: 'money.moved', payload: { what: 'internal' } }

export function newFeedReader(): FeedReader {
  const reader: FeedReader = {
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
        expect(frame.from).toBe(reader.at.toString())
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

export type TestFeed = OpenLedger &
  Readonly<{
    openHub(changed?: Partial<FeedLimits>, clock?: Clock, tail?: Tail): FeedHub
    /** The last seq. */
    commit(events: readonly EventDraft[], tenant?: string): Promise<bigint>
    subscribe(on: FeedHub, since?: bigint, filter?: FeedFilter): Promise<FeedReader>
    /** The seqs of what the feed tells of `box` after a position. */
    publicAfter(since: bigint): Promise<bigint[]>
  }>

/** Feeds over a ledger of their own with a short memory. Close it in `afterAll`. */
export async function openTestFeed(): Promise<TestFeed> {
  const database = await createDatabase()
  const opened = await openLedger({ databaseUrl: database.url, ring_max: 40 })
  const { ledger, tail: own } = opened
  return {
    ...opened,
    openHub: (changed = {}, clock = wallClock, tail = own) =>
      new FeedHub({ tail, reader: ledger.reader, clock, limits: { ...FEED_LIMITS, ...changed } }),
    async commit(events, tenant = 'main') {
      const id = uuidv7()
      return (await ledger.commit({ id, kind: 'test', tenant, request: digestOf(id), transfers: [], events })).last_seq
    },
    async subscribe(on, since, filter) {
      const reader = newFeedReader()
      const position = since === undefined ? undefined : { lineage: own.lineage, seq: since }
      await on.subscribe(reader, wishOf('main', filter), position, () => reader.there)
      return reader
    },
    async publicAfter(since) {
      const events = await ledger.reader.events({ since, limit: 10_000, tenant: 'main', type: 'box.published' })
      return events.map(({ seq }) => seq)
    },
    async close() {
      await opened.close()
      await database.drop()
    },
  }
}

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientEvent, ClientEvents } from '../../schema/client-event.ts'

export type ClientEventPlace = Readonly<{
  store: ClientEvents
  /** Another node over the same store. */
  other: ClientEvents
  /** How many events there are of a day. */
  count: (day: string) => Promise<number>
  remove: () => Promise<void>
}>

const DAY_MS = 86_400_000
const NOW_MS = Date.now()
const dayBefore = (days: number): string => new Date(NOW_MS - days * DAY_MS).toISOString().slice(0, 10)
const TODAY = dayBefore(0)
const RANGE = { from: dayBefore(30), to: TODAY }

const event = (more: Partial<ClientEvent> = {}): ClientEvent => ({
  id: randomUUID(),
  type: 'page.seen',
  at: NOW_MS,
  properties: { page: 'lobby', n: 1.5, first: true },
  ...more,
})
const ann = (tenant: string) => ({ tenant, user: 'ann' })
const bob = (tenant: string) => ({ tenant, user: 'b"o\\b' })

/** What every store of client events does. `keptDays` is 10. */
export function clientEventsSpec(name: string, place: () => Promise<ClientEventPlace>): void {
  describe(`client events in ${name}`, () => {
    let there: ClientEventPlace
    beforeAll(async () => void (there = await place()))
    afterAll(() => there.remove())

    test('are counted by day and type, with how many users told of them, each tenant for itself', async () => {
      const yesterday = event({ at: NOW_MS - DAY_MS, type: 'box.looked-at' })
      await there.store.record(ann('t1'), [event(), event(), event({ type: 'a' }), yesterday])
      await there.other.record(bob('t1'), [event()])
      await there.store.record(ann('t2'), [event()])
      expect(await there.store.summary('t1', RANGE)).toEqual([
        { day: dayBefore(1), type: 'box.looked-at', events: 1, users: 1 },
        { day: TODAY, type: 'a', events: 1, users: 1 },
        { day: TODAY, type: 'page.seen', events: 3, users: 2 },
      ])
      expect(await there.store.summary('t1', { ...RANGE, type: 'a' })).toEqual([
        { day: TODAY, type: 'a', events: 1, users: 1 },
      ])
      expect(await there.store.summary('t1', { from: dayBefore(1), to: dayBefore(1) })).toHaveLength(1)
      expect(await there.store.summary('nowhere', RANGE)).toEqual([])
    })

    test('told again count once: in one batch, in the next, at another node and at the same time', async () => {
      const twice = event()
      expect(await there.store.record(ann('t3'), [twice, twice, event({ id: twice.id, type: 'other' })])).toBe(1)
      expect(await there.other.record(ann('t3'), [twice, event()])).toBe(1)
      const batch = Array.from({ length: 100 }, () => event())
      const stored = await Promise.all([1, 2, 3].map(() => there.store.record(ann('t3'), batch)))
      expect(stored.reduce((a, b) => a + b, 0)).toBe(100)
      expect(await there.store.summary('t3', RANGE)).toEqual([{ day: TODAY, type: 'page.seen', events: 102, users: 1 }])
      // The id is the client's own: another user's is another event.
      expect(await there.store.record(bob('t3'), [twice])).toBe(1)
    })

    test('are summed up for good when their day is over, by several nodes at once too', async () => {
      const [last, first] = [NOW_MS - 10 * DAY_MS, NOW_MS - 12 * DAY_MS]
      await there.store.record(ann('t5'), [event({ at: first }), event({ at: last }), event()])
      await there.store.record(bob('t5'), [event({ at: last }), event({ at: last, type: 'a' })])
      const told = [
        { day: dayBefore(12), type: 'page.seen', events: 1, users: 1 },
        { day: dayBefore(10), type: 'a', events: 1, users: 1 },
        { day: dayBefore(10), type: 'page.seen', events: 2, users: 2 },
        { day: TODAY, type: 'page.seen', events: 1, users: 1 },
      ]
      expect(await there.store.summary('t5', RANGE)).toEqual(told)
      await Promise.all([there.store.dropOld(), there.other.dropOld()])
      await there.other.dropOld()
      expect(await there.count(dayBefore(12))).toBe(0)
      expect(await there.store.summary('t5', RANGE)).toEqual(told)
      expect(await there.other.summary('t5', { ...RANGE, type: 'a' })).toEqual([told[1]])
    })

    test('of days long over are forgotten', async () => {
      await there.store.record(ann('t4'), [event({ at: NOW_MS - 12 * DAY_MS }), event({ at: NOW_MS - 9 * DAY_MS })])
      await there.other.dropOld()
      expect(await there.count(dayBefore(12))).toBe(0)
      expect(await there.count(dayBefore(9))).toBe(1)
      expect(await there.store.record(ann('t4'), [event({ at: NOW_MS - 12 * DAY_MS })])).toBe(1)
    })
  })
}

import { expect, test } from 'vitest'
import type { LogPage, OwnResult } from '../schema/session.ts'
import { FakeClock } from './fake-clock.ts'
import { LogOrder } from './log-order.ts'

const LINEAGE = 'aaaaaaaaaaaaaaaa'
const entry = (seq: number, prev: number): OwnResult => ({
  seq: `${seq}`,
  prev: `${prev}`,
  type: 'x',
  at_ms: 0,
  payload: {},
})
const page = (entries: OwnResult[], more = false, lineage = LINEAGE): LogPage => ({ lineage, entries, more })

/** A log and everything that it does. */
function log() {
  const clock = new FakeClock()
  const did = { told: [] as string[], asked: [] as string[], again: 0 }
  const order = new LogOrder({
    clock,
    tell: ({ seq }) => did.told.push(seq),
    again: () => (did.again += 1),
    ask: async (type: 'ack' | 'page', payload: object) => {
      did.asked.push(type === 'ack' ? `ack ${(payload as { seq: string }).seq}` : 'page')
      return null
    },
  })
  return { clock, did, order }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('each message is told once, whatever is doubled or overlaps', () => {
  const { did, order } = log()
  order.begin()
  order.take(page([entry(3, 0), entry(5, 3)]))
  order.take(page([entry(3, 0), entry(5, 3), entry(9, 5)]))
  order.take(page([]))
  expect(did.told).toEqual(['3', '5', '9'])
  expect([order.position, did.again]).toEqual([`${LINEAGE}:9`, 0])
})

test('a gap is not told over: the room is joined anew after the last message', () => {
  const { did, order } = log()
  order.begin()
  order.take(page([entry(3, 0)]))
  order.take(page([entry(9, 5)]))
  expect([did.told, did.again, order.position]).toEqual([['3'], 1, `${LINEAGE}:3`])
  order.take(page([entry(5, 3), entry(9, 5)]))
  expect(did.told).toEqual(['3', '5', '9'])
})

test('nothing is told, acknowledged or asked for before somebody listens', async () => {
  const { did, order } = log()
  order.take(page([entry(3, 0)], true))
  await settled()
  expect(did).toEqual({ told: [], asked: [], again: 0 })
  order.begin()
  await settled()
  expect([did.told, did.asked]).toEqual([['3'], ['ack 3', 'page']])
})

test('what waits for a listener is not told twice when a fresh wire brings it again', () => {
  const { did, order } = log()
  order.take(page([entry(3, 0)]))
  order.joined()
  order.take(page([entry(3, 0), entry(5, 3)]))
  order.begin()
  expect(did.told).toEqual(['3', '5'])
})

test('acknowledgements go one at a time, the ones that come meanwhile as one', async () => {
  const { clock, did, order } = log()
  order.begin()
  for (const seq of [1, 2, 3, 4]) order.take(page([entry(seq, seq - 1)]))
  await settled()
  expect(did.asked).toEqual(['ack 1'])
  await clock.pass(500)
  await settled()
  expect(did.asked).toEqual(['ack 1', 'ack 4'])
})

test('the numbers of another history begin anew', async () => {
  const { clock, did, order } = log()
  order.begin()
  order.take(page([entry(100, 0)]))
  await settled()
  await clock.pass(500)
  order.take(page([entry(7, 0)], false, 'bbbbbbbbbbbbbbbb'))
  await settled()
  expect([did.told, order.position]).toEqual([['100', '7'], 'bbbbbbbbbbbbbbbb:7'])
  expect(did.asked).toEqual(['ack 100', 'ack 7'])
})

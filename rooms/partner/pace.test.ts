import { expect, test } from 'vitest'
import { stillClock } from '../../test/still-clock.ts'
import { EncodedFrame } from '../feed/frame.ts'
import { PartnerPace } from './pace.ts'

function frameOf(from: number, count: number): EncodedFrame {
  const event = { type: 'item.sold', actor: null, at_ms: 0, payload: {} }
  const events = Array.from({ length: count }, (_, i) => ({ ...event, seq: `${from + i + 1}` }))
  return new EncodedFrame('frame', { lineage: 'l', from: `${from}`, to: `${from + count}`, events })
}

function reader() {
  const got: EncodedFrame[] = []
  const counted = () => got.reduce((sum, { value }) => sum + value.events.length, 0)
  return { got, counted, to: { send: (frame: EncodedFrame) => got.push(frame), buffered: () => 7, end: () => {} } }
}

test('what is within the pace goes at once, the rest waits in order and counts as unread', () => {
  const clock = stillClock(1_000_000)
  const pace = new PartnerPace(clock, 10)
  const { got, to } = reader()
  const paced = pace.pace(to)
  const frames = [0, 5, 10, 15, 20].map((from) => frameOf(from, 5))
  for (const frame of frames) paced.send(frame)
  expect(got).toEqual(frames.slice(0, 2))
  expect(paced.buffered()).toBe(7 + frames.slice(2).reduce((sum, { bytes }) => sum + bytes, 0))
  clock.move(499)
  expect(got).toHaveLength(2)
  clock.move(1)
  expect(got).toEqual(frames.slice(0, 3))
  for (let i = 0; i < 10; i++) clock.move(100)
  expect(got).toEqual(frames)
  expect(paced.buffered()).toBe(7)
})

test('feeds of one partner share it and take turns', () => {
  const clock = stillClock(1_000_000)
  const pace = new PartnerPace(clock, 10)
  const [one, two] = [reader(), reader()]
  const [first, second] = [pace.pace(one.to), pace.pace(two.to)]
  for (let n = 0; n < 40; n++) first.send(frameOf(n, 1))
  for (let n = 0; n < 10; n++) second.send(frameOf(n, 1))
  for (let i = 0; i < 20; i++) clock.move(100)
  expect([one.counted(), two.counted()]).toEqual([20, 10])
  expect(one.got.map(({ value }) => value.from)).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`))
})

test('what waits of a subscription that has ended is not told any more', () => {
  const clock = stillClock(1_000_000)
  const pace = new PartnerPace(clock, 5)
  const [one, two] = [reader(), reader()]
  const [first, second] = [pace.pace(one.to), pace.pace(two.to)]
  for (let n = 0; n < 10; n++) first.send(frameOf(n, 1))
  second.send(frameOf(0, 1))
  first.forget()
  expect(first.buffered()).toBe(7)
  for (let i = 0; i < 50; i++) clock.move(100)
  expect([one.counted(), two.counted()]).toEqual([5, 1])
})

test('a frame larger than a second’s worth goes whole, and is made up for', () => {
  const clock = stillClock(1_000_000)
  const pace = new PartnerPace(clock, 10)
  const { got, to } = reader()
  const paced = pace.pace(to)
  paced.send(frameOf(0, 35))
  expect(got).toHaveLength(1)
  paced.send(frameOf(35, 1))
  for (let i = 0; i < 25; i++) clock.move(100)
  expect(got).toHaveLength(1)
  clock.move(100)
  expect(got).toHaveLength(2)
})

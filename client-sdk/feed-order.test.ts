import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FeedEvent, FeedFrame } from '../schema/feed.ts'
import { FeedOrder } from './feed-order.ts'

const LINEAGE = 'lineage01'

const event = (seq: number): FeedEvent => ({ seq: String(seq), type: 'x', actor: null, at_ms: seq, payload: {} })

/** A frame over (from, to] as the server would cut it for a filter that takes `wanted`. */
function frame(from: number, to: number, wanted: (seq: number) => boolean = () => true, lineage = LINEAGE): FeedFrame {
  const seqs = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + 1 + i)
  return { lineage, from: String(from), to: String(to), events: seqs.filter(wanted).map(event) }
}

function seqsOf(step: ReturnType<FeedOrder['frame']>): number[] {
  return step.type === 'update' ? (step.update?.events ?? []).map(({ seq }) => Number(seq)) : []
}

test('frames that follow each other are told whole', () => {
  const order = new FeedOrder(null)
  order.welcome({ ...frame(7, 7), recovered: true })
  expect(seqsOf(order.frame(frame(7, 9)))).toEqual([8, 9])
  expect(seqsOf(order.frame(frame(9, 10)))).toEqual([10])
  expect(order.position).toBe(`${LINEAGE}:10`)
})

test('an empty frame moves the position and tells nothing', () => {
  const order = new FeedOrder(`${LINEAGE}:3`)
  expect(order.frame(frame(3, 8, () => false))).toEqual({ type: 'update', update: null })
  expect(order.position).toBe(`${LINEAGE}:8`)
})

test('a jump is a gap and leaves the position where it was', () => {
  const order = new FeedOrder(`${LINEAGE}:3`)
  expect(order.frame(frame(4, 8))).toEqual({ type: 'gap' })
  expect(order.position).toBe(`${LINEAGE}:3`)
})

test('a frame from which something was left out is a gap, unless all of it was told before', () => {
  const order = new FeedOrder(`${LINEAGE}:3`)
  expect(order.frame({ ...frame(3, 8, () => false), conflated: 5 })).toEqual({ type: 'gap' })
  expect(order.position).toBe(`${LINEAGE}:3`)
  order.welcome({ ...frame(3, 9), recovered: true })
  expect(order.frame({ ...frame(3, 8, () => false), conflated: 5 })).toEqual({ type: 'update', update: null })
})

test('a frame of another lineage is a gap, its numbers mean nothing here', () => {
  const order = new FeedOrder(`${LINEAGE}:3`)
  expect(order.frame(frame(3, 4, undefined, 'lineage02'))).toEqual({ type: 'gap' })
})

test('a frame before the welcome is a gap', () => {
  expect(new FeedOrder(null).frame(frame(0, 1))).toEqual({ type: 'gap' })
})

describe('welcome', () => {
  test('tells what was missed, and only that', () => {
    const order = new FeedOrder(`${LINEAGE}:5`)
    const step = order.welcome({ ...frame(3, 9), recovered: true })
    expect(step).toMatchObject({ type: 'update', update: { type: 'recovered', position: `${LINEAGE}:9` } })
    expect(seqsOf(step)).toEqual([6, 7, 8, 9])
  })

  test('that begins after what was told does not count as recovery', () => {
    expect(new FeedOrder(`${LINEAGE}:5`).welcome({ ...frame(6, 9), recovered: true })).toEqual({ type: 'gap' })
  })

  test('with too much missed is a snapshot in place of what was told', () => {
    const order = new FeedOrder(`${LINEAGE}:5`)
    const step = order.welcome({ ...frame(90, 99), recovered: false })
    expect(step).toMatchObject({ update: { type: 'snapshot' } })
    expect(order.position).toBe(`${LINEAGE}:99`)
  })

  test('of a new lineage starts over, also with smaller numbers', () => {
    const order = new FeedOrder(`${LINEAGE}:500`)
    order.welcome({ ...frame(1, 2, undefined, 'lineage02'), recovered: false })
    expect(order.position).toBe('lineage02:2')
  })
})

test('whatever is lost, doubled, cut differently or overlaps, each wanted event is told once and in order', () => {
  const cuts = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 30 })
  const trouble = fc.infiniteStream(
    fc.constantFrom('fine', 'fine', 'fine', 'lost', 'conflated', 'doubled', 'old', 'wide', 'drop'),
  )
  fc.assert(
    fc.property(cuts, trouble, fc.nat({ max: 5 }), (lengths, troubles, modulus) => {
      const wanted = (seq: number) => seq % (modulus + 1) === 0
      const told: number[] = []
      const order = new FeedOrder(null)
      const server = { head: 0 }
      const take = (step: ReturnType<FeedOrder['frame']>) => {
        told.push(...seqsOf(step))
        if (step.type === 'gap') join()
      }
      const join = () => {
        const since = order.position === null ? server.head : Number(order.position.split(':')[1])
        take(order.welcome({ ...frame(since, server.head, wanted), recovered: true }))
      }
      join()
      for (const length of lengths) {
        const from = server.head
        server.head += length
        const next = frame(from, server.head, wanted)
        const what = troubles.next().value
        if (what === 'lost') continue
        if (what === 'conflated') {
          const left = next.events.length
          take(order.frame(left === 0 ? next : { ...next, events: [], conflated: left }))
          continue
        }
        if (what === 'drop') join()
        if (what === 'old') take(order.frame(frame(Math.max(0, from - 3), from, wanted)))
        take(order.frame(what === 'wide' ? frame(Math.max(0, from - 2), server.head, wanted) : next))
        if (what === 'doubled') take(order.frame(next))
      }
      join()
      const all = Array.from({ length: server.head }, (_, i) => i + 1).filter(wanted)
      expect(told).toEqual(all)
    }),
  )
})

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CommittedEvent } from '../schema/event.ts'
import type { LedgerReader } from './ledger.ts'
import { LedgerTail } from './tail.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const eventAt = (seq: bigint): CommittedEvent => ({
  seq,
  type: 'money.moved',
  audience: 'internal',
  tenant: 'main',
  actor: null,
  user: null,
  outcome: 'o',
  at_ms: 1,
  payload: {},
})

/** The events with these seqs, one after the other. */
const run = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => eventAt(BigInt(first + i)))

/** A tail over a ledger that holds events up to `head`, and what it told. */
function open({ head = 0, from = 0, ring_max = 100 } = {}) {
  const ledger = { head, isAway: false, reads: 0 }
  const told: number[] = []
  const problems: unknown[] = []
  const reader = {
    async events({ since, limit }: { since: bigint; limit: number }) {
      ledger.reads += 1
      if (ledger.isAway) throw new Error('away')
      return run(Number(since) + 1, Math.min(ledger.head, Number(since) + limit))
    },
  } as unknown as LedgerReader
  const failed = (error: unknown) => void problems.push(error)
  const tail = new LedgerTail({ lineage: 'one', seq: BigInt(from), reader, ring_max, failed })
  tail.subscribe((events) => void told.push(...events.map(({ seq }) => Number(seq))))
  return { tail, ledger, told, problems }
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('the tail', () => {
  test('tells everything once and in order, whatever is late, doubled, overlapping or never comes', async () => {
    const piece = fc.record({ first: fc.integer({ min: 1, max: 60 }), length: fc.integer({ min: 1, max: 12 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ piece, wait_ms: fc.nat({ max: 90 }) })), async (pieces) => {
        const { tail, told } = open({ head: 60 })
        for (const { piece, wait_ms } of pieces) {
          tail.offer(run(piece.first, Math.min(60, piece.first + piece.length - 1)))
          await pass(wait_ms)
        }
        await pass(250)
        expect(told).toEqual(upTo(60))
        tail.close()
      }),
    )
  })

  test('reads what is missing 250 ms after a gap showed, also while what precedes it comes bit by bit', async () => {
    const { tail, ledger, told } = open()
    ledger.head = 20
    tail.offer(run(1, 1))
    tail.offer(run(15, 20))
    for (let seq = 2; seq < 4; seq++) {
      await pass(100)
      tail.offer(run(seq, seq))
    }
    expect(told).toEqual([1, 2, 3])
    await pass(50)
    expect(told).toEqual(upTo(20))
  })

  test('looks by itself when nothing comes, so that a lost last message is not lost', async () => {
    const { tail, ledger, told } = open()
    tail.offer(run(1, 3))
    ledger.head = 5
    await pass(249)
    expect(told).toEqual([1, 2, 3])
    await pass(1)
    expect(told).toEqual(upTo(5))
  })

  test('goes on by itself after a ledger that was away', async () => {
    const { ledger, told, problems } = open()
    ledger.isAway = true
    ledger.head = 5
    await pass(1_000)
    expect([told, problems.length]).toEqual([[], 4])
    ledger.isAway = false
    await pass(250)
    expect(told).toEqual(upTo(5))
  })

  test('of a node that joins late begins where it was told, and catches up by pages', async () => {
    const { tail, told } = open({ from: 7_000, head: 12_000 })
    await pass(250)
    expect(told).toEqual(upTo(12_000, 7_001))
    expect([tail.seq, tail.recent(6_999n)]).toEqual([12_000n, undefined])
  })

  test('keeps what lies beyond a gap only up to a limit, and reads the rest', async () => {
    const { tail, ledger, told } = open({ head: 3_000 })
    for (let seq = 2; seq <= 3_000; seq++) tail.offer(run(seq, seq))
    tail.offer(run(1, 1))
    expect(told).toEqual(upTo(1_000))
    await pass(250)
    expect(told).toEqual(upTo(3_000))
    expect(ledger.reads).toBeLessThan(5)
  })

  test('remembers at least the last events it is to keep, at most twice as many, and says when it does not reach back', () => {
    const { tail } = open({ ring_max: 100 })
    for (let seq = 1; seq <= 1_000; seq++) {
      tail.offer(run(seq, seq))
      const kept = Math.min(seq, 100)
      expect(tail.recent(BigInt(seq - kept))).toHaveLength(kept)
      if (seq > 200) expect(tail.recent(BigInt(seq - 201))).toBeUndefined()
    }
    expect(tail.recent(1_000n)).toEqual([])
    expect(tail.recent(1_001n)).toBeUndefined()
  })

  test('lets one listener that throws disturb no other', () => {
    const { tail, told, problems } = open()
    const others: number[] = []
    tail.subscribe(() => {
      throw new Error('mine')
    })
    tail.subscribe((events) => void others.push(events.length))
    tail.offer(run(1, 2))
    expect([told, others, problems.length]).toEqual([[1, 2], [2], 1])
  })
})

import { afterEach, describe, expect, test } from 'vitest'
import type { CommittedEvent } from '../schema/event.ts'
import { SinkStopped, type Sink } from './sink.ts'

/** One place where events go, as a test sees it: sinks over it, and what a reader finds there. */
export type SinkPlace = Readonly<{
  /** A fresh sink over the same place, as a restarted process makes it. */
  sink: () => Sink
  /** The seqs a reader finds, in the order in which they stand. */
  seqs: () => Promise<readonly bigint[]>
  /** Leaves the place as a crash in the middle of writing `events` does; undefined when such a thing cannot be seen. */
  tear?: (events: readonly CommittedEvent[]) => Promise<void>
  remove: () => Promise<void>
}>

export const LINEAGE = 'abcdef0123456789'

/** Events `from` … `to` as the ledger hands them out, each changed as `changed` says. */
export function eventsOf(
  from: number,
  to: number,
  changed: (seq: number) => Partial<CommittedEvent> = () => ({}),
): readonly CommittedEvent[] {
  return Array.from({ length: to - from + 1 }, (_, i) => ({
    seq: BigInt(from + i),
    type: 'money.moved',
    audience: 'internal',
    tenant: 'main',
    actor: null,
    user: null,
    outcome: '01890000-0000-7000-8000-000000000000',
    at_ms: 1_700_000_000_000 + i,
    payload: { amount: '250', note: 'ünïcode "quoted"\nline' },
    ...changed(from + i),
  }))
}

/** What every sink must satisfy. */
export function sinkSpec(name: string, place: () => Promise<SinkPlace>): void {
  describe(`sink ${name}`, () => {
    let there: SinkPlace
    const begin = async () => (there = await place())
    const turn = { sink: name, epoch: 1, node: 'n' }
    const floor = (seq: bigint) => ({ lineage: LINEAGE, seq })
    const numbers = (to: number) => Array.from({ length: to }, (_, i) => BigInt(i + 1))
    afterEach(() => there.remove())

    test('holds what was written, in order', async () => {
      const sink = (await begin()).sink()
      expect(await sink.open(floor(0n), turn)).toBe(0n)
      await sink.write(eventsOf(1, 3), 3n)
      await sink.write(eventsOf(4, 9), 9n)
      await sink.close()
      expect(await there.seqs()).toEqual(numbers(9))
    })

    test('goes on where it was, also when the cursor was not recorded', async () => {
      const first = (await begin()).sink()
      await first.open(floor(0n), turn)
      await first.write(eventsOf(1, 5), 5n)
      await first.close()
      const second = there.sink()
      expect(await second.open(floor(2n), turn)).toBe(5n)
      await second.write(eventsOf(6, 7), 7n)
      await second.close()
      expect(await there.seqs()).toEqual(numbers(7))
    })

    test('a crash in the middle of a batch neither loses nor doubles an event', async () => {
      const first = (await begin()).sink()
      await first.open(floor(0n), turn)
      await first.write(eventsOf(1, 5), 5n)
      await first.close()
      await there.tear?.(eventsOf(6, 9))
      const second = there.sink()
      const seq = Number(await second.open(floor(5n), turn))
      expect(seq).toBeGreaterThanOrEqual(5)
      await second.write(eventsOf(seq + 1, 12), 12n)
      await second.close()
      expect(await there.seqs()).toEqual(numbers(12))
    })

    test('refuses to mix two lineages', async () => {
      const first = (await begin()).sink()
      await first.open(floor(0n), turn)
      await first.write(eventsOf(1, 2), 2n)
      await first.close()
      const second = there.sink()
      await expect(second.open({ lineage: 'ffffffffffffffff', seq: 0n }, turn)).rejects.toThrow(SinkStopped)
      await second.close()
    })

    test('can be closed twice, and before it was opened', async () => {
      const sink = (await begin()).sink()
      await sink.close()
      await sink.open(floor(0n), turn)
      await sink.close()
      await sink.close()
    })
  })
}

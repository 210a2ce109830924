import { expect, vi } from 'vitest'
import { digestOf } from '../../../schema/digest.ts'
import type { EventDraft } from '../../../schema/event.ts'
import { formatPosition } from '../../../schema/position.ts'
import { uuidv7 } from '../../../schema/uuid.ts'
import type { TestRooms } from '../../../test/rooms.ts'
import { tokenSigner } from '../../../test/token.ts'
import type { Reading } from './door.ts'

/** The limits under which the spec is run. */
export const LIMITS = {
  feed: {
    tick_ms: 5,
    recovery_max: 200,
    filters_max: 30,
    skip_bytes: 65_536,
    slow_bytes: 1_048_576,
    slow_ms: 500,
  },
  plain: { sockets_max: 10_000, sockets_per_address_max: 10_000, life_ms: 1_000 },
} as const

export const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 10 })

/** Commits so many public events at once, and one that nobody is to be told of. */
export async function publish(
  node: Pick<TestRooms, 'ledger'>,
  count = 1,
  { tenant = 'main', text = 'h' } = {},
): Promise<bigint> {
  const id = uuidv7()
  const events: EventDraft[] = Array.from({ length: count }, (_, i) => ({
    type: 'box.published',
    payload: { box: 'b', version: i, hash: text, tenant },
  }))
  const secret: EventDraft = { type: 'money.moved', payload: { what: 'internal' } }
  const outcome = { id, kind: 'test', tenant, request: digestOf(id), transfers: [], events: [...events, secret] }
  return (await node.ledger.commit(outcome)).last_seq
}

export const positionAt = (node: TestRooms, seq: bigint = node.tail.seq): string =>
  formatPosition({ lineage: node.tail.lineage, seq })

/** The public events that the ledger has after `since`, which is what somebody who stood there is to be told. */
export async function committedAfter(node: TestRooms, since: bigint, tenant = 'main'): Promise<readonly string[]> {
  const events = await node.ledger.reader.events({ since, limit: 10_000, tenant, type: 'box.published' })
  return events.map(({ seq }) => seq.toString())
}

/** What was told, each event once and in order, frames without a jump: otherwise this throws. */
export function told({ frames }: Reading): readonly string[] {
  const seqs = frames.flatMap(({ events }) => events.map(({ seq }) => seq))
  for (const [i, frame] of frames.entries()) if (i > 0) expect(frame.from).toBe(frames[i - 1]!.to)
  for (const [i, seq] of seqs.entries()) if (i > 0) expect(BigInt(seq)).toBeGreaterThan(BigInt(seqs[i - 1]!))
  return seqs
}

/** Waits until somebody has been told of everything up to `seq`. */
export const toldUpTo = (reading: Reading, seq: bigint): Promise<void> =>
  until(() => expect(BigInt(reading.frames.at(-1)?.to ?? -1)).toBeGreaterThanOrEqual(seq))

export const welcomed = (reading: Reading): Promise<void> =>
  until(() => expect(reading.frames.length).toBeGreaterThan(0))

/** A token of this guest, or of a new one, that is good for `ms` more, rounded up to a second. */
export async function shortToken(node: TestRooms, ms: number, guest?: Readonly<{ token: string }>): Promise<string> {
  const principal = await node.access.authenticate((guest ?? (await node.guest())).token)
  const expires_ms = Math.ceil((Date.now() + ms) / 1000) * 1000
  return (await tokenSigner(node.pool, node.secretKey))({ ...principal, expires_ms })
}

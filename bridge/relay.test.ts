import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CommittedEvent } from '../schema/event.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import { Relay } from './relay.ts'
import type { Sink } from './sink.ts'
import { createNdjsonSink } from './sinks/ndjson.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const log = { info: () => {}, error: () => {} }
const newRelay = (sink: Sink, batchEvents = 7) =>
  new Relay({
    pool: node.pool,
    reader: node.ledger.reader,
    tail: node.tail,
    sink,
    log,
    batchEvents,
    backoff_ms: [1, 20],
  })

/** Commits `count` outcomes of one event each, and returns the head after them. */
async function commit(count: number): Promise<bigint> {
  const receipts = await Promise.all(
    Array.from({ length: count }, () =>
      node.ledger.commit({
        id: uuidv7(),
        kind: 'test.note',
        tenant: 'main',
        request: 'ab'.repeat(32),
        transfers: [],
        events: [{ type: 'money.moved', payload: {} }],
      }),
    ),
  )
  return receipts.reduce((last, { last_seq }) => (last_seq > last ? last_seq : last), 0n)
}

const upTo = (seq: bigint) => Array.from({ length: Number(seq) }, (_, i) => BigInt(i + 1))
const reaches = (relay: Relay, seq: bigint) => vi.waitFor(() => expect(relay.status.seq).toBe(seq), { timeout: 10_000 })

/** Keeps seqs in memory, and itself knows how far it is; `faults` throws where a test wants it. */
function memorySink(name: string, faults: { before?: () => void; after?: () => void } = {}) {
  const seqs: bigint[] = []
  const sink: Sink = {
    name,
    open: async (floor) => seqs.at(-1) ?? floor.seq,
    write: async (events: readonly CommittedEvent[]) => {
      faults.before?.()
      seqs.push(...events.map(({ seq }) => seq))
      faults.after?.()
    },
    close: async () => {},
  }
  return { sink, seqs }
}

describe('the relay', () => {
  test('carries what was there and what comes, woken by the tail', async () => {
    const { sink, seqs } = memorySink('plain')
    const relay = newRelay(sink)
    await reaches(relay, await commit(40))
    const last = await commit(25)
    await reaches(relay, last)
    await relay.close()
    expect(seqs).toEqual(upTo(last))
    expect(relay.status).toEqual({ sink: 'plain', state: 'closed', seq: last, error: null })
  })

  test('a sink that fails, before writing or after it, is tried again and gets every event once', async () => {
    let writes = 0
    const fail = (when: number) => () => {
      if (writes++ % 3 === when) throw new Error('disk full')
    }
    const { sink, seqs } = memorySink('failing', { before: fail(0), after: fail(1) })
    const other = memorySink('beside')
    const relays = [newRelay(sink), newRelay(other.sink)]
    const last = await commit(60)
    for (const relay of relays) await reaches(relay, last)
    await Promise.all(relays.map((relay) => relay.close()))
    expect(seqs).toEqual(upTo(last))
    expect(other.seqs).toEqual(upTo(last))
    expect(writes).toBeGreaterThan(10)
  })

  test('of two nodes one has its turn; the other takes over where it stopped', async () => {
    const { sink, seqs } = memorySink('shared')
    const first = newRelay(sink)
    await reaches(first, await commit(5))
    const second = newRelay(sink)
    const middle = await commit(20)
    await reaches(first, middle)
    expect(second.status).toMatchObject({ state: 'standby', seq: 0n })
    await first.close()
    const last = await commit(20)
    await reaches(second, last)
    await second.close()
    expect(seqs).toEqual(upTo(last))
  })

  test('a relay that waits for its turn can be closed', async () => {
    const { sink } = memorySink('patient')
    const first = newRelay(sink)
    await reaches(first, await commit(1))
    const hasty = newRelay(sink)
    await hasty.close()
    const second = newRelay(sink)
    const waiting = `select from pg_locks where locktype = 'advisory' and classid = 8 and not granted`
    await vi.waitFor(async () => expect((await node.pool.query(waiting)).rowCount).toBe(1))
    await second.close()
    expect([hasty.status.state, second.status.state]).toEqual(['closed', 'closed'])
    await first.close()
  })

  test.each([
    ['ahead of the head', 'ahead', `update sink_cursor set seq = 1000000 where name = 'ahead'`, /ahead of the ledger/],
    [
      'of another lineage',
      'other',
      `update sink_cursor set lineage = 'ffffffffffffffff' where name = 'other'`,
      /lineage/,
    ],
  ])('a cursor %s stops its sink, which says so', async (_what, name, spoil, words) => {
    const { sink, seqs } = memorySink(name)
    const before = newRelay(sink)
    await reaches(before, await commit(1))
    await before.close()
    await node.pool.query(spoil)
    const written = seqs.length
    const after = newRelay(sink)
    await vi.waitFor(() => expect(after.status.state).toBe('stopped'))
    expect(after.status.error).toMatch(words)
    await after.close()
    expect(seqs).toHaveLength(written)
  })

  test('one that somebody overtook stops instead of writing on', async () => {
    const { sink } = memorySink('overtaken')
    const relay = newRelay(sink)
    await reaches(relay, await commit(3))
    await node.pool.query(`update sink_cursor set seq = seq - 1 where name = 'overtaken'`)
    await commit(1)
    await vi.waitFor(() => expect(relay.status.state).toBe('stopped'))
    expect(relay.status.error).toMatch(/another relay/)
    await relay.close()
  })

  test('a lost connection gives the turn back, and the relay asks for it again', async () => {
    const { sink, seqs } = memorySink('cut')
    const relay = newRelay(sink)
    await reaches(relay, await commit(3))
    await node.pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 8 and pid <> pg_backend_pid()`,
    )
    const last = await commit(10)
    await reaches(relay, last)
    await relay.close()
    expect(seqs).toEqual(upTo(last))
  })
})

test('events reach a file exactly once over crashes at every step', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollingdrop-relay-'))
  const file = join(folder, 'events.ndjson')
  let last = 0n
  for (let crash = 0; crash < 6; crash++) {
    last = await commit(30)
    const real = createNdjsonSink({ file, bytes_max: 1_000_000 })
    let writes = 0
    // Dies after the file is written and before the cursor is: what a kill at the worst moment leaves.
    const dying: Sink = {
      ...real,
      write: async (events, cursor) => {
        await real.write(events, cursor)
        if (++writes > crash % 3) throw new Error('killed')
      },
    }
    const relay = newRelay(dying, 10)
    await vi.waitFor(() => expect(relay.status.state).toBe('failing'), { interval: 1 })
    await relay.close()
  }
  const relay = newRelay(createNdjsonSink({ file, bytes_max: 1_000_000 }))
  await reaches(relay, last)
  await relay.close()
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  expect(lines.map((line) => BigInt(/"position":"\w+:(\d+)"/.exec(line)![1]!))).toEqual(upTo(last))
  await rm(folder, { recursive: true })
})

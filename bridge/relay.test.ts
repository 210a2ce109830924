import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CommittedEvent } from '../schema/event.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { joinLiving, type Living } from '../test/living.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import { control } from './control.ts'
import { Relay } from './relay.ts'
import type { Sink } from './sink.ts'
import { readSinks } from './sinks.ts'
import { createNdjsonSink } from './sinks/ndjson.ts'

let node: TestNode
let here: Living
let there: Living
beforeAll(async () => {
  node = await openTestNode()
  ;[here, there] = await Promise.all([joinLiving(node.pool), joinLiving(node.pool)])
})
afterAll(async () => {
  here.die()
  there.die()
  await node.close()
})

const log = { info: () => {}, error: () => {} }
/** Resolves once the relay's actor is there: its creation is an event as well. */
async function newRelay(sink: Sink, batchEvents = 7, at = here, pace_ms = 0): Promise<Relay> {
  const { pool, ledger, tail } = node
  const parts = { pool, ledger, tail, node: () => at.id, sink, log, batchEvents, pace_ms, backoff_ms: [1, 20] as const }
  const relay = new Relay(parts)
  await vi.waitFor(async () => expect(await ledger.actors.find(`relay-${sink.name}`)).toBeDefined(), { interval: 5 })
  return relay
}

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

test('a sink with a pace gathers what comes and writes it in few batches, in order and all of it', async () => {
  let batches = 0
  const { sink, seqs } = memorySink('paced', { before: () => void batches++ })
  const relay = await newRelay(sink, 10_000, here, 300)
  let last = 0n
  for (let i = 0; i < 40; i++) last = await commit(1)
  await reaches(relay, last)
  expect(seqs).toEqual(upTo(last))
  expect(batches).toBeLessThan(20)
  await relay.close()
})

describe('the relay', () => {
  test('carries what was there and what comes, woken by the tail', async () => {
    const { sink, seqs } = memorySink('plain')
    const relay = await newRelay(sink)
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
    const relays = [await newRelay(sink), await newRelay(other.sink)]
    const last = await commit(60)
    for (const relay of relays) await reaches(relay, last)
    await Promise.all(relays.map((relay) => relay.close()))
    expect(seqs).toEqual(upTo(last))
    expect(other.seqs).toEqual(upTo(last))
    expect(writes).toBeGreaterThan(10)
  })

  test('of two nodes one has its turn; the other takes over where it stopped', async () => {
    const { sink, seqs } = memorySink('shared')
    const first = await newRelay(sink)
    await reaches(first, await commit(5))
    const second = await newRelay(sink, 7, there)
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
    const first = await newRelay(sink)
    await reaches(first, await commit(1))
    const second = await newRelay(sink, 7, there)
    await second.close()
    expect(second.status.state).toBe('closed')
    await first.close()
  })

  test.each([
    ['dies', (living: Living) => Promise.resolve(living.die())],
    ['freezes', (living: Living) => living.freeze(1_500)],
  ])(
    'of a node that %s goes on elsewhere within 5 s, and what the old one writes late is refused',
    async (what, end) => {
      const ending = await joinLiving(node.pool)
      let [open, let_go] = [Promise.resolve(), () => {}]
      const { sink, seqs } = memorySink(`left-${what}`)
      const frozen: Sink = { ...sink, write: (events, cursor) => open.then(() => sink.write(events, cursor)) }
      const old = await newRelay(frozen, 7, ending)
      await reaches(old, await commit(5))
      ;[open, let_go] = hold()
      await commit(3)
      await end(ending)
      const other = memorySink('another place')
      const began = performance.now()
      const next = await newRelay(
        { ...other.sink, name: sink.name, open: () => Promise.resolve(seqs.at(-1)!) },
        7,
        there,
      )
      const last = await commit(3)
      await reaches(next, last)
      expect(performance.now() - began).toBeLessThan(5_000)
      // The old one comes to again. A sink with its own fence refuses the write; here it is the cursor that does not move.
      let_go()
      await vi.waitFor(() => expect(old.status.state).toBe('standby'))
      expect(old.status.seq).toBeLessThan(last)
      const { rows } = await node.pool.query('select seq from sink_cursor where name = $1', [sink.name])
      expect(BigInt(rows[0].seq)).toBe(last)
      expect(other.seqs.at(-1)).toBe(last)
      await Promise.all([old.close(), next.close()])
      ending.die()
    },
  )

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
    const before = await newRelay(sink)
    await reaches(before, await commit(1))
    await before.close()
    await node.pool.query(spoil)
    const written = seqs.length
    const after = await newRelay(sink)
    await vi.waitFor(() => expect(after.status.state).toBe('stopped'))
    expect(after.status.error).toMatch(words)
    await after.close()
    expect(seqs).toHaveLength(written)
  })

  test('one whose cursor was moved by hand stops instead of writing on, until it is told to resume', async () => {
    const { sink } = memorySink('overtaken')
    const relay = await newRelay(sink)
    await reaches(relay, await commit(3))
    await node.pool.query(`update sink_cursor set seq = seq - 1 where name = 'overtaken'`)
    await commit(1)
    await vi.waitFor(() => expect(relay.status.state).toBe('stopped'))
    expect(relay.status.error).toMatch(/moved by hand/)
    expect(await control(node.pool, 'resume', 'overtaken')).toBe(true)
    await reaches(relay, await commit(1))
    await relay.close()
  })

  test('pauses and resumes when told to, and others read how it is', async () => {
    const { sink, seqs } = memorySink('paused')
    const relay = await newRelay(sink)
    const before = await commit(2)
    await reaches(relay, before)
    await control(node.pool, 'pause', 'paused')
    await vi.waitFor(async () => expect((await stateOf('paused')).state).toBe('paused'), { timeout: 5_000 })
    const last = await commit(4)
    expect(await stateOf('paused')).toMatchObject({ seq: before, lag_events: last - before, paused: true })
    expect((await stateOf('paused')).lag_s).toBeGreaterThan(0)
    await control(node.pool, 'resume', 'paused')
    await reaches(relay, last)
    expect(await stateOf('paused')).toMatchObject({ state: 'running', lag_events: 0n, lag_s: 0, error: null })
    await relay.close()
    expect(seqs).toEqual(upTo(last))
  })

  test('writes again what it is rewound to, and nothing when asked beyond what was written', async () => {
    const { sink, seqs } = memorySink('rewound')
    // Its place is the recorded cursor, as with a sink that has none of its own.
    const relay = await newRelay({ ...sink, open: ({ seq }) => Promise.resolve(seq) })
    const last = await commit(6)
    await reaches(relay, last)
    await expect(control(node.pool, 'rewind', 'rewound', last + 1n)).rejects.toThrow(/only back/)
    seqs.length = 0
    await control(node.pool, 'rewind', 'rewound', last - 4n)
    await vi.waitFor(() => expect(seqs).toHaveLength(4), { timeout: 5_000 })
    expect(seqs).toEqual(upTo(last).slice(-4))
    await relay.close()
    expect(await control(node.pool, 'pause', 'never heard of')).toBe(false)
  })

  test('a sink that fails says so to whoever asks on another node', async () => {
    const { sink } = memorySink('loud', {
      before: () => {
        throw new Error('no space left on device')
      },
    })
    const relay = await newRelay(sink)
    const last = await commit(1)
    // Between two tries it says something else: what counts is what it says while it fails.
    const { seq, error, lag_events } = await vi.waitFor(async () => {
      const told = await stateOf('loud')
      expect(told.state).toBe('failing')
      return told
    })
    expect({ seq, error, lag_events }).toEqual({ seq: 0n, error: 'no space left on device', lag_events: last })
    await relay.close()
  })
})

const stateOf = async (sink: string) => (await readSinks(node.pool)).find(({ name }) => name === sink)!

function hold(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>()
  return [promise, resolve]
}

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
    const relay = await newRelay(dying, 10)
    await vi.waitFor(() => expect(relay.status.state).toBe('failing'), { interval: 1 })
    await relay.close()
  }
  const relay = await newRelay(createNdjsonSink({ file, bytes_max: 1_000_000 }))
  await reaches(relay, last)
  await relay.close()
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  expect(lines.map((line) => BigInt(/"position":"\w+:(\d+)"/.exec(line)![1]!))).toEqual(upTo(last))
  await rm(folder, { recursive: true })
})

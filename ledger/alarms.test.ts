import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { digestOf } from '../schema/digest.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { act, type RoomlessActor } from './act.ts'
import { Alarms, type Ring } from './alarms.ts'
import { openLedger, type OpenLedger } from './open.ts'
import { EVENT } from './spec/world.ts'

type State = Readonly<{ rung: number }>
/** Long enough for a batch and a look, far below the second at which somebody would have looked anyway. */
const SOON_MS = 500

let database: TestDatabase
let pool: pg.Pool
let nodes: readonly [OpenLedger, OpenLedger]
beforeAll(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  pool.on('connect', (client) => void client.on('error', () => {}))
  nodes = [await openLedger({ databaseUrl: database.url }), await openLedger({ databaseUrl: database.url })]
})
const running: Alarms[] = []
const failures: unknown[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((alarms) => alarms.close()))
  failures.length = 0
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()))
  await pool.end()
  await database.drop()
})

const actorOf = (id: string): RoomlessActor<State> => ({
  id,
  kind: id.slice(0, id.indexOf('-')),
  tenant: 'main',
  read: (text) => JSON.parse(text) as State,
  write: (state) => JSON.stringify(state),
})

/** Sets the actor's alarm, `null` for none, as `node` would. */
async function set(id: string, wake_at_ms: number | null, { ledger } = nodes[0]): Promise<void> {
  await act(ledger, actorOf(id), { id: uuidv7(), request: digestOf('set') }, (state = { rung: 0 }) => ({
    type: 'commit',
    state,
    effects: { kind: 'test.set', events: [EVENT], wake_at_ms },
  }))
}

/** Rings as a door would: once it has rung there is no alarm any more. Others who come to it find nothing to do. */
function ringerOf({ ledger }: OpenLedger, rung: Map<string, number>): Ring {
  return async (id, now_ms) => {
    const { receipt } = await act(ledger, actorOf(id), { id: uuidv7(), request: digestOf('ring') }, (state) =>
      state!.rung > 0
        ? { type: 'done', state: state! }
        : {
            type: 'commit',
            state: { rung: state!.rung + 1 },
            effects: { kind: 'test.ring', events: [EVENT], wake_at_ms: null },
          },
    )
    if (receipt) rung.set(id, now_ms)
  }
}

function start(node: OpenLedger, kinds: Readonly<Record<string, Ring>>): Alarms {
  const alarms = new Alarms({ pool, tail: node.tail, kinds, failed: (error) => failures.push(error) })
  running.push(alarms)
  return alarms
}

const newId = (kind = 'listing') => `${kind}-${uuidv7()}`
const rungOf = async (id: string) => (JSON.parse((await nodes[0].ledger.actors.find(id))!.state) as State).rung

describe('alarms of actors that have no room', () => {
  test('ring on time with nobody asking, and not before', async () => {
    const rung = new Map<string, number>()
    start(nodes[0], { listing: ringerOf(nodes[0], rung) })
    const id = newId()
    const due_ms = Date.now() + 150
    await set(id, due_ms)
    await vi.waitFor(() => expect(rung.has(id)).toBe(true), 5_000)
    expect(rung.get(id)).toBeGreaterThanOrEqual(due_ms)
    expect(rung.get(id)! - due_ms).toBeLessThan(SOON_MS)
  })

  test('ring when another node has set them, also earlier than what was awaited', async () => {
    const rung = new Map<string, number>()
    const late = newId()
    await set(late, Date.now() + 60_000)
    start(nodes[1], { listing: ringerOf(nodes[1], rung) })
    const id = newId()
    const due_ms = Date.now() + 200
    await set(id, due_ms, nodes[0])
    await vi.waitFor(() => expect(rung.has(id)).toBe(true), 5_000)
    expect(rung.get(id)! - due_ms).toBeLessThan(SOON_MS)
    expect(rung.has(late)).toBe(false)
    await set(late, null)
  })

  test('ring after a restart, those that came due while nobody was there too', async () => {
    const rung = new Map<string, number>()
    const [past, coming] = [newId(), newId()]
    await set(past, Date.now() - 1000)
    const due_ms = Date.now() + 300
    await set(coming, due_ms)
    start(nodes[0], { listing: ringerOf(nodes[0], rung) })
    await vi.waitFor(() => expect(rung.size).toBe(2), 5_000)
    expect(rung.get(coming)! - due_ms).toBeLessThan(SOON_MS)
  })

  test('ring once over two nodes, however many come due at one moment', async () => {
    const rung = new Map<string, number>()
    const ids = Array.from({ length: 150 }, () => newId())
    const due_ms = Date.now() + 700
    await Promise.all(ids.map((id) => set(id, due_ms)))
    for (const node of nodes) start(node, { listing: ringerOf(node, rung) })
    await vi.waitFor(() => expect(rung.size).toBe(150), 10_000)
    for (const id of ids) expect(await rungOf(id)).toBe(1)
    const { rows } = await pool.query('select 1 from actor_alarm where actor = any ($1)', [ids])
    expect(rows).toEqual([])
    expect(failures).toEqual([])
  })

  test('one that was moved rings at its new time; one that was taken away or whose actor has finished never does', async () => {
    const rung = new Map<string, number>()
    start(nodes[0], { listing: ringerOf(nodes[0], rung) })
    const [moved, gone, over, last] = [newId(), newId(), newId(), newId()]
    const due_ms = Date.now() + 300
    for (const id of [moved, gone, over]) await set(id, due_ms)
    await set(moved, due_ms + 300)
    await set(gone, null)
    await act(nodes[0].ledger, actorOf(over), { id: uuidv7(), request: digestOf('end') }, (state) => ({
      type: 'commit',
      state: state!,
      effects: { kind: 'test.end', events: [EVENT], finished: true },
    }))
    await set(last, due_ms + 400)
    await vi.waitFor(() => expect(rung.has(last)).toBe(true), 5_000)
    expect([...rung.keys()]).toEqual([moved, last])
    expect(rung.get(moved)).toBeGreaterThanOrEqual(due_ms + 300)
  })

  test('one that fails waits longer each time and is done at last; it does not starve others', async () => {
    const rung = new Map<string, number>()
    const tries: number[] = []
    const ring = ringerOf(nodes[0], rung)
    // More of them than are rung at once: they all stand before the good one.
    const bad = Array.from({ length: 70 }, () => newId('trade'))
    await Promise.all(bad.map((id) => set(id, Date.now() - 5000)))
    start(nodes[0], {
      listing: ring,
      trade: async (id, now_ms) => {
        if (id === bad[0]) tries.push(performance.now())
        if (id !== bad[0] || tries.length < 3) throw new Error(`${id} does not work`)
        await ring(id, now_ms)
      },
    })
    const good = newId()
    const due_ms = Date.now() + 300
    await set(good, due_ms)
    await vi.waitFor(() => expect(rung.has(good)).toBe(true), 5_000)
    expect(rung.get(good)! - due_ms).toBeLessThan(SOON_MS)
    await vi.waitFor(() => expect(rung.has(bad[0]!)).toBe(true), 10_000)
    expect(tries).toHaveLength(3)
    expect(tries[1]! - tries[0]!).toBeGreaterThanOrEqual(490)
    expect(tries[2]! - tries[1]!).toBeGreaterThanOrEqual(990)
    expect(failures.length).toBeGreaterThanOrEqual(70)
    await Promise.all(bad.slice(1).map((id) => set(id, null)))
  })

  test('one whose ring leaves it due is told as a failure and rests, instead of being rung without end', async () => {
    let rings = 0
    const id = newId()
    await set(id, Date.now() - 1)
    start(nodes[0], {
      listing: () => {
        rings++
        return Promise.resolve()
      },
    })
    await vi.waitFor(() => expect(failures).toHaveLength(1), 5_000)
    expect(rings).toBe(1)
    expect(String(failures[0])).toContain('still due')
    await set(id, null)
  })

  test('closing waits for what is being rung', async () => {
    const id = newId()
    await set(id, Date.now() - 1)
    let ended = false
    const begun = Promise.withResolvers<void>()
    const alarms = start(nodes[0], {
      listing: async () => {
        begun.resolve()
        await new Promise((resolve) => setTimeout(resolve, 50))
        ended = true
      },
    })
    await begun.promise
    await alarms.close()
    expect(ended).toBe(true)
    await set(id, null)
  })
})

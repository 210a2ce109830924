import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { wallClock } from '../entropy/clock.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { ClusterNode } from './node.ts'

let database: TestDatabase
let pool: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  pool.on('connect', (client) => void client.on('error', () => {}))
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 5_000, interval: 10 })

async function join(
  address: string,
  changed: Readonly<{ lost?: () => void; load?: () => number; lease_ms?: number; process?: string }> = {},
): Promise<ClusterNode> {
  const times = { lease_ms: 400, beat_ms: 50 }
  const options = {
    databaseUrl: database.url,
    pool,
    process: `p-${address}`,
    address,
    clock: wallClock,
    log: quiet,
    load: () => 0,
    lost: () => {},
  }
  return ClusterNode.join({ ...options, ...times, ...changed })
}

const isLive = async (id: string) =>
  (await pool.query<{ live: boolean }>('select node_is_live($1) live', [id])).rows[0]!.live

/** Ends the session that holds the node's lock, as the kernel does for a process that is killed. */
async function cutSession(id: string): Promise<void> {
  await pool.query(
    `select pg_terminate_backend(l.pid) from pg_locks l join node n on n.lock_key = l.objid::bigint
     where n.id = $1 and l.locktype = 'advisory' and l.classid = 7`,
    [id],
  )
}

test('a node lives by its beat, is found by its address, and is gone when it leaves', async () => {
  const [one, two] = [await join('one:1'), await join('two:2')]
  await new Promise((resolve) => wallClock.at(wallClock.now() + 600, () => resolve(undefined)))
  expect([await isLive(one.id), await isLive(two.id)]).toEqual([true, true])
  expect(await one.addressOf(two.id)).toBe('two:2')
  expect(await one.others()).toEqual(['two:2'])
  await two.drain()
  expect(await one.others()).toEqual([])
  expect(await one.addressOf(two.id)).toBe('two:2')
  await two.leave()
  expect(await one.addressOf(two.id)).toBeUndefined()
  await one.leave()
})

test('a node knows what the others have, the least loaded first, and none that drains or misses its beats', async () => {
  let load = 3
  const [one, two] = [await join('one:1'), await join('two:2', { load: () => load })]
  const three = await join('three:3', { load: () => 1 })
  const seen = async () => Object.fromEntries((await one.peers()).map((peer) => [peer.id, peer.load]))
  await until(async () => expect(await seen()).toEqual({ [two.id]: 3, [three.id]: 1 }))
  await until(async () => expect(await one.others()).toEqual(['three:3', 'two:2']))
  load = 0
  await until(async () => expect(await one.others()).toEqual(['two:2', 'three:3']))
  await two.drain()
  await until(async () => expect(await one.others()).toEqual(['three:3']))
  expect([await one.wayIn(two.id), await one.wayIn(three.id)]).toEqual([undefined, 'three:3'])
  // Its lease runs on, but it is long since it was last extended.
  await pool.query(
    `insert into node(id, process, address, lease_until) values ('late', 'p', 'late:1', clock_timestamp() + interval '100 ms')`,
  )
  const session = await pool.connect()
  await session.query(`select pg_advisory_lock(7, lock_key) from node where id = 'late'`)
  await until(async () => expect(await one.others()).toEqual(['three:3']))
  session.release(true)
  await pool.query(`delete from node where id = 'late'`)
  await Promise.all([one, two, three].map((node) => node.leave()))
})

test('behind one address nodes are told apart by their process', async () => {
  const [one, two] = await Promise.all(['p1', 'p2'].map((process) => join('lb.example/ws', { process })))
  const other = await join('six:6')
  expect(await one!.addressOf(two!.id)).toBe('lb.example/ws/p2')
  expect((await one!.others()).toSorted()).toEqual(['lb.example/ws/p2', 'six:6'])
  await Promise.all([one, two, other].map((node) => node!.leave()))
})

test('a node whose session is cut is the same node again, and touches nobody meanwhile', async () => {
  const lost = vi.fn()
  const node = await join('three:3', { lost })
  const { id } = node
  await cutSession(id)
  await until(() => expect(node.isQuiet).toBe(true))
  await until(async () => expect(await isLive(id)).toBe(true))
  await until(() => expect(node.isQuiet).toBe(false))
  expect([node.id, lost.mock.calls.length]).toEqual([id, 0])
  await node.leave()
})

test('a node that others took for dead says so and comes back as another one', async () => {
  const lost = vi.fn()
  const node = await join('four:4', { lost })
  const { id } = node
  await pool.query('delete from node where id = $1', [id])
  await until(async () => {
    expect(lost).toHaveBeenCalledOnce()
    expect(node.id).not.toBe(id)
    expect(await isLive(node.id)).toBe(true)
  })
  await node.leave()
})

test('a dead node is reaped by exactly one of the others', async () => {
  const nodes = await Promise.all(['a:1', 'b:2', 'c:3'].map((address) => join(address)))
  await pool.query(
    `insert into node(id, process, address, lease_until) values ('dead', 'p-dead', 'd:4', now() + interval '1 hour')`,
  )
  const reaped = await Promise.all(nodes.map((node) => node.reap()))
  expect(reaped.flat()).toEqual([{ id: 'dead', process: 'p-dead' }])
  await Promise.all(nodes.map((node) => node.leave()))
})

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { wallClock } from '../entropy/clock.ts'
import { escrowOwner } from '../schema/account.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { clientSeed, CREDITS, openTestRooms, type TestRooms } from '../test/rooms.ts'
import { BattleActivation } from './battle/activation.ts'
import { commandOf } from './battle/command.ts'

let node: TestRooms & { close(): Promise<void> }
let ahead_ms = 0
/** The wall's clock, which a test may put forward. */
const clock = {
  now: () => wallClock.now() + ahead_ms,
  at: (at_ms: number, run: () => void) => wallClock.at(at_ms - ahead_ms, run),
}
beforeAll(async () => void (node = await openTestRooms({}, clock)))
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 10 })
const rowOf = async (battle: string) => (await node.ledger.actors.find(`battle-${battle}`))!
const settlements = (battle: string) =>
  node.ledger.reader.events({ since: 0n, actor: `battle-${battle}`, type: 'battle.settled', limit: 10 })

/** Another node takes the battle and lets go of it again. */
async function anotherNodeActs(battle: string): Promise<void> {
  await node.pool.query(`update actor set epoch = epoch + 1, version = version + 1, node = null where id = $1`, [
    `battle-${battle}`,
  ])
}

/** A node that lives until it is killed, which is what the kernel does to its session. */
async function neighbour(address: string): Promise<Readonly<{ id: string; kill: () => void }>> {
  const session = await node.pool.connect()
  const id = `node at ${address}`
  // Row and lock at once: a row without its lock is a dead node, and is reaped.
  await session.query('begin')
  await session.query(
    `insert into node(id, process, address, lease_until) values ($1, 'p', $2, now() + interval '1 hour')`,
    [id, address],
  )
  await session.query('select pg_advisory_lock(7, lock_key) from node where id = $1', [id])
  await session.query('commit')
  return { id, kill: () => session.release(true) }
}

test('a battle in the middle, left by a node that died, goes on by itself within a second and is paid once', async () => {
  const [ann, bob] = [await node.guest(), await node.guest()]
  const id = await node.battle(ann, { reveal_ms: 1_500 })
  const other = await neighbour('dies.example:1')
  const gone: string[] = []
  const zombie = new BattleActivation({
    row: (await node.ledger.actors.activate(`battle-${id}`, other.id))!,
    ledger: node.ledger,
    clock: wallClock,
    entropy: node.entropy,
    sealer: node.sealer,
    mailbox_max: 10,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    gone: ({ code }) => gone.push(code),
    changed: () => {},
  })
  const by = await node.access.authenticate(bob.token)
  const join = { type: 'join', message: { command: 1, seat: 1, clientSeed: clientSeed() } } as const
  await zombie.ask(commandOf(id, by, join, node.entropy))
  await until(() => expect(zombie.battle.phase).toBe('revealing'))
  const killed = performance.now()
  other.kill()
  await until(async () => expect((await rowOf(id)).node).toBe(node.rooms.node()))
  expect(performance.now() - killed).toBeLessThan(1_000)
  const watcher = await node.join('battle', id, ann.token)
  await until(() => expect(watcher.room.state?.phase).toBe('settled'))
  // This one was not killed and would pay as well: it is fenced, or hears that what it wanted has been done.
  await until(() => expect(zombie.isFinished || gone[0] === 'ledger/fenced').toBe(true))
  expect(await settlements(id)).toHaveLength(1)
  expect((await node.creditsOf(ann)) + (await node.creditsOf(bob))).toBe(2n * CREDITS - 500n)
  const escrow = await node.ledger.reader.balance('main', escrowOwner(id), PLAY_CREDIT)
  expect(escrow?.balance ?? 0n).toBe(0n)
})

test('a room whose battle another node has taken sends its clients to look for it, also with nothing to commit', async () => {
  const ann = await node.guest()
  const id = await node.battle(ann)
  const watcher = await node.join('battle', id)
  await anotherNodeActs(id)
  expect(await watcher.closed).toEqual({ code: 4101, reason: 'ledger/fenced' })
  const creator = await node.join('battle', id, ann.token)
  expect(await creator.ask('cancel')).toMatchObject({ ok: true })
  expect(await node.creditsOf(ann)).toBe(CREDITS)
})

test('a room that would commit what another node may have decided otherwise is fenced', async () => {
  const ann = await node.guest()
  const id = await node.battle(ann)
  const creator = await node.join('battle', id, ann.token)
  await anotherNodeActs(id)
  const reply = creator.ask('cancel')
  expect(await creator.closed).toEqual({ code: 4101, reason: 'ledger/fenced' })
  void reply
  expect((await node.stored(id)).phase).toBe('waiting')
})

test('a battle that a living node has is found at its address', async () => {
  const id = await node.battle(await node.guest())
  const other = await neighbour('neighbour.example:9000')
  await node.ledger.actors.activate(`battle-${id}`, other.id)
  const response = await node.seat('battle', id)
  expect([response.status, await response.json()]).toEqual([200, { at: 'neighbour.example:9000' }])
  // It dies: Postgres drops its lock, and whoever asks here finds the battle here.
  other.kill()
  await until(async () => expect(await (await node.seat('battle', id)).json()).toMatchObject({ name: 'battle' }))
})

test('a waiting battle that nobody watches leaves memory, and is there again for whoever asks', async () => {
  const ann = await node.guest()
  const id = await node.battle(ann)
  const creator = await node.join('battle', id, ann.token)
  await creator.room.leave()
  ahead_ms += 21_000
  await until(async () => expect((await rowOf(id)).node).toBeNull())
  expect((await node.join('battle', id, ann.token)).isOpen()).toBe(true)
})

test('a node that goes hands over what it has and closes nobody for good', async () => {
  const ann = await node.guest()
  const id = await node.battle(ann)
  const clients = [
    await node.join('battle', id, ann.token),
    await node.join('feed', 'main'),
    await node.join('session', ann.user.id, ann.token),
  ]
  const started = performance.now()
  await node.rooms.drain()
  expect(performance.now() - started).toBeLessThan(2_000)
  for (const client of clients) expect((await client.closed).code).toBe(4101)
  expect((await rowOf(id)).node).toBeNull()
  const refused = await node.seat('battle', id)
  expect([refused.status, await refused.json()]).toEqual([
    503,
    expect.objectContaining({ code: 'server/draining', retry: true }),
  ])
  const { rows } = await node.pool.query('select 1 from node where id = $1', [node.rooms.node()])
  expect(rows).toEqual([])
})

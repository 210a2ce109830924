import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { BattleLink, LinkStatus } from '../client-sdk/api.ts'
import { connect } from '../client-sdk/connect.ts'
import { memoryTokens } from '../client-sdk/tokens.ts'
import { freePort } from '../embedded/free-port.ts'
import type { Tokens } from '../schema/http.ts'
import { BOX, clientSeed, openTestRooms, type TestRooms } from '../test/rooms.ts'
import type { WorkerNode } from '../test/rooms-worker.ts'

/** Players over the SDK on two nodes of one database. Their clients know the first; what the other one has they find by it. */
let node: TestRooms & { close(): Promise<void> }
const clients: ReturnType<typeof connect>[] = []
const workers: Worker[] = []
beforeAll(async () => {
  const port = await freePort()
  node = await openTestRooms({ publicAddress: `127.0.0.1:${port}` }, undefined, port)
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await Promise.all(workers.map((worker) => worker.terminate()))
  await node.close()
})

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 10 })
const rowOf = async (battle: string) => (await node.ledger.actors.find(`battle-${battle}`))!

async function anotherNode() {
  const port = await freePort()
  const config = { ...node.config, publicAddress: `127.0.0.1:${port}` }
  const workerData: WorkerNode = { config, secretKey: node.secretKey, port }
  const worker = new Worker(new URL('../test/rooms-worker.ts', import.meta.url), { workerData })
  workers.push(worker)
  const [{ ready }] = (await once(worker, 'message')) as [{ ready: string }]
  return { id: ready, url: `http://127.0.0.1:${port}`, kill: () => worker.terminate() }
}

/** The SDK on one device of a user, and every status its battle has gone through. */
function device(tokens: Tokens, battle: string) {
  const store = memoryTokens()
  store.save(tokens)
  const client = connect(node.url, { tokens: store })
  clients.push(client)
  const link: BattleLink = client.battles.watch(battle)
  const statuses: LinkStatus[] = []
  link.onStatus((status) => statuses.push(status))
  return { link, statuses }
}

/** Has `url` take the battle, as a node does that was chosen for it. */
const takenBy = (url: string, battle: string) => fetch(`${url}/actors/battle/${battle}/seat?take=1`, { method: 'POST' })

test('a player sees “reconnecting” when the node of the battle dies, and goes on with it on another, nothing missed', async () => {
  const [ann, bob] = [await node.guest(), await node.guest()]
  const other = await anotherNode()
  const id = await node.battle(ann, { boxes: Array.from({ length: 5 }, () => BOX), reveal_ms: 500 })
  await takenBy(other.url, id)
  expect((await rowOf(id)).node).toBe(other.id)
  const [player, watcher] = [device(bob, id), device(ann, id)]
  await until(() => expect([player.link.status, watcher.link.status]).toEqual(['live', 'live']))
  await player.link.join(1)
  await until(() => expect(player.link.state?.revealed).toBe(1))
  const before = { seats: player.link.state!.seats.map(({ user }) => user), drops: player.link.state!.drops.length }
  await other.kill()
  await until(() => expect(player.statuses).toContain('reconnecting'))
  // What is known stays on the screen meanwhile.
  expect(player.link.state?.drops.length).toBeGreaterThanOrEqual(before.drops)
  await until(() => expect(player.link.status).toBe('live'))
  expect((await rowOf(id)).node).toBe(node.rooms.node())
  expect(player.link.state?.seats.map(({ user }) => user)).toEqual(before.seats)
  await until(() => expect(player.link.state?.phase).toBe('settled'))
  await until(() => expect(watcher.link.state?.phase).toBe('settled'))
  expect(player.statuses.slice(0, 3)).toEqual(['live', 'reconnecting', 'live'])
  expect(player.link.state?.drops).toHaveLength(10)
  expect(player.link.state?.toJSON().drops).toEqual(watcher.link.state?.toJSON().drops)
  const settled = { since: 0n, actor: `battle-${id}`, type: 'battle.settled', limit: 10 }
  expect(await node.ledger.reader.events(settled)).toHaveLength(1)
})

test('a node that others took for dead closes what it had, and its players go on where the battle is now', async () => {
  const ann = await node.guest()
  const other = await anotherNode()
  const id = await node.battle(ann)
  await takenBy(other.url, id)
  const player = device(ann, id)
  await until(() => expect(player.link.status).toBe('live'))
  // As after a pause longer than its lease: it is taken off the list, and lives.
  await node.pool.query('delete from node where id = $1', [other.id])
  await until(async () => expect((await rowOf(id)).node).toBe(node.rooms.node()))
  await until(() => expect(player.statuses).toEqual(['live', 'reconnecting', 'live']))
  await player.link.cancel()
  expect((await node.stored(id)).phase).toBe('cancelled')
  await other.kill()
})

test('tabs and devices of a user are one player: a seat is the account’s, wherever it is asked from', async () => {
  const [ann, bob] = [await node.guest(), await node.guest()]
  const id = await node.battle(ann, { seats: 3 })
  const [tab, phone] = [device(bob, id), device(bob, id)]
  await until(() => expect([tab.link.status, phone.link.status]).toEqual(['live', 'live']))
  const asked = await Promise.allSettled([tab.link.join(1, clientSeed()), phone.link.join(2, clientSeed())])
  expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(asked.find((each) => each.status === 'rejected')?.reason).toMatchObject({ code: 'battle/already-seated' })
  const seats = () => phone.link.state!.seats.filter(({ user }) => user === bob.user.id)
  await until(() => expect(seats()).toMatchObject([{ connected: true }]))
  await tab.link.close()
  // The tab is closed, the seat is not left, and the other device may leave it.
  expect(seats()).toHaveLength(1)
  await phone.link.leave()
  await until(() => expect(seats()).toHaveLength(0))
  expect(await node.creditsOf(bob)).toBe(100_000n)
})

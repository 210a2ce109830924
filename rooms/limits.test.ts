import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Problem } from '../schema/http.ts'
import { clientSeed, openTestRooms, type TestRooms } from '../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => {
  node = await openTestRooms({ rooms_max: 3, spectators_max: 2, sockets_per_user_max: 3 })
})
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const problemOf = async (response: Response) => {
  const { code, retry } = (await response.json()) as Problem
  return [response.status, code, retry, response.headers.get('retry-after')]
}

test('so many may watch a battle, and its players besides', async () => {
  const [ann, bob] = [await node.guest(), await node.guest()]
  const id = await node.battle(ann)
  const watchers = [await node.join('battle', id), await node.join('battle', id, bob.token)]
  expect(await problemOf(await node.seat('battle', id))).toEqual([503, 'battle/too-many-spectators', true, '1'])
  const creator = await node.join('battle', id, ann.token)
  expect(await watchers[1]!.ask('join', { seat: 1, clientSeed: clientSeed() })).toMatchObject({ ok: true })
  const again = await node.join('battle', id, bob.token)
  expect([creator, again, ...watchers].every((client) => client.isOpen())).toBe(true)
  await Promise.all([creator, again, ...watchers].map(({ room }) => room.leave()))
  await until(async () => expect((await node.seat('battle', id)).status).toBe(200))
})

test('so many sockets are one user’s, whatever they are for, and one that closes makes room', async () => {
  const ann = await node.guest()
  const open = () => node.join('feed', 'main', ann.token)
  const sockets = [await open(), await open(), await node.join('session', ann.user.id, ann.token)]
  expect(await problemOf(await node.seat('feed', 'main', ann.token))).toEqual([
    429,
    'request/too-many-sockets',
    true,
    '1',
  ])
  expect((await node.seat('feed', 'main', (await node.guest()).token)).status).toBe(200)
  // A socket that comes without a token and brings it later is counted then.
  const late = await node.join('feed', 'main')
  late.room.send('token', { token: ann.token })
  expect(await late.closed).toEqual({ code: 4429, reason: 'request/too-many-sockets' })
  await sockets[0]!.room.leave()
  await until(async () => expect((await node.seat('feed', 'main', ann.token)).status).toBe(200))
  await Promise.all(sockets.slice(1).map(({ room }) => room.leave()))
})

test('a node takes so many battles from those who ask, and what has to end all the same', async () => {
  const ann = await node.guest()
  const had = node.rooms.counts().battles
  for (let i = had; i < 3; i++) await node.join('battle', await node.battle(ann))
  const late = await node.battle(ann, { wait_ms: 300 })
  expect(await problemOf(await node.seat('battle', late))).toEqual([503, 'matchmaking/full', true, '1'])
  await until(async () => expect((await node.stored(late)).phase).toBe('cancelled'))
})

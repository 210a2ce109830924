import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestRooms, type TestRooms } from '../../test/rooms.ts'
import { eventDoor } from './spec/event-door.ts'
import { plainDoor } from './spec/plain-door.ts'
import { firstRefusal, openSocketReading } from './spec/socket-reading.ts'
import { welcomed } from './spec/world.ts'

const jsonDoor = plainDoor('rollingdrop.json')
const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => {
  node = await openTestRooms({
    trustedProxies: ['127.0.0.1'],
    messages_per_second: 20,
    plain: { sockets_max: 5, sockets_per_address_max: 2, life_ms: 10_000 },
  })
})
afterAll(() => node.close())

const decode = (data: Buffer) => {
  const { type, ...message } = JSON.parse(data.toString()) as { type: string }
  return { type, message }
}
const from = (address: string, path = '/ws/live-feed?since=') =>
  openSocketReading({ node, path, headers: { 'x-forwarded-for': address }, decode })
const events = (address: string) => fetch(`${node.url}/live-feed`, { headers: { 'x-forwarded-for': address } })

describe('connections', () => {
  test('are counted by where they come from, over all plain doors, and one too many is told so', async () => {
    const first = await from('192.0.2.1')
    const second = await events('192.0.2.1')
    expect(second.status).toBe(200)
    const third = await from('192.0.2.1')
    expect(await firstRefusal(third.reading)).toBe('request/too-many-sockets')
    await third.reading.ended
    const fourth = await events('192.0.2.1')
    expect([fourth.status, await fourth.json()]).toMatchObject([429, { code: 'request/too-many-sockets' }])
    const lobby = await from('192.0.2.1', '/ws/battles')
    expect(await firstRefusal(lobby.reading)).toBe('request/too-many-sockets')
    const elsewhere = await from('192.0.2.2')
    await until(() => expect(elsewhere.reading.frames).toHaveLength(1))
    first.reading.cut()
    await until(() => expect(node.rooms.counts().plain).toBe(2))
    const again = await from('192.0.2.1')
    await until(() => expect(again.reading.frames).toHaveLength(1))
    again.reading.cut()
    elsewhere.reading.cut()
    await second.body!.cancel()
    await until(() => expect(node.rooms.counts().plain).toBe(0))
  })

  test('are so many on one node', async () => {
    const readings = await Promise.all([1, 2, 3, 4, 5].map((i) => from(`198.51.100.${i}`)))
    const sixth = await from('198.51.100.6')
    expect(await firstRefusal(sixth.reading)).toBe('feed/full')
    const seventh = await events('198.51.100.7')
    expect([seventh.status, seventh.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await seventh.json()).toMatchObject({ code: 'feed/full', retry: true })
    for (const { reading } of readings) reading.cut()
    await until(() => expect(node.rooms.counts().plain).toBe(0))
  })
})

describe('what is said', () => {
  test('is answered where it cannot be read, and the feed goes on', async () => {
    const { reading, socket } = await from('192.0.2.9')
    for (const said of ['nonsense', '[]', '{"type":"dance"}', '{"type":"constructor"}', '{"type":"ping","loud":true}'])
      socket.send(said)
    socket.send(Buffer.from('{}'))
    await until(() => expect(reading.codes).toEqual(Array.from({ length: 6 }, () => 'request/invalid')))
    const told: string[] = []
    socket.on('message', (data: Buffer) => told.push(data.toString()))
    socket.send('{"type":"ping"}')
    await until(() => expect(told).toContain('{"type":"pong"}'))
    expect(socket.readyState).toBe(WebSocket.OPEN)
    reading.cut()
  })

  test('too often is refused, and who never stops is sent away, also with nothing but pings', async () => {
    for (const flood of [(socket: WebSocket) => socket.send('{}'), (socket: WebSocket) => socket.ping()]) {
      const { reading, socket } = await from('192.0.2.10')
      for (let i = 0; i < 300; i++) flood(socket)
      await reading.ended
      expect(new Set(reading.codes)).toContain('request/too-many')
      expect(reading.codes.length).toBeLessThan(300)
    }
  })

  test('another user’s token is refused, and the same user’s goes on in place', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const { reading, socket } = await from('192.0.2.11')
    const say = ({ token }: { token: string }) => socket.send(JSON.stringify({ type: 'token', token }))
    say(ann)
    say(await node.access.refresh(ann.refreshToken))
    socket.send('{"type":"ping"}')
    await until(() => expect(reading.frames).toHaveLength(1))
    expect(reading.codes).toEqual([])
    say(bob)
    await reading.ended
    expect(reading.codes).toEqual(['auth/forbidden'])
  })
})

test('when a node goes its readers are sent elsewhere, and nobody is let in any more', async () => {
  const [plain, told] = [await jsonDoor.read(node), await eventDoor.read(node)]
  await Promise.all([welcomed(plain), welcomed(told)])
  await node.rooms.drain()
  await Promise.all([plain.ended, told.ended])
  expect(plain.codes).toEqual(['server/draining', '4101'])
  expect(told.codes).toEqual(['server/draining'])
  const late = await events('192.0.2.20')
  expect([late.status, await late.json()]).toMatchObject([503, { code: 'server/draining', retry: true }])
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/ws/live-feed`)
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
    socket.on('error', () => {}) // Its answer is what we wait for.
  })
  expect(status).toBe(503)
})

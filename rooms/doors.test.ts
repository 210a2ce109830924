import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Problem } from '../schema/http.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { clientSeed, openTestRooms, type TestClient, type TestRooms } from '../test/rooms.ts'
import { shortToken } from './live/spec/world.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms({ messages_per_second: 20 })))
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const codeOf = async (response: Response) => [response.status, ((await response.json()) as Problem).code]

describe('the seat route', () => {
  test('names what it does not know', async () => {
    const { user, token } = await node.guest()
    expect(await codeOf(await node.seat('battle', uuidv7()))).toEqual([404, 'battle/unknown'])
    expect(await codeOf(await node.seat('battle', 'no-id'))).toEqual([404, 'battle/unknown'])
    expect(await codeOf(await node.seat('raffle', user.id, token))).toEqual([404, 'request/not-found'])
    expect(await codeOf(await node.seat('feed', 'other'))).toEqual([404, 'request/not-found'])
  })

  test('wants a good token where one is needed, and where one is given', async () => {
    const { user, token } = await node.guest()
    const id = await node.battle({ ...(await node.guest()) })
    expect(await codeOf(await node.seat('session', user.id))).toEqual([401, 'auth/token-missing'])
    expect(await codeOf(await node.seat('battle', id, 'forged'))).toEqual([401, 'auth/token-invalid'])
    expect(await codeOf(await node.seat('battle', id, `${token.slice(0, -3)}AAA`))).toEqual([401, 'auth/token-invalid'])
    expect(await codeOf(await node.seat('session', (await node.guest()).user.id, token))).toEqual([
      403,
      'auth/forbidden',
    ])
  })

  test('reads what it is sent', async () => {
    expect(await codeOf(await node.seat('feed', 'main', undefined, { since: 'yesterday' }))).toEqual([
      400,
      'feed/position',
    ])
    expect(await codeOf(await node.seat('feed', 'main', undefined, { filter: { colour: 'red' } }))).toEqual([
      400,
      'feed/filter',
    ])
    expect(await codeOf(await node.seat('feed', 'main', undefined, { other: 1 }))).toEqual([400, 'request/invalid'])
    expect(await codeOf(await node.seat('feed', 'main', undefined, { since: 'x'.repeat(5_000) }))).toEqual([
      413,
      'request/too-large',
    ])
  })

  test('is the only way in: Colyseus own matchmaking is not there', async () => {
    const response = await fetch(`${node.url}/matchmake/joinOrCreate/battle`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(404)
    await response.body?.cancel()
  })
})

test('a socket that is for no room, or for none that is there, is not left hanging', async () => {
  const ended = (path: string) =>
    new Promise<unknown>((resolve) => {
      const socket = new WebSocket(node.url.replace('http', 'ws') + path)
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
      socket.on('close', (code) => resolve(code))
      socket.on('error', () => {}) // Followed by what we wait for.
    })
  expect(await ended('/ws/nothing')).toBe(404)
  expect(await ended('/process/battle-that-is-not?sessionId=none')).toBe(4002)
})

describe('what a client says', () => {
  async function player(): Promise<TestClient> {
    const id = await node.battle(await node.guest())
    return node.join('battle', id, (await node.guest()).token)
  }

  test('is answered with a code where it is a mistake, and the socket stays open', async () => {
    const client = await player()
    expect(await client.ask('join', { seat: 'first' })).toMatchObject({ ok: false, error: { code: 'request/invalid' } })
    expect(await client.ask('join', { seat: 1, clientSeed: clientSeed(), more: 1 })).toMatchObject({
      error: { code: 'request/invalid' },
    })
    expect(await client.ask('join', { seat: 1, clientSeed: 'A'.repeat(64) })).toMatchObject({
      error: { code: 'request/invalid' },
    })
    client.room.send('join', 'not even a record')
    client.room.send('dance', { command: 1 })
    client.room.send('constructor', { command: 1 })
    client.room.sendBytes('join', new Uint8Array([1, 2, 3]))
    await until(() =>
      expect(client.errors.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'request/invalid')),
    )
    expect(client.isOpen()).toBe(true)
    expect(await client.ask('join', { seat: 1, clientSeed: clientSeed() })).toMatchObject({ ok: true })
  })

  test('may be 4 KiB long; longer messages are answered, up to 64 KiB', async () => {
    const client = await player()
    expect(await client.ask('join', { seat: 1, clientSeed: 'x'.repeat(5_000) })).toMatchObject({
      error: { code: 'request/too-large' },
    })
    expect(await client.ask('join', { seat: 1, clientSeed: 'x'.repeat(60_000) })).toMatchObject({
      error: { code: 'request/too-large' },
    })
    expect(client.isOpen()).toBe(true)
    client.room.send('join', { command: 1, seat: 1, clientSeed: 'x'.repeat(70_000) })
    expect((await client.closed).code).toBe(1009)
  })

  test('may be so much a second; what is more is answered, and who never stops is sent away', async () => {
    const client = await player()
    const replies = await Promise.all(Array.from({ length: 30 }, () => client.ask('leave')))
    const codes = replies.map((reply) => (reply.ok ? '' : reply.error.code))
    expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'battle/not-seated'))
    expect(codes.slice(20).filter((code) => code === 'request/too-many').length).toBeGreaterThan(5)
    expect(client.isOpen()).toBe(true)
    await until(async () => expect(await client.ask('leave')).toMatchObject({ error: { code: 'battle/not-seated' } }))
    for (let i = 0; i < 3_000; i++) client.room.send('leave', { command: i + 1_000_000 })
    expect(await client.closed).toEqual({ code: 4429, reason: 'request/too-many' })
  })

  test('that cannot be read is answered, byte by byte nonsense too', async () => {
    const client = await player()
    const socket = (client.room.connection.transport as unknown as { ws: WebSocket }).ws
    for (const bytes of [[13, 0xa4, 0x6a, 0x6f], [13], [13, 0xc1], [17], []]) socket.send(Uint8Array.from(bytes))
    for (const bytes of [
      [21, 1, 0xa1, 0x78],
      [19, 1],
      [200, 1],
    ])
      socket.send(Uint8Array.from(bytes))
    await until(() => expect(client.errors.length).toBeGreaterThanOrEqual(3))
    expect(await client.ask('leave')).toMatchObject({ error: { code: 'battle/not-seated' } })
    expect(client.isOpen()).toBe(true)
  })

  test('counts for nothing without a token, until there is one', async () => {
    const id = await node.battle(await node.guest())
    const client = await node.join('battle', id)
    const seat = { seat: 1, clientSeed: clientSeed() }
    expect(await client.ask('join', seat)).toMatchObject({ error: { code: 'auth/token-missing' } })
    client.room.send('token', { token: (await node.guest()).token })
    expect(await client.ask('join', seat)).toMatchObject({ ok: true })
  })
})

describe('a token', () => {
  test('that is revoked ends its sockets', async () => {
    const guest = await node.guest()
    const id = await node.battle(guest)
    const [battle, session] = [
      await node.join('battle', id, guest.token),
      await node.join('session', guest.user.id, guest.token),
    ]
    await node.access.logout(await node.access.authenticate(guest.token))
    expect(await battle.closed).toEqual({ code: 4401, reason: 'auth/revoked' })
    expect(await session.closed).toEqual({ code: 4401, reason: 'auth/revoked' })
    expect(await codeOf(await node.seat('battle', id, guest.token))).toEqual([401, 'auth/revoked'])
  })

  test('that expires in mid-stream ends what came with it within five seconds: a room, a session and a plain socket', async () => {
    const guest = await node.guest()
    const id = await node.battle(guest)
    const { user } = await node.access.authenticate(guest.token)
    const token = await shortToken(node, 3_000, guest)
    const plain = new WebSocket(`${node.url.replace('http', 'ws')}/ws/battles`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const plainClosed = new Promise((resolve) =>
      plain.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    )
    const rooms = [await node.join('battle', id, token), await node.join('session', user, token)]
    const began_ms = performance.now()
    const ended = { code: 4401, reason: 'auth/token-expired' }
    expect(await Promise.all([...rooms.map(({ closed }) => closed), plainClosed])).toEqual([ended, ended, ended])
    expect(performance.now() - began_ms).toBeLessThan(4_000 + 5_000)
    expect(await codeOf(await node.seat('battle', id, token))).toEqual([401, 'auth/token-expired'])
  })

  test('that is told in place is taken: only for the same user, and only a good one', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const id = await node.battle(ann)
    const [good, forged, stranger] = await Promise.all([1, 2, 3].map(() => node.join('battle', id, ann.token)))
    good!.room.send('token', { token: (await node.access.refresh(ann.refreshToken)).token })
    forged!.room.send('token', { token: 'forged' })
    stranger!.room.send('token', { token: bob.token })
    expect(await forged!.closed).toEqual({ code: 4401, reason: 'auth/token-invalid' })
    expect(await stranger!.closed).toEqual({ code: 4403, reason: 'auth/forbidden' })
    expect(await good!.ask('cancel')).toMatchObject({ ok: true })
  })
})

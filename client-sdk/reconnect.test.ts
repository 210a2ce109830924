import { createServer } from 'node:http'
import { createServer as createProxy, connect as dial, type AddressInfo, type Socket } from 'node:net'
import { matchMaker, Room, Server, type Client } from '@colyseus/core'
import { WebSocketTransport } from '@colyseus/ws-transport'
import { pack } from 'msgpackr'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { BattleState, SeatState } from '../schema/battle-state.ts'
import type { FeedEvent } from '../schema/feed.ts'
import { SessionState } from '../schema/session.ts'
import type { FeedUpdate, RollingDrop } from './api.ts'
import { connect } from './connect.ts'
import { memoryTokens } from './tokens.ts'

/** Real Colyseus rooms behind a seat route of this test, reached through proxies that can be cut or frozen like a node. */
const LINEAGE = 'lineage01'
const JSON_TYPE = { 'content-type': 'application/json' }
const tokens = { user: { id: 'user-1', name: 'One', guest: true }, token: 't.t.t', refreshToken: 'r', expiresAt: 4e12 }

const seatOptions: unknown[] = []
const heard: { type: string; message: unknown }[] = []

class TestBattle extends Room<{ state: BattleState }> {
  override state = new BattleState()
  override autoDispose = false
  losesReplies = false
  override messages = {
    join: (client: Client, { command, seat, clientSeed }: { command: number; seat: number; clientSeed: string }) => {
      const isSeated = this.state.seats.some((taken) => taken.user === 'user-1')
      if (!isSeated) this.state.seats.push(new SeatState().assign({ seat, user: 'user-1', clientSeed, total: '0' }))
      if (this.losesReplies) return
      const error = { code: 'battle/already-seated', message: '', retry: false }
      client.send('reply', isSeated ? { command, ok: false, error } : { command, ok: true })
    },
    token: (_client: Client, message: unknown) => void heard.push({ type: 'token', message }),
  }
  override onCreate() {
    this.state.assign({ battle: 'b', phase: 'waiting' })
  }
}

/** One event per seq, from memory; `head` is moved by the test. */
class TestFeed extends Room {
  override autoDispose = false
  head = 3
  override onJoin(client: Client, { since }: { since?: string }) {
    const from = since === undefined ? this.head : Number(since.split(':')[1])
    client.sendBytes('welcome', pack({ ...this.frame(from), recovered: true }))
  }
  frame(from: number) {
    const events = Array.from({ length: this.head - from }, (_, i): FeedEvent => {
      return { seq: String(from + 1 + i), type: 'x', actor: null, at_ms: Date.now(), payload: {} }
    })
    return { lineage: LINEAGE, from: String(from), to: String(this.head), events }
  }
  advance(count: number, { told }: { told: boolean }) {
    const from = this.head
    this.head += count
    if (told) this.broadcastBytes('frame', pack(this.frame(from)), {})
  }
}

class TestSession extends Room<{ state: SessionState }> {
  override state = new SessionState().assign({ user: 'user-1', name: 'One' })
  override autoDispose = false
  results = [1, 2]
  acked: string[] = []
  /** Tells all that there is, whatever the client has seen: a client has to know by itself. */
  override onJoin(client: Client) {
    this.onMessage('ack', (_, { command, seq }: { command: number; seq: string }) => {
      this.acked.push(seq)
      client.send('reply', { command, ok: true, value: null })
    })
    const entries = this.results.map((seq) => entryOf(seq, seq - 1))
    client.send('log', { lineage: LINEAGE, entries, more: false })
  }
}

const entryOf = (seq: number, prev: number) => ({ seq: `${seq}`, prev: `${prev}`, type: 'x', at_ms: 0, payload: {} })

/** Passes bytes to the server until it is cut (sockets die) or frozen (sockets stay, nothing passes). */
async function openProxy(port: number) {
  const sockets = new Set<Socket>()
  let frozen = false
  const server = createProxy((near) => {
    const far = dial(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => frozen || to.write(bytes))
      from.on('close', () => to.destroy()).on('error', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { address, cut, freeze: () => (frozen = true), close: () => (cut(), server.close()) }
}

type Proxy = Awaited<ReturnType<typeof openProxy>>

const http = createServer()
const colyseus = new Server({
  transport: new WebSocketTransport({ server: http }),
  greet: false,
  gracefullyShutdown: false,
})
colyseus.define('battle', TestBattle)
colyseus.define('feed', TestFeed)
colyseus.define('session', TestSession)
const rooms = new Map<string, string>()
let directory = ''
let port = 0
let here: Proxy
const clients: RollingDrop[] = []

/** A room and what the test may reach into it by. */
async function roomOf<T extends Room>(kind: string): Promise<T> {
  const id = rooms.get(kind) ?? (await matchMaker.createRoom(kind, {})).roomId
  rooms.set(kind, id)
  return matchMaker.getLocalRoomById(id) as T
}

async function answer(path: string, host: string, body: object): Promise<unknown> {
  if (path === '/auth/guest') return tokens
  if (path === '/me') return { user: tokens.user }
  const kind = path.split('/')[2]!
  if (host !== here.address) return { at: here.address }
  seatOptions.push(body)
  const room = await roomOf(kind)
  return matchMaker.reserveSeatFor(Reflect.get(room, '_listing'), body)
}

beforeAll(async () => {
  await colyseus.listen(0, '127.0.0.1')
  port = (http.address() as AddressInfo).port
  const matchmaking = http.listeners('request').slice() as ((...args: unknown[]) => void)[]
  http.removeAllListeners('request')
  http.on('request', (request, response) => {
    const path = request.url ?? '/'
    if (path.startsWith('/matchmake')) return matchmaking.forEach((listen) => listen(request, response))
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const body = (chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {}) as object
        const tell = (found: unknown) => response.writeHead(200, JSON_TYPE).end(JSON.stringify(found))
        void answer(path, request.headers.host!, body).then(tell)
      })
  })
  directory = `http://127.0.0.1:${port}`
  here = await openProxy(port)
})

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  for (const id of rooms.values()) await matchMaker.getLocalRoomById(id)?.disconnect()
  rooms.clear()
  seatOptions.length = heard.length = 0
})

afterAll(async () => {
  here.close()
  await colyseus.gracefullyShutdown(false)
})

function client(): RollingDrop {
  const store = memoryTokens()
  const own = connect(directory, { tokens: store })
  clients.push(own)
  return own
}

const soon = { timeout: 5000, interval: 10 }

test('a battle is found over another node, shows its state and answers commands', async () => {
  const battle = client().battles.watch('b')
  await battle.join(1, 'a'.repeat(64))
  await vi.waitFor(() => expect(battle.state?.seats[0]?.clientSeed).toBe('a'.repeat(64)), soon)
  expect(battle.status).toBe('live')
})

test('a command given before the battle is joined waits for it', async () => {
  const battle = client().battles.watch('b')
  expect(battle.status).toBe('connecting')
  expect(await battle.join(0)).toMatchObject({ ok: true })
})

test('when the connection dies the battle goes on over another one, with its state', async () => {
  const battle = client().battles.watch('b')
  const room = await roomOf<TestBattle>('battle')
  await vi.waitFor(() => expect(battle.state?.phase).toBe('waiting'), soon)
  here.cut()
  await vi.waitFor(() => expect(battle.status).toBe('reconnecting'), soon)
  room.state.phase = 'drawing'
  await vi.waitFor(() => expect(battle.state?.phase).toBe('drawing'), soon)
})

test('a seat that was taken while the reply was lost is ours all the same', async () => {
  const battle = client().battles.watch('b')
  const room = await roomOf<TestBattle>('battle')
  room.losesReplies = true
  const joining = battle.join(0)
  await vi.waitFor(() => expect(room.state.seats).toHaveLength(1), soon)
  room.losesReplies = false
  here.cut()
  expect(await joining).toMatchObject({ ok: true })
  expect(room.state.seats).toHaveLength(1)
})

test('a node that hands its actors over with 4101 is left for the one it names', async () => {
  const battle = client().battles.watch('b')
  const room = await roomOf<TestBattle>('battle')
  await vi.waitFor(() => expect(battle.state?.phase).toBe('waiting'), soon)
  const before = here
  here = await openProxy(port)
  for (const each of room.clients) each.leave(4101, here.address)
  await vi.waitFor(() => expect(room.clients).toHaveLength(1), soon)
  await vi.waitFor(() => expect(battle.status).toBe('live'), soon)
  before.close()
})

test('a node that freezes with open sockets is left within 2 s', async () => {
  const battle = client().battles.watch('b')
  await vi.waitFor(() => expect(battle.state?.phase).toBe('waiting'), soon)
  const before = here
  here = await openProxy(port)
  const frozen_ms = performance.now()
  before.freeze()
  await vi.waitFor(() => expect(battle.status).toBe('reconnecting'), soon)
  await vi.waitFor(() => expect(battle.status).toBe('live'), soon)
  expect(performance.now() - frozen_ms).toBeLessThan(2500)
  before.close()
})

test('a feed tells each event once, through a lost frame and a dead connection', async () => {
  const updates: FeedUpdate[] = []
  const told = () => updates.flatMap(({ events }) => events.map(({ seq }) => Number(seq)))
  const feed = client().feed.subscribe({ filter: { types: ['x'] } }, (update) => updates.push(update))
  const room = await roomOf<TestFeed>('feed')
  await vi.waitFor(() => expect(feed.position).toBe(`${LINEAGE}:3`), soon)
  room.advance(2, { told: true })
  room.advance(1, { told: false })
  room.advance(1, { told: true })
  await vi.waitFor(() => expect(told()).toEqual([4, 5, 6, 7]), soon)
  here.cut()
  room.advance(3, { told: true })
  await vi.waitFor(() => expect(told()).toEqual([4, 5, 6, 7, 8, 9, 10]), soon)
  expect(seatOptions.at(0)).toEqual({ filter: { types: ['x'] } })
  expect(seatOptions.at(-1)).toEqual({ since: `${LINEAGE}:7`, filter: { types: ['x'] } })
})

test('a session shows its state and tells a result once, also when a reconnect brings it again', async () => {
  const session = client().session()
  const told: string[] = []
  session.onResult(({ seq }) => told.push(seq))
  const room = await roomOf<TestSession>('session')
  await vi.waitFor(() => expect(told).toEqual(['1', '2']), soon)
  expect(session.state?.name).toBe('One')
  room.results = [1, 2, 3]
  here.cut()
  await vi.waitFor(() => expect(told).toEqual(['1', '2', '3']), soon)
  expect(seatOptions.at(-1)).toEqual({ since: `${LINEAGE}:2` })
  await vi.waitFor(() => expect(room.acked.at(-1)).toBe('3'), soon)
})

test('close ends a link for good', async () => {
  const own = client()
  const battle = own.battles.watch('b')
  const room = await roomOf<TestBattle>('battle')
  await vi.waitFor(() => expect(room.clients).toHaveLength(1), soon)
  await own.close()
  expect(battle.status).toBe('closed')
  await vi.waitFor(() => expect(room.clients).toHaveLength(0), soon)
  await expect(battle.leave()).rejects.toMatchObject({ code: 'matchmaking/unavailable' })
})

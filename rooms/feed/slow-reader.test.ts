import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { unpack } from 'msgpackr'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { digestOf } from '../../schema/digest.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { FeedFrame } from '../../schema/feed.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { openTestRooms, type TestRooms } from '../../test/rooms.ts'

const FEED_ROOM_LIMITS = {
  tick_ms: 20,
  recovery_max: 10_000,
  filters_max: 20,
  skip_bytes: 262_144,
  slow_bytes: 1_048_576,
}
const OFFERED_BYTES = 24 * 1_048_576
const SETTLED_EVERY = 10

let node: TestRooms & { close(): Promise<void> }
/** The server's ends of all connections. */
const ends = new Set<Socket>()
beforeAll(async () => {
  // A slow machine is no slow reader.
  node = await openTestRooms({ feed: { ...FEED_ROOM_LIMITS, slow_ms: 600_000 } })
  node.server.on('connection', (end: Socket) => {
    ends.add(end)
    end.on('close', () => ends.delete(end))
  })
})
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 20_000, interval: 10 })

/** A socket in the feed room without the SDK, so that it can stop reading. */
async function join() {
  const reservation = (await (await node.seat('feed', 'main')).json()) as Record<
    'roomId' | 'processId' | 'sessionId',
    string
  >
  const { roomId, processId, sessionId } = reservation
  const address = `${node.url.replace('http', 'ws')}/${processId}/${roomId}?sessionId=${sessionId}`
  const socket = new WebSocket(address, { perMessageDeflate: false })
  const frames: FeedFrame[] = []
  let bytes = 0
  socket.on('message', (data: Buffer) => {
    bytes += data.byteLength
    if (data[0] === 10) return socket.send(Buffer.from([10])) // Colyseus: joined
    if (data[0] !== 17) return
    const type = data.subarray(2, 2 + (data[1]! & 0x1f)).toString()
    frames.push(unpack(data.subarray(2 + type.length)) as FeedFrame)
  })
  await until(() => expect(frames).toHaveLength(1))
  return { socket, frames, bytes: () => bytes, at: () => BigInt(frames.at(-1)!.to) }
}

const padding = randomBytes(6_000).toString('base64')
const told: EventDraft = { type: 'box.published', payload: { box: 'b', version: 1, hash: padding } }
const settled = (battle: string): EventDraft => ({
  type: 'battle.settled',
  payload: { battle, seats: [], drops: [], winners: [0], pot: '1' },
})

/** Commits events until so many bytes were offered to every reader; how many settlements were among them. */
async function offer(bytes: number): Promise<number> {
  const runs = Math.ceil(bytes / (padding.length * SETTLED_EVERY))
  for (let i = 0; i < runs; i++) {
    const id = uuidv7()
    const events = [...Array.from({ length: SETTLED_EVERY }, () => told), settled(id)]
    await node.ledger.commit({ id, kind: 'test', tenant: 'main', request: digestOf(id), transfers: [], events })
  }
  return runs
}

test(
  'a reader that stops reading while 24 MB are offered costs what may be buffered, disturbs nobody, and misses no settlement',
  { timeout: 60_000 },
  async () => {
    const quick = await join()
    const slow = await join()
    const from = slow.at()
    slow.socket.pause()
    // It reads no pings, so it tells unasked that it is alive.
    const pongs = setInterval(() => slow.socket.pong(), 1_000)
    const settlements = await offer(OFFERED_BYTES)
    const { seq } = await node.ledger.reader.head()
    await until(() => expect(quick.at()).toBe(seq))
    expect(quick.bytes()).toBeGreaterThan(OFFERED_BYTES)
    const all = quick.frames.flatMap(({ events }) => events)
    expect(quick.frames.every(({ conflated }) => conflated === undefined)).toBe(true)

    // The frames themselves are those that everyone got; what is held for this reader alone is what waits for its socket.
    const held_bytes = Math.max(...[...ends].map(({ writableLength }) => writableLength))
    expect(held_bytes).toBeGreaterThan(node.config.feed.skip_bytes)
    expect(held_bytes).toBeLessThan(1.5 * 1_048_576)

    slow.socket.resume()
    clearInterval(pongs)
    await until(() => expect(slow.at()).toBe(seq))
    let at = from
    for (const frame of slow.frames.slice(1)) {
      expect(frame.from).toBe(`${at}`)
      at = BigInt(frame.to)
    }
    const got = slow.frames.flatMap(({ events }) => events).filter(({ seq: one }) => BigInt(one) > from)
    const left = slow.frames.reduce((sum, { conflated }) => sum + (conflated ?? 0), 0)
    const offered = all.filter(({ seq: one }) => BigInt(one) > from)
    expect(got.length + left).toBe(offered.length)
    expect(left).toBeGreaterThan(0)
    expect(got.filter(({ type }) => type === 'battle.settled')).toHaveLength(settlements)
    for (const { socket } of [quick, slow]) socket.terminate()
  },
)

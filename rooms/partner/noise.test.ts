import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { NewPartnerKey } from '../../access/partner.ts'
import { signRequest } from '../../access/partners/signature.ts'
import { digestOf } from '../../schema/digest.ts'
import type { FeedFrame } from '../../schema/feed.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { openTestRooms, type TestRooms } from '../../test/rooms.ts'

/** Events a second that the noisy partner may have; it is offered four times as many. */
const PACE = 500

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => {
  const feed = {
    tick_ms: 10,
    recovery_max: 50_000,
    filters_max: 50,
    skip_bytes: 65_536,
    slow_bytes: 262_144,
    slow_ms: 500,
  }
  node = await openTestRooms({ feed })
})
afterAll(() => node.close())

async function publish(tenant: string, count: number, text = ''): Promise<bigint> {
  const id = uuidv7()
  const events = Array.from({ length: count }, (_, version) => ({
    type: 'box.published' as const,
    payload: { box: 'b', version, hash: text },
  }))
  return (await node.ledger.commit({ id, kind: 'test', tenant, request: digestOf(id), transfers: [], events })).last_seq
}

async function follow(key: NewPartnerKey) {
  const path = '/partner/ws/live-feed?topic=notifications&types=box.published'
  const headers = signRequest(key, { method: 'GET', path })
  const socket = new WebSocket(node.url.replace('http', 'ws') + path, { headers })
  const frames: FeedFrame[] = []
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as FeedFrame))
  const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, reason.toString()])))
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  await vi.waitFor(() => expect(frames).not.toHaveLength(0), 5_000)
  return { socket, frames, closed, to: () => BigInt(frames.at(-1)!.to) }
}

/** From a commit's end until its event is told, in ms, the middle one of so many. */
async function latency_ms(tenant: string, feed: Awaited<ReturnType<typeof follow>>, times = 21): Promise<number> {
  const waits: number[] = []
  for (let n = 0; n < times; n++) {
    const seq = await publish(tenant, 1)
    const began_ms = performance.now()
    while (feed.to() < seq) await new Promise((resolve) => feed.socket.once('message', () => setImmediate(resolve)))
    waits.push(performance.now() - began_ms)
  }
  return waits.toSorted((a, b) => a - b)[times >> 1]!
}

test('a partner that floods, opens many feeds and reads none is bounded and slows no other', async () => {
  const quiet = await node.partnerKey('quiet')
  const noisy = await node.partnerKey('noisy', { connections_max: 5, requests_per_minute: 60, messages_per_s: PACE })
  const calm = await follow(quiet)
  const before_ms = await latency_ms('quiet', calm)

  const began_ms = performance.now()
  const feeds = await Promise.all(Array.from({ length: 5 }, () => follow(noisy)))
  for (const { socket } of feeds.slice(1)) socket.pause()
  const over = new AbortController()
  const codes = new Map<number, number>()
  const flood = Array.from({ length: 4 }, async () => {
    while (!over.signal.aborted) {
      const path = '/partner/v1/stream/notifications?limit=1000'
      const response = await fetch(node.url + path, { headers: signRequest(noisy, { method: 'GET', path }) })
      await response.arrayBuffer()
      codes.set(response.status, (codes.get(response.status) ?? 0) + 1)
    }
  })
  const offered = (async () => {
    for (let n = 0; !over.signal.aborted; n++) {
      await publish('noisy', 40, 'x'.repeat(1_000))
      await delay(20)
    }
  })()
  try {
    const during_ms = await latency_ms('quiet', calm)
    // Both share the cores with the flood itself; to wait for the noisy one would take seconds.
    expect(during_ms).toBeLessThan(Math.max(200, 10 * before_ms))
    await vi.waitFor(() => expect(conflated(feeds[0]!)).toBeGreaterThan(0), 20_000)
    await vi.waitFor(() => expect(codes.get(429)).toBeGreaterThan(0), 20_000)
  } finally {
    over.abort()
    await Promise.all([...flood, offered])
  }
  const seconds = (performance.now() - began_ms) / 1000
  expect(codes.get(200)).toBeLessThanOrEqual(60 + seconds)
  expect(feeds[0]!.frames.flatMap(({ events }) => events).length).toBeLessThanOrEqual(PACE * (seconds + 1) + 40)
  expect(calm.frames.some((frame) => frame.conflated !== undefined)).toBe(false)
  for (const { socket } of [calm, ...feeds]) socket.terminate()
}, 60_000)

/** How many events a reader was told that it was not told. */
function conflated({ frames }: Awaited<ReturnType<typeof follow>>): number {
  return frames.reduce((sum, frame) => sum + (frame.conflated ?? 0), 0)
}

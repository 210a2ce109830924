import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { PartnerAdministration } from '../../access/partners/administration.ts'
import type { NewPartnerKey } from '../../access/partner.ts'
import { signRequest } from '../../access/partners/signature.ts'
import { freePort } from '../../embedded/free-port.ts'
import { openTestRooms, type TestRooms } from '../../test/rooms.ts'
import type { WorkerNode } from '../../test/rooms-worker.ts'

/** Two nodes of one database, without Redis: what one learns of the other it learns from Postgres. */
let node: TestRooms & { close(): Promise<void> }
let worker: Worker
let other: string
beforeAll(async () => {
  const port = await freePort()
  node = await openTestRooms({ publicAddress: `127.0.0.1:${port}` }, undefined, port)
  const otherPort = await freePort()
  const config = { ...node.config, publicAddress: `127.0.0.1:${otherPort}` }
  const workerData: WorkerNode = { config, secretKey: node.secretKey, port: otherPort }
  worker = new Worker(new URL('../../test/rooms-worker.ts', import.meta.url), { workerData })
  await once(worker, 'message')
  other = `http://127.0.0.1:${otherPort}`
})
afterAll(async () => {
  await worker.terminate()
  await node.close()
})

const PATH = '/partner/v1/stream/notifications?limit=1'
const sign = (key: NewPartnerKey, path = PATH) => signRequest(key, { method: 'GET', path })

async function answer(url: string, headers: Record<string, string>): Promise<number | string> {
  const response = await fetch(url + PATH, { headers })
  return response.ok ? response.status : ((await response.json()) as { code: string }).code
}
const known = (key: NewPartnerKey, url: string) =>
  vi.waitFor(async () => expect(await answer(url, sign(key))).toBe(200), { timeout: 5_000, interval: 20 })

test('a call that one node has taken is taken by no other', async () => {
  const key = await node.partnerKey('once')
  for (const url of [node.url, other]) await known(key, url)
  const headers = sign(key)
  expect(await answer(node.url, headers)).toBe(200)
  expect(await answer(other, headers)).toBe('partner/replayed')
  const second = sign(key)
  const both = await Promise.all([answer(node.url, second), answer(other, second)])
  expect(both.toSorted()).toEqual([200, 'partner/replayed'])
})

test('a key that is ended on one node ends its feeds on the other within five seconds, and is refused there', async () => {
  const key = await node.partnerKey('ended')
  await known(key, other)
  const path = '/partner/ws/live-feed?topic=notifications'
  const socket = new WebSocket(other.replace('http', 'ws') + path, { headers: sign(key, path) })
  const closed = once(socket, 'close') as Promise<[number, Buffer]>
  await once(socket, 'open')
  const { pool, ledger, sealer } = node
  const began_ms = performance.now()
  await new PartnerAdministration({ pool, ledger, sealer, clock: Date.now }).end(key.id)
  const [code, reason] = await closed
  expect([code, reason.toString()]).toEqual([4401, 'partner/key-unknown'])
  expect(performance.now() - began_ms).toBeLessThan(5_000)
  expect(await answer(other, sign(key))).toBe('partner/key-unknown')
})

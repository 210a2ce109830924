import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, vi } from 'vitest'
import { createOutbound } from '../access/outbound.ts'
import { createSealer } from '../access/seal.ts'
import { addEndpoint, listEndpoints } from '../access/webhooks/endpoints.ts'
import { Webhooks } from '../bridge/webhooks/webhooks.ts'
import type { EventType } from '../schema/event.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { joinLiving } from './living.ts'
import { openTestNode } from './node.ts'

export type Received = Readonly<{ headers: IncomingHttpHeaders; body: string; data: Record<string, unknown> }>
/** What a receiver does with its nth message: a status, or nothing at all. */
export type Behaviour = (received: Received, nth: number) => number | undefined
type Parts = ConstructorParameters<typeof Webhooks>[0]

/** A node with its webhooks, and receivers on this machine. */
export async function openWebhookBed() {
  const node = await openTestNode()
  const here = await joinLiving(node.pool)
  const outbound = createOutbound({ loopback: true })
  const sealer = createSealer(node.secretKey)
  const receivers: Server[] = []
  const running: Webhooks[] = []

  async function receiver(behave: Behaviour = () => 204) {
    const received: Received[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        const { data } = JSON.parse(body) as { data: Record<string, unknown> }
        received.push({ headers: request.headers, body, data })
        const status = behave(received.at(-1)!, received.length)
        if (status !== undefined) response.writeHead(status, { location: '/elsewhere' }).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    receivers.push(server)
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received }
  }

  /** Webhooks that begin, on a node of this id; they may have to wait for their turn. */
  function begin(changed: Partial<Parts> = {}): Webhooks {
    const { pool, ledger, tail } = node
    const webhooks = new Webhooks({
      pool,
      ledger,
      tail,
      outbound,
      sealer,
      node: () => here.id,
      log: { info: () => {}, error: () => {} },
      timeout_ms: 2000,
      schedule_ms: [20, 20],
      retries_max: 1000,
      backoff_ms: [1, 20],
      ...changed,
    })
    running.push(webhooks)
    return webhooks
  }

  return {
    node,
    outbound,
    receiver,
    begin,
    /** Webhooks that run. */
    start: async (changed: Partial<Parts> = {}): Promise<Webhooks> => {
      const webhooks = begin(changed)
      await soon(() => expect(webhooks.status.state).toBe('running'))
      return webhooks
    },
    add: (tenant: string, url: string, types: readonly string[] | null = null) =>
      addEndpoint({ pool: node.pool, sealer, outbound, per_tenant_max: 3 }, { tenant, url, types }),
    /** The state of the oldest endpoint. */
    first: async () => (await listEndpoints(node.pool))[0]!,
    /** Commits one event after the other, each with its number as `n`; returns their seqs. */
    tell: async (tenant: string, count: number, type: EventType = 'box.published'): Promise<bigint[]> => {
      const seqs: bigint[] = []
      for (const n of upTo(count)) {
        const events = [{ type, payload: { n } }]
        const outcome = { id: uuidv7(), kind: 'test.note', tenant, request: 'ab'.repeat(32), transfers: [], events }
        seqs.push((await node.ledger.commit(outcome)).last_seq)
      }
      return seqs
    },
    /** To be called after each test: nothing is left of it. */
    clear: async () => {
      await Promise.all(running.splice(0).map((each) => each.close()))
      for (const server of receivers.splice(0)) {
        server.closeAllConnections()
        server.close()
      }
      await node.pool.query('truncate webhook_endpoint cascade')
    },
    close: async () => {
      outbound.close()
      here.die()
      await node.close()
    },
  }
}

export type WebhookBed = Awaited<ReturnType<typeof openWebhookBed>>

export const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 20 })
export const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
export const numbers = (received: readonly Received[]) => received.map(({ data }) => data['n'])
export const idsOf = (received: readonly Received[]) => received.map(({ headers }) => String(headers['webhook-id']))

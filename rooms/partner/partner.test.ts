import { OpenAPIHono } from '@hono/zod-openapi'
import { unpack } from 'msgpackr'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { NewPartnerKey } from '../../access/partner.ts'
import { signRequest } from '../../access/partners/signature.ts'
import { PartnerAdministration } from '../../access/partners/administration.ts'
import { digestOf } from '../../schema/digest.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { LiveFeedFrame } from '../../schema/live-feed.ts'
import { streamPage, type StreamPage } from '../../schema/partner.ts'
import { formatPosition } from '../../schema/position.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { openTestRooms, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const at = (seq: bigint = node.tail.seq) => formatPosition({ lineage: node.tail.lineage, seq })
const administration = () =>
  new PartnerAdministration({ pool: node.pool, ledger: node.ledger, sealer: node.sealer, clock: Date.now })

const sold = (user: string, n: number): EventDraft => ({
  type: 'item.sold',
  user,
  payload: { user, asset: 'item:play:thing', count: '1', n },
})
const published = (n: number): EventDraft => ({ type: 'box.published', payload: { box: 'b', version: n, hash: 'h' } })
const secret: EventDraft = { type: 'money.moved', payload: { what: 'hidden' } }

async function commit(tenant: string, events: readonly EventDraft[]): Promise<bigint> {
  const id = uuidv7()
  const outcome = { id, kind: 'test', tenant, request: digestOf(id), transfers: [], events }
  return (await node.ledger.commit(outcome)).last_seq
}

async function get(key: NewPartnerKey, path: string, headers = signRequest(key, { method: 'GET', path })) {
  const response = await fetch(node.url + path, { headers })
  const body = (await response.json()) as StreamPage & Readonly<{ code: string; details: unknown }>
  return { status: response.status, headers: response.headers, body }
}

type Options = Readonly<{ protocol?: string; headers?: Record<string, string> }>

async function dial(key: NewPartnerKey, query: string, { protocol, headers }: Options = {}) {
  const path = `/partner/ws/live-feed${query}`
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}${path}`, protocol === undefined ? [] : [protocol], {
    headers: headers ?? signRequest(key, { method: 'GET', path }),
  })
  const frames: LiveFeedFrame[] = []
  socket.on('message', (data: Buffer, isBinary) =>
    frames.push((isBinary ? unpack(data) : JSON.parse(data.toString())) as LiveFeedFrame),
  )
  socket.on('error', () => {}) // Followed by its close.
  const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, reason.toString()])))
  await new Promise((resolve) => socket.on('open', resolve))
  const events = () => frames.flatMap((frame) => ('events' in frame ? frame.events : []))
  return { socket, frames, closed, events, close: async () => (socket.close(), closed) }
}

describe('the stream of a topic', () => {
  test('gives all events of the tenant’s topic page by page, whole, and says what each page covers', async () => {
    const key = await node.partnerKey('paged')
    const before = at()
    for (let n = 0; n < 10; n++) {
      await commit('paged', [sold('ann', n), secret, published(n)])
      await commit('stranger', [sold('bob', n)])
    }
    const told: number[] = []
    let pages = 0
    let from = before
    for (let since: string | null = before; since !== null; pages++) {
      const { status, body } = await get(key, `/partner/v1/stream/partner-transactions?since=${since}&limit=3`)
      expect(status).toBe(200)
      expect(`${body.lineage}:${body.from}`).toBe(from)
      expect(body.events.length).toBeLessThanOrEqual(3)
      told.push(...body.events.map(({ payload }) => payload['n'] as number))
      from = `${body.lineage}:${body.to}`
      since = body.next
      if (since !== null) expect(since).toBe(from)
    }
    expect(told).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(pages).toBe(4)
    expect(from).toBe(at())
    const { body } = await get(key, `/partner/v1/stream/notifications?since=${before}`)
    expect(body.events.map(({ type }) => type)).toEqual(Array(10).fill('box.published'))
    expect(JSON.stringify(body)).not.toContain('hidden')
  })

  test('is the same from memory and from the database', async () => {
    const key = await node.partnerKey('twice')
    const before = at()
    for (let n = 0; n < 5; n++) await commit('twice', [sold('ann', n)])
    const path = `/partner/v1/stream/partner-inventory-updates?since=${before}`
    const remembered = await get(key, path)
    const spy = vi.spyOn(node.tail, 'recent').mockReturnValue(undefined)
    const read = await get(key, path)
    spy.mockRestore()
    expect(remembered.body.events).toHaveLength(5)
    expect(read.body).toEqual(remembered.body)
  })

  test('without a position begins with the oldest event', async () => {
    const key = await node.partnerKey('main')
    const { body } = await get(key, '/partner/v1/stream/notifications')
    expect(body).toMatchObject({ from: '0', lineage: node.tail.lineage })
  })

  test('that was read to its end goes on from there', async () => {
    const key = await node.partnerKey('again')
    const end = await get(key, `/partner/v1/stream/partner-transactions?since=${at()}`)
    expect(end.body).toMatchObject({ events: [], next: null })
    await commit('again', [sold('ann', 1)])
    const since = `${end.body.lineage}:${end.body.to}`
    expect((await get(key, `/partner/v1/stream/partner-transactions?since=${since}`)).body.events).toHaveLength(1)
  })

  test('refuses positions that are none, have not come yet or are of another history', async () => {
    const key = await node.partnerKey('lost')
    const ask = async (since: string) => {
      const { status, body, headers } = await get(key, `/partner/v1/stream/notifications?since=${since}`)
      expect(headers.get('content-type')).toBe('application/problem+json')
      return [status, body.code]
    }
    const { lineage } = node.tail
    for (const since of ['yesterday', '17', `${lineage}:-1`, `${lineage}:1.5`, `${lineage}:`, 'x'.repeat(100)])
      expect(await ask(since)).toEqual([400, 'feed/position'])
    expect(await ask(at(node.tail.seq + 1_000_000n))).toEqual([400, 'feed/position'])
    expect(await ask(`${lineage}:9999999999999999999`)).toEqual([400, 'feed/position'])
    expect(await ask('0123456789abcdef:1')).toEqual([409, 'feed/lineage'])
    for (const limit of ['0', '-1', '1001', 'many', '1.5'])
      expect((await get(key, `/partner/v1/stream/notifications?limit=${limit}`)).body.code).toBe('request/invalid')
  })

  test('refuses what is not the partner’s', async () => {
    const key = await node.partnerKey('mine')
    const other = await node.partnerKey('yours')
    const name = other.id.replace(/-[^-]+$/, '')
    const own = key.id.replace(/-[^-]+$/, '')
    const ask = async (path: string) => {
      const { status, body } = await get(key, `/partner/v1/stream/${path}`)
      return [status, body.code]
    }
    expect(await ask(`partner-${name}-notifications`)).toEqual([403, 'partner/forbidden'])
    expect(await ask(`partner-${uuidv7()}-transactions`)).toEqual([403, 'partner/forbidden'])
    expect(await ask(`partner-${uuidv7()}-events`)).toEqual([403, 'partner/forbidden'])
    expect(await ask(`partner-${own}-events`)).toEqual([404, 'partner/topic-unknown'])
    expect(await ask('notifications?tenant=yours')).toEqual([403, 'partner/forbidden'])
    expect(await ask('notifications?tenant=mine')).toEqual([200, undefined])
    expect(await ask(`partner-${own}-transactions`)).toEqual([200, undefined])
    for (const topic of ['everything', 'constructor', 'partner-transactionsx', 'x'.repeat(90)])
      expect(await ask(topic)).toEqual([404, 'partner/topic-unknown'])
  })

  test('asks for a signature before anything else', async () => {
    const key = await node.partnerKey('signed')
    const path = '/partner/v1/stream/nonsense?limit=0'
    const unsigned = await get(key, path, {})
    expect([unsigned.status, unsigned.body.code]).toEqual([401, 'partner/key-missing'])
    expect(unsigned.headers.get('www-authenticate')).toBe('HMAC-SHA256')
    const good = '/partner/v1/stream/notifications?since=&limit=5'
    const headers = signRequest(key, { method: 'GET', path: good })
    expect((await get(key, path, headers)).body.code).toBe('partner/signature')
    const late = signRequest(key, { method: 'GET', path: good }, Date.now() - 301_000)
    expect((await get(key, good, late)).body).toMatchObject({ code: 'partner/stale', details: { skew_max_s: 300 } })
    const odd = '/partner/v1/stream/notifications?limit=%35&since='
    expect((await get(key, odd)).body.code).not.toBe('partner/signature')
  })

  test('once called is not called again by the same signature', async () => {
    const key = await node.partnerKey('once')
    const path = '/partner/v1/stream/notifications'
    const headers = signRequest(key, { method: 'GET', path })
    expect((await get(key, path, headers)).status).toBe(200)
    expect((await get(key, path, headers)).body.code).toBe('partner/replayed')
  })

  test('is described, with its refusals and how it is signed, in the document of all routes', () => {
    const document = new OpenAPIHono()
      .route('/', node.rooms.routes)
      .getOpenAPI31Document({ openapi: '3.1.0', info: { title: 't', version: '1' } })
    const { get: described } = document.paths!['/partner/v1/stream/{topic}']!
    expect(Object.keys(described!.responses!)).toEqual(['200', '400', '401', '403', '404', '409', '410', '429', '503'])
    expect(JSON.stringify(described!.responses)).toContain('`partner/replayed`')
    expect(Object.keys(document.components!.securitySchemes!)).toEqual(['partnerKey', 'partnerSignature'])
    const example = (described!.responses!['200'] as { content: Record<string, { example: unknown }> }).content
    streamPage.parse(example['application/json']!.example)
  })

  test('past the quota says when to come back', async () => {
    const key = await node.partnerKey('eager', { requests_per_minute: 2 })
    const path = '/partner/v1/stream/notifications'
    expect([(await get(key, path)).status, (await get(key, path)).status]).toEqual([200, 200])
    const { status, body, headers } = await get(key, path)
    expect([status, body.code]).toEqual([429, 'partner/quota'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(20)
  })
})

describe('the feed of a topic', () => {
  test.each(['rollingdrop.json', 'rollingdrop.msgpack', undefined])(
    'tells the tenant’s events whole and no others, as %s',
    async (protocol) => {
      const tenant = `feed-${protocol?.slice(12) ?? 'none'}`
      const key = await node.partnerKey(tenant)
      const since = at()
      await commit(tenant, [sold('ann', 1), secret])
      const feed = await dial(key, `?topic=partner-transactions&since=${since}`, protocol ? { protocol } : {})
      await until(() => expect(feed.frames[0]).toMatchObject({ type: 'welcome', recovered: true }))
      await commit('stranger', [sold('bob', 2)])
      await commit(tenant, [published(3), sold('ann', 4)])
      await until(() => expect(feed.events().map(({ payload }) => payload['n'])).toEqual([1, 4]))
      expect(feed.events()[0]).toMatchObject({ type: 'item.sold', payload: { user: 'ann' } })
      await feed.close()
    },
  )

  test('is asked for by a message too, and filtered', async () => {
    const key = await node.partnerKey('asked')
    const feed = await dial(key, '?topic=partner-transactions')
    feed.socket.send(JSON.stringify({ type: 'subscribe', filter: { types: ['faucet.granted'] }, since: at() }))
    await until(() => expect(feed.frames).toHaveLength(1))
    const granted: EventDraft = { type: 'faucet.granted', user: 'ann', payload: { user: 'ann', amount: '5' } }
    await commit('asked', [sold('ann', 1), granted])
    await until(() => expect(feed.events().map(({ type }) => type)).toEqual(['faucet.granted']))
    feed.socket.send(JSON.stringify({ type: 'token', token: 'whoever' }))
    feed.socket.send(JSON.stringify({ type: 'subscribe' }))
    await until(() =>
      expect(feed.frames.filter(({ type }) => type === 'error')).toMatchObject([
        { code: 'request/invalid' },
        { code: 'feed/already-subscribed', of: 'subscribe' },
      ]),
    )
    await feed.close()
  })

  test('is closed with its code for whoever may not have it', async () => {
    const key = await node.partnerKey('gated')
    const other = await node.partnerKey('other')
    const ended = async (query: string, options?: Options) => (await dial(key, query, options)).closed
    expect(await ended('?topic=everything')).toEqual([4404, 'partner/topic-unknown'])
    expect(await ended('')).toEqual([4404, 'partner/topic-unknown'])
    expect(await ended('?topic=notifications&tenant=other')).toEqual([4403, 'partner/forbidden'])
    const theirs = `partner-${other.id.replace(/-[^-]+$/, '')}-notifications`
    expect(await ended(`?topic=${theirs}`)).toEqual([4403, 'partner/forbidden'])
    expect(await ended('?topic=notifications', { headers: {} })).toEqual([4401, 'partner/key-missing'])
    const path = '/partner/ws/live-feed?topic=notifications'
    const headers = signRequest(key, { method: 'GET', path })
    expect(await ended('?topic=partner-transactions', { headers })).toEqual([4401, 'partner/signature'])
    const open = await dial(key, '?topic=notifications', { headers })
    expect(await ended('?topic=notifications', { headers })).toEqual([4401, 'partner/replayed'])
    const late = signRequest(key, { method: 'GET', path }, Date.now() + 301_000)
    expect(await ended('?topic=notifications', { headers: late })).toEqual([4401, 'partner/stale'])
    const forged = signRequest({ ...key, secret: 'x' }, { method: 'GET', path })
    expect(await ended('?topic=notifications', { headers: forged })).toEqual([4401, 'partner/signature'])
    expect(open.socket.readyState).toBe(WebSocket.OPEN)
    await open.close()
  })

  test('ends within five seconds of its key, in mid-stream, and one of another key goes on', async () => {
    const old = await node.partnerKey('ending')
    const name = old.id.replace(/-[^-]+$/, '')
    const next = await administration().rotate((await administration().find(name))!, 60_000)
    const [first, second] = [
      await dial(old, `?topic=notifications&since=${at()}`),
      await dial(next, '?topic=notifications'),
    ]
    await commit('ending', [published(1)])
    await until(() => expect(first.events()).toHaveLength(1))
    const began_ms = performance.now()
    await administration().end(old.id)
    expect(await first.closed).toEqual([4401, 'partner/key-unknown'])
    expect(performance.now() - began_ms).toBeLessThan(5_000)
    expect(second.socket.readyState).toBe(WebSocket.OPEN)
    await second.close()
  })

  test('is opened so many times at once, whichever key opens it', async () => {
    const key = await node.partnerKey('crowded', { connections_max: 2 })
    const feeds = await Promise.all([1, 2, 3, 4].map(() => dial(key, '?topic=notifications')))
    const refused = () => feeds.filter(({ socket }) => socket.readyState === WebSocket.CLOSED)
    await until(() => expect(refused()).toHaveLength(2))
    for (const { closed } of refused()) expect(await closed).toEqual([4429, 'partner/quota'])
    for (const feed of feeds)
      expect(feed.frames.map(({ type }) => type)).toEqual(refused().includes(feed) ? ['error'] : [])
    for (const feed of feeds) await feed.close()
    const again = await dial(key, '?topic=notifications&types=box.published')
    await until(() => expect(again.frames).toMatchObject([{ type: 'welcome' }]))
    await again.close()
  })
})

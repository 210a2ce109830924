import { OpenAPIHono } from '@hono/zod-openapi'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Boxes } from '../catalog/boxes.ts'
import { createCatalog, type Catalog } from '../catalog/catalog.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { boxEditor, contentsOf, newStaff, type BoxEditor } from '../test/box-staff.ts'
import { BOX_RULES, newGuest, openTestNode, type TestNode } from '../test/node.ts'
import { addBoxes } from './boxes.ts'
import type { ServiceEnv } from './parts.ts'

let node: TestNode
let editor: BoxEditor
/** Another node over the same database, without Redis between the two. */
let other: OpenLedger
let boxes: Boxes
let catalog: Catalog
const failures: unknown[] = []
const app = new OpenAPIHono<ServiceEnv>()
const SEEN_MS = 1_000

beforeAll(async () => {
  node = await openTestNode()
  editor = boxEditor(node, await newStaff(node, '{player,admin}'))
  const failed = (error: unknown): void => void failures.push(error)
  other = await openLedger({ databaseUrl: node.url, failed })
  const { ledger, tail } = other
  catalog = createCatalog({ pool: node.pool, tail })
  boxes = new Boxes({ pool: node.pool, ledger, tail, clock: Date.now, failed, settings: BOX_RULES })
  addBoxes(app, { catalog, ledger, persons: node.persons })
})
afterAll(async () => {
  await boxes.close()
  catalog.close()
  await other.close()
  await node.close()
})

const elsewhere = async (path: string) => (await app.request(path)).json() as Promise<{ id: string; price: string }[]>
const get = (path: string, headers: Record<string, string> = {}) => node.call('GET', path, { headers })

/** Waits until the other node sees it, and returns how long that took. */
async function seen(check: (ids: readonly string[]) => boolean): Promise<number> {
  const begun = Date.now()
  await vi.waitFor(async () => expect(check((await elsewhere('/boxes/catalog')).map(({ id }) => id))).toBe(true), {
    timeout: 5_000,
    interval: 5,
  })
  return Date.now() - begun
}

test('what one node publishes or retires the other shows within a second', async () => {
  expect(await seen((ids) => ids.includes('garden-shed'))).toBeLessThan(SEEN_MS)
  await editor.published('spread')
  expect(await seen((ids) => ids.includes('spread'))).toBeLessThan(SEEN_MS)
  await editor.republished('spread', contentsOf('spread', { price: '101' }))
  const begun = Date.now()
  const newest = async () => ((await (await app.request('/boxes/spread/items')).json()) as { price: string }).price
  await vi.waitFor(async () => expect(await newest()).toBe('101'), { timeout: 5_000, interval: 5 })
  expect(Date.now() - begun).toBeLessThan(SEEN_MS)
  await editor.call('POST', '/spread/retire', {})
  expect(await seen((ids) => !ids.includes('spread'))).toBeLessThan(SEEN_MS)
})

test('two nodes ring for a planned publication, and it is published once', async () => {
  const ids = Array.from({ length: 5 }, (_, i) => `planned-${i}`)
  const at = Date.now() + 2_500
  for (const id of ids) {
    const { revision } = await editor.drafted(id)
    await editor.reported(id)
    expect((await editor.call('POST', `/${id}/publish`, { revision, at })).status).toBe(200)
  }
  await vi.waitFor(async () => expect((await Promise.all(ids.map(editor.isOnOffer))).every(Boolean)).toBe(true), {
    timeout: 10_000,
    interval: 20,
  })
  expect(Date.now()).toBeGreaterThanOrEqual(at)
  for (const id of ids) expect(await editor.events('box.published', id)).toHaveLength(1)
  expect(failures).toEqual([])
}, 60_000)

test('a report that one node draws is told by the other, and one whose node is gone is drawn anew', async () => {
  await editor.drafted('far')
  const { seed } = await editor.reported('far')
  expect((await boxes.report('main', 'far'))!).toMatchObject({ seed, state: 'done', simulation: { agrees: true } })
  await node.pool.query(
    `update box_report set simulation = null, drawn = 7, touched_at = now() - interval '1 minute' where id = 'far'`,
  )
  expect(await boxes.report('main', 'far')).toMatchObject({ state: 'broken', drawn: 7 })
  await boxes.beginReport('main', 'far')
  await vi.waitFor(async () => expect((await boxes.report('main', 'far'))!.state).toBe('done'), { timeout: 15_000 })
  expect((await boxes.report('main', 'far'))!.seed).not.toBe(seed)
})

test('answers carry a strong ETag, and what one has already is not sent again', async () => {
  for (const path of ['/boxes/catalog', '/boxes/pocket-change/items', '/boxes/meteor-reserve/items']) {
    const { status, headers } = await get(path)
    const etag = headers.get('etag')!
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, no-cache'])
    expect(etag).toMatch(/^"[\w-]{20,}"$/)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(path, { 'if-none-match': known })
      expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag])
    }
    expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200)
    expect((await app.request(path)).headers.get('etag')).toBe(etag)
  }
  expect((await get('/boxes/pocket-change/items?version=1')).headers.get('cache-control')).toMatch(/immutable/)
  expect((await get('/boxes/meteor-reserve/items?version=1')).headers.get('cache-control')).toBe('public, no-cache')
})

test('the tag changes with a version, and with what is left of a limited item', async () => {
  const tag = async (path: string) => (await get(path)).headers.get('etag')
  const { revision } = await editor.drafted('tagged', {
    prizes: contentsOf('tagged').prizes.with(0, { ...contentsOf('tagged').prizes[0]!, stock: '100' }),
  })
  const before = await tag('/boxes/catalog')
  await editor.reported('tagged')
  await editor.call('POST', '/tagged/publish', { revision })
  const published = await tag('/boxes/catalog')
  expect(published).not.toBe(before)
  const full = await tag('/boxes/tagged/items')
  const { token } = await newGuest(node)
  const { next } = (await node.call('GET', '/seeds', { token })).body
  await node.call('POST', '/seeds', { token, body: { seeds: next.seeds, clientSeed: 'ab'.repeat(32) } })
  await node.call('POST', '/transactions/open-box', { token, key: 'o', body: { box: 'tagged', count: 20 } })
  expect(await tag('/boxes/tagged/items')).not.toBe(full)
  expect(await tag('/boxes/catalog')).not.toBe(published)
})

test('of a mixed load more than 95 % is answered from memory, and /metrics says so', async () => {
  const { token } = await newGuest(node)
  const { next } = (await node.call('GET', '/seeds', { token })).body
  await node.call('POST', '/seeds', { token, body: { seeds: next.seeds, clientSeed: 'ab'.repeat(32) } })
  await editor.published('mixed')
  const before = node.catalog.asked()
  const open = (i: number) =>
    node.call('POST', '/transactions/open-box', { token, key: `m${i}`, body: { box: 'pocket-change', count: 1 } })
  for (let i = 0; i < 40; i++) {
    const reads = ['/boxes/catalog', '/boxes/garden-shed/items', '/boxes/mixed/items?version=1', '/boxes/catalog']
    const answers = await Promise.all([...reads.map((path) => get(path)), open(i), node.call('GET', '/me', { token })])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    if (i % 10 === 5) await editor.republished('mixed', contentsOf('mixed', { price: `${101 + i / 10}`.slice(0, 3) }))
  }
  const after = node.catalog.asked()
  const [hits, misses] = [after.hits - before.hits, after.misses - before.misses]
  expect(hits / (hits + misses)).toBeGreaterThan(0.95)
  const { status, body, headers } = await get('/metrics')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  const valueOf = (name: string) => Number(new RegExp(`^${name} (.+)$`, 'm').exec(body)?.[1])
  expect(valueOf('rollingdrop_catalog_hits_total')).toBe(after.hits)
  expect(valueOf('rollingdrop_catalog_misses_total')).toBe(after.misses)
  expect(valueOf('rollingdrop_catalog_hit_rate')).toBeGreaterThan(0.9)
  expect(body).toMatch(
    /^rollingdrop_http_request_duration_seconds_count\{method="GET",route="\/boxes\/:boxId\/items",status="200"\} \d+$/m,
  )
  expect(body).not.toContain('garden-shed')
  expect(valueOf('process_resident_memory_bytes')).toBeGreaterThan(1e6)
}, 60_000)

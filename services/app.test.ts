import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { BoxItems, BoxSummary } from '../schema/http.ts'
import { openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode({ requestsPerMinute: 200 })))
afterAll(() => node.close())

test('the catalogue and its boxes say price, chance and hash', async () => {
  const { body } = await node.call('GET', '/boxes/catalog')
  expect(body).toHaveLength(8)
  expect(body[0]).toMatchObject({ id: 'pocket-change', version: 1, price: '250', best: { sku: 'golden-acorn' } })
  const items = await node.call('GET', '/boxes/pocket-change/items')
  expect(items.body.hash).toBe(body[0].hash)
  const chances: number[] = items.body.prizes.map(({ chance }: { chance: number }) => chance)
  expect(chances.reduce((a, b) => a + b)).toBeCloseTo(1, 10)
  expect((await node.call('GET', '/boxes/pocket-change/items?version=1')).body).toEqual(items.body)
  const limited = [{ sku: 'pocket-universe', name: 'Pocket Universe', left: '60' }]
  expect(body.map((box: BoxSummary) => box.limited)).toEqual([...Array<undefined>(7).fill(undefined), limited])
  const meteor = await node.call('GET', '/boxes/meteor-reserve/items')
  const left = (meteor.body as BoxItems).prizes.flatMap((prize) => (prize.left === undefined ? [] : [prize]))
  expect(left).toMatchObject([{ sku: 'pocket-universe', left: '60' }])
  expect((await node.call('GET', '/boxes/pocket-change/items?version=2')).body.code).toBe('box/unknown')
  expect((await node.call('GET', '/boxes/nowhere/items')).body.code).toBe('box/unknown')
})

test('what is not there is a problem document', async () => {
  const answer = await node.call('GET', '/nowhere')
  expect(answer).toMatchObject({ status: 404, body: { code: 'request/not-found', retry: false } })
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
})

test('health says how far this node is', async () => {
  const { status, body } = await node.call('GET', '/health')
  expect(status).toBe(200)
  const head = await node.ledger.reader.head()
  expect(body).toEqual({
    status: 'ok',
    node: 'n1',
    lineage: head.lineage,
    head: `${head.seq}`,
    tail: `${node.tail.seq}`,
  })
})

test('without Postgres health is 503 and says when to ask again, and no more', async () => {
  vi.spyOn(node.ledger.reader, 'head').mockRejectedValueOnce(new Error('connect ECONNREFUSED 10.0.0.1'))
  const answer = await node.call('GET', '/health')
  expect(answer).toMatchObject({ status: 503, body: { code: 'ledger/unavailable', retry: true } })
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(JSON.stringify(answer.body)).not.toContain('ECONNREFUSED')
})

test('a bug is logged with its cause and told without', async () => {
  vi.spyOn(node.catalog, 'boxes').mockRejectedValueOnce(new Error('secret detail'))
  const answer = await node.call('GET', '/boxes/catalog')
  expect(answer).toMatchObject({ status: 500, body: { code: 'server/internal' } })
  expect(JSON.stringify(answer.body)).not.toContain('secret')
  expect(node.logged).toEqual([expect.objectContaining({ err: expect.objectContaining({ message: 'secret detail' }) })])
})

test('published entropy can be noted beforehand', async () => {
  const { body } = await node.call('GET', '/fairness/entropy')
  expect(body).toEqual({ chains: [{ id: 'c', head: 'aa', length: 8, starts_at_ms: 0, period_ms: 1000 }] })
})

test('every answer forbids what our pages do not need', async () => {
  const { headers } = await node.call('GET', '/health')
  expect(headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('the OpenAPI document lists every route, each with its answers, and refers to nothing that is missing', async () => {
  const { body: document } = await node.call('GET', '/openapi.json')
  expect(document.openapi).toBe('3.1.0')
  type Operation = {
    operationId: string
    summary: string
    responses: Record<string, unknown>
    parameters?: { name: string }[]
  }
  const listed = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
  const routed = node.app.routes
    .filter(({ method, path }) => method !== 'ALL' && path !== '/openapi.json')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect(new Set(listed.map(({ method, path }) => `${method.toUpperCase()} ${path}`))).toEqual(new Set(routed))
  expect(new Set(listed.map(({ operation }) => operation.operationId)).size).toBe(listed.length)
  for (const { path, operation } of listed) {
    const { summary, responses, parameters = [] } = operation
    expect(summary).toBeTruthy()
    expect(Object.keys(responses).some((status) => /^[23]/.test(status))).toBe(true)
    expect(Object.keys(responses)).toContain('500')
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(named))
  }
  const text = JSON.stringify(document)
  for (const [, pointer] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = pointer!.split('/').reduce<unknown>((at, word) => (at as Record<string, unknown>)?.[word], document)
    expect(found).toBeDefined()
  }
  const create = listed.find(({ operation }) => operation.operationId === 'createBattle')!
  expect(create.operation.parameters).toContainEqual(
    expect.objectContaining({ name: 'Idempotency-Key', required: true }),
  )
})

test('an address that asks too often is told to wait', async () => {
  let answer = await node.call('GET', '/nowhere')
  for (let i = 0; i < 300 && answer.status !== 429; i++) answer = await node.call('GET', '/nowhere')
  expect(answer).toMatchObject({ status: 429, body: { code: 'request/too-many' } })
  expect(answer.headers.get('content-security-policy')).toBeTruthy()
})

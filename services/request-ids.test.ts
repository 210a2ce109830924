import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { currentTrace } from '../access/trace.ts'
import { openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const headers = { 'x-request-id': 'order-1234', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }

test('an answer carries the request id and the trace it was asked with', async () => {
  const answer = await node.call('GET', '/boxes/catalog', { headers })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-request-id')).toBe('order-1234')
  expect(answer.headers.get('traceresponse')).toMatch(new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`))
})

test.each([
  ['GET', '/nowhere', 404],
  ['GET', '/me', 401],
  ['POST', '/auth/login', 400],
])('a refusal of %s %s says both in its headers and in its document', async (method, path, status) => {
  const answer = await node.call(method, path, { headers })
  expect(answer).toMatchObject({ status, body: { requestId: 'order-1234', traceId: TRACE } })
  expect(answer.headers.get('x-request-id')).toBe('order-1234')
  expect(answer.headers.get('traceresponse')).toContain(TRACE)
})

test('a request that says nothing of itself gets ids that no other one has', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => node.call('GET', '/nowhere')))
  const ids = answers.flatMap(({ body }) => [body.requestId, body.traceId] as string[])
  expect(new Set(ids).size).toBe(6)
  expect(ids.every((id) => /^[0-9a-f-]{32,36}$/.test(id))).toBe(true)
})

test('ids that are not well formed are not repeated to anybody', async () => {
  const odd = { 'x-request-id': 'ann@example.com', traceparent: 'a trace' }
  const answer = await node.call('GET', '/nowhere', { headers: odd })
  expect(JSON.stringify([answer.body, ...answer.headers])).not.toMatch(/ann@|a trace/)
})

test('what happens while a request is answered knows which request it is', async () => {
  let seen: string | undefined
  vi.spyOn(node.catalog, 'boxes').mockImplementationOnce(async () => {
    await Promise.resolve()
    seen = currentTrace()?.requestId
    return []
  })
  await node.call('GET', '/boxes/catalog', { headers })
  expect(seen).toBe('order-1234')
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const money = 'play:CREDIT'
const set = (token: string | undefined, key: string | undefined, body: unknown, asset = money) =>
  node.call('PUT', `/limits/${asset}`, { ...(token && { token }), ...(key && { key }), body })
const codeOf = async (...asked: Parameters<typeof set>) => (await set(...asked)).body.code

test('a limit is told, holds against openings over HTTP, and is set once for a key', async () => {
  const { token } = await newGuest(node)
  expect((await node.call('GET', '/limits', { token })).body).toEqual([])
  const limit = { asset: money, amount: '500', left: '500', raise: null }
  const answers = await Promise.all([1, 2, 3].map(() => set(token, 'k', { amount: '500' })))
  for (const { status, body } of answers) expect([status, body]).toEqual([200, [limit]])
  const { next } = (await node.call('GET', '/seeds', { token })).body
  await node.call('POST', '/seeds', { token, body: { seeds: next.seeds, clientSeed: 'ab'.repeat(32) } })
  const open = (key: string, count: number) =>
    node.call('POST', '/transactions/open-box', { token, key, body: { box: 'pocket-change', count } })
  expect((await open('a', 3)).body.code).toBe('limit/exceeded')
  expect((await open('b', 2)).status).toBe(200)
  expect((await open('c', 1)).body.code).toBe('limit/exceeded')
  expect((await node.call('GET', '/limits', { token })).body).toEqual([{ ...limit, left: '0' }])
})

test('one that is raised or taken away waits a day, and a second wish meanwhile is refused', async () => {
  const { token } = await newGuest(node)
  await set(token, 'a', { amount: '500' })
  const { body } = await set(token, 'b', { amount: null })
  expect(body).toMatchObject([{ amount: '500', raise: { amount: null } }])
  expect(body[0].raise.from_ms).toBeGreaterThan(Date.now() + 23 * 3_600_000)
  expect(await codeOf(token, 'c', { amount: '900' })).toBe('limit/raise-too-soon')
})

test('what is missing, wrong or no money is refused with its code, and there is no limit then', async () => {
  const { token } = await newGuest(node)
  expect((await node.call('GET', '/limits')).body.code).toBe('auth/token-missing')
  expect(await codeOf(undefined, 'a', { amount: '1' })).toBe('auth/token-missing')
  expect(await codeOf(token, undefined, { amount: '1' })).toBe('request/key-missing')
  for (const body of [{}, { amount: '-1' }, { amount: 1 }, { amount: '1.5' }, { amount: '1', asset: money }])
    expect(await codeOf(token, 'a', body)).toBe('request/invalid')
  for (const asset of ['play:item:lucky-penny', 'nonsense!', 'play:budget:CREDIT', 'x'.repeat(101)])
    expect(await codeOf(token, 'a', { amount: '1' }, asset)).toBe('request/invalid')
  expect(await codeOf(token, 'b', { amount: null })).toBe('request/invalid')
  expect((await node.call('GET', '/limits', { token })).body).toEqual([])
  expect(await codeOf(token, 'c', { amount: '1' })).toBe(undefined)
  expect(await codeOf(token, 'c', { amount: '2' })).toBe('request/key-reused')
})

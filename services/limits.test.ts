import { afterAll, beforeAll, expect, test } from 'vitest'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const money = 'play:CREDIT'
const set = (token: string | undefined, key: string | undefined, body: unknown, which = `loss/${money}`) =>
  node.call('PUT', `/limits/${which}`, { ...(token && { token }), ...(key && { key }), body })
const codeOf = async (...asked: Parameters<typeof set>) => (await set(...asked)).body.code
const limitsOf = async (token: string) => (await node.call('GET', '/limits', { token })).body

async function player(): Promise<string> {
  const { token } = await newGuest(node)
  const { next } = (await node.call('GET', '/seeds', { token })).body
  await node.call('POST', '/seeds', { token, body: { seeds: next.seeds, clientSeed: 'ab'.repeat(32) } })
  return token
}
const open = (token: string, key: string, count = 1) =>
  node.call('POST', '/transactions/open-box', { token, key, body: { box: 'pocket-change', count } })
const battle = (token: string, key: string, wanted = {}) =>
  node.call('POST', '/battles', {
    token,
    key,
    body: {
      mode: 'standard',
      rounds: ['pocket-change'],
      seats: 2,
      unlisted: false,
      clientSeed: 'cd'.repeat(32),
      ...wanted,
    },
  })

test('a limit is told, holds against openings over HTTP, and is set once for a key', async () => {
  const token = await player()
  expect(await limitsOf(token)).toMatchObject({ limits: [], exclusion: null })
  const limit = { kind: 'loss', asset: money, amount: '500', left: '500', raise: null }
  const answers = await Promise.all([1, 2, 3].map(() => set(token, 'k', { amount: '500' })))
  for (const { status, body } of answers) expect([status, body.limits]).toEqual([200, [limit]])
  expect((await open(token, 'a', 3)).body.code).toBe('limit/exceeded')
  expect((await open(token, 'b', 2)).status).toBe(200)
  expect((await open(token, 'c')).body.code).toBe('limit/exceeded')
  expect((await limitsOf(token)).limits).toEqual([{ ...limit, left: '0' }])
})

test('a seat in a battle, and what is sponsored of others, counts as an opening does', async () => {
  const token = await player()
  await set(token, 'k', { amount: '700' })
  expect((await battle(token, 'a', { seats: 3, sponsor: 100 })).body.code).toBe('limit/exceeded')
  expect((await battle(token, 'b', { sponsor: 50 })).status).toBe(201)
  expect((await limitsOf(token)).limits).toMatchObject([{ left: '325' }])
  expect([(await battle(token, 'c')).status, (await battle(token, 'd')).body.code]).toEqual([201, 'limit/exceeded'])
})

test('one that is raised or taken away waits a day, and a second wish meanwhile is refused', async () => {
  const { token } = await newGuest(node)
  await set(token, 'a', { amount: '500' })
  const { limits } = (await set(token, 'b', { amount: null })).body
  expect(limits).toMatchObject([{ amount: '500', raise: { amount: null } }])
  expect(limits[0].raise.from_ms).toBeGreaterThan(Date.now() + 23 * 3_600_000)
  expect(await codeOf(token, 'c', { amount: '900' })).toBe('limit/raise-too-soon')
})

test('there is one of each kind, and each is told', async () => {
  const { token } = await newGuest(node)
  await set(token, 'a', { amount: '500' })
  await set(token, 'b', { amount: '60' }, 'session/minutes')
  await set(token, 'c', { amount: '900' }, 'deposit/USD')
  const { limits } = await limitsOf(token)
  expect(limits.map(({ kind, asset, left }: never) => [kind, asset, left])).toEqual([
    ['loss', money, '500'],
    ['session', 'minutes', '60'],
    ['deposit', 'USD', '900'],
  ])
})

test('who excludes themselves plays no more until then; for longer they are signed out as well', async () => {
  const token = await player()
  const exclude = (key: string, body: unknown) => node.call('POST', '/limits/exclusion', { token, key, body })
  const answers = await Promise.all([1, 2].map(() => exclude('k', { kind: 'cool-off', hours: 1 })))
  const [first, second] = answers.map(({ body }) => body.exclusion)
  expect(first).toEqual(second)
  expect(first.until_ms).toBeGreaterThan(Date.now() + 3_500_000)
  const refused = (await open(token, 'a')).body
  expect([refused.code, refused.details]).toEqual(['limit/excluded', first])
  expect((await battle(token, 'b')).body.code).toBe('limit/excluded')
  expect((await exclude('l', { kind: 'self-exclusion', days: 183 })).status).toBe(200)
  expect((await node.call('GET', '/limits', { token })).body.code).toBe('auth/revoked')
})

test('what is missing, wrong or no money is refused with its code, and there is no limit then', async () => {
  const { token } = await newGuest(node)
  expect((await node.call('GET', '/limits')).body.code).toBe('auth/token-missing')
  expect(await codeOf(undefined, 'a', { amount: '1' })).toBe('auth/token-missing')
  expect(await codeOf(token, undefined, { amount: '1' })).toBe('request/key-missing')
  for (const body of [{}, { amount: '-1' }, { amount: 1 }, { amount: '1.5' }, { amount: '1', asset: money }])
    expect(await codeOf(token, 'a', body)).toBe('request/invalid')
  const wrong = ['loss/play:item:lucky-penny', 'loss/nonsense!', `loss/${'x'.repeat(101)}`, 'session/USD', 'luck/USD']
  for (const which of wrong) expect(await codeOf(token, 'a', { amount: '1' }, which)).toBe('request/invalid')
  expect(await codeOf(token, 'b', { amount: null })).toBe('request/invalid')
  expect((await limitsOf(token)).limits).toEqual([])
  expect(await codeOf(token, 'c', { amount: '1' })).toBe(undefined)
  expect(await codeOf(token, 'c', { amount: '2' })).toBe('request/key-reused')
  for (const body of [{ kind: 'cool-off', hours: 2 }, { kind: 'self-exclusion', days: 1 }, { kind: 'for ever' }])
    expect((await node.call('POST', '/limits/exclusion', { token, key: 'd', body })).body.code).toBe('request/invalid')
})

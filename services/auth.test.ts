import { afterAll, beforeAll, expect, test } from 'vitest'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode({ guestsPerMinute: 20, trustedProxies: ['10.0.0.0/8'] })))
afterAll(() => node.close())

test('a guest is who the token says, until logging out', async () => {
  const { user, token, refreshToken } = await newGuest(node)
  const validated = await node.call('GET', '/auth/validate', { token })
  expect(validated).toMatchObject({ status: 200, body: { user: { ...user, roles: ['player'] }, tenant: 'main' } })
  const me = await node.call('GET', '/me', { token })
  expect(me.body).toEqual({
    user: { ...user, roles: ['player'] },
    balances: [{ asset: 'play:CREDIT', balance: '100000', held: '0' }],
    levels: [],
  })
  expect(me.headers.get('cache-control')).toBe('no-store')
  expect((await node.call('POST', '/auth/logout', { token, body: { refreshToken } })).status).toBe(204)
  const after = await node.call('GET', '/me', { token })
  expect(after).toMatchObject({ status: 401, body: { code: 'auth/revoked', retry: false } })
})

test('the access token alone ends its session too', async () => {
  const { token } = await newGuest(node)
  expect((await node.call('POST', '/auth/logout', { token })).status).toBe(204)
  expect((await node.call('GET', '/me', { token })).body.code).toBe('auth/revoked')
  expect((await node.call('POST', '/auth/logout')).body.code).toBe('auth/token-missing')
})

test('missing, malformed and forged tokens are refused with a challenge', async () => {
  const missing = await node.call('GET', '/me')
  expect(missing).toMatchObject({ status: 401, body: { code: 'auth/token-missing' } })
  expect(missing.headers.get('www-authenticate')).toBe('Bearer')
  expect(missing.headers.get('content-type')).toBe('application/problem+json')
  const basic = await node.call('GET', '/me', { headers: { authorization: 'Basic abc' } })
  expect(basic.body.code).toBe('auth/token-invalid')
  const { token } = await newGuest(node)
  expect((await node.call('GET', '/me', { token: `${token}x` })).body.code).toBe('auth/token-invalid')
})

test('a refresh token gives the next tokens', async () => {
  const { refreshToken, user } = await newGuest(node)
  const next = await node.call('POST', '/auth/refresh', { body: { refreshToken } })
  expect(next).toMatchObject({ status: 200, body: { user } })
  expect(next.body.refreshToken).not.toBe(refreshToken)
  const unknown = await node.call('POST', '/auth/refresh', { body: { refreshToken: 'nonsense' } })
  expect(unknown.body.code).toBe('auth/token-invalid')
})

test('too many new guests from one address hear when to come back', async () => {
  const refused = async () => {
    for (;;) {
      const answer = await node.call('POST', '/auth/guest')
      if (answer.status !== 201) return answer
    }
  }
  const answer = await refused()
  expect(answer).toMatchObject({ status: 429, body: { code: 'request/too-many', retry: true } })
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  const spoofed = await node.call('POST', '/auth/guest', { headers: { 'x-forwarded-for': '203.0.113.9' } })
  expect(spoofed.status).toBe(429)
})

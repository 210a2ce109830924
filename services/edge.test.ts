import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

const SHOP = 'https://shop.example'
const OTHER = 'https://other.example'
let node: TestNode
beforeAll(async () => void (node = await openTestNode({ userRequestsPerMinute: 30, commandsPerMinute: 20 })))
afterAll(() => node.close())

const preflight = (origin: string) => ({
  headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
})

describe('limits', () => {
  test('every answer says what is left of the limit that counted last, and when there is all of it again', async () => {
    const open = await node.call('GET', '/boxes/catalog')
    expect(open.headers.get('ratelimit-policy')).toMatch(/^"address";q=1000000;w=60$/)
    expect(open.headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+$/)
    const { token } = await newGuest(node)
    const own = await node.call('GET', '/me', { token })
    expect(own.headers.get('ratelimit-policy')).toBe('"user";q=30;w=60')
    expect(own.headers.get('ratelimit')).toBe('"user";r=29;t=60')
  })

  test('a user who asks too often hears when to come back, on every route, and others hear nothing of it', async () => {
    const [ann, bob] = [await newGuest(node), await newGuest(node)]
    for (let n = 0; n < 30; n++) await node.call('GET', '/me', { token: ann.token })
    for (const path of ['/me', '/seeds', '/transactions/history']) {
      const refused = await node.call('GET', path, { token: ann.token })
      expect(refused).toMatchObject({ status: 429, body: { code: 'request/too-many', retry: true } })
      const wait_s = Number(refused.headers.get('retry-after'))
      expect(wait_s).toBeGreaterThan(0)
      expect(wait_s).toBeLessThanOrEqual(60)
    }
    expect((await node.call('GET', '/me', { token: bob.token })).status).toBe(200)
  })

  test.each([
    ['/auth/login', 9000],
    ['/transactions/open-box', 70_000],
    ['/analytics/events', 1_100_000],
  ])('a body for %s of %i bytes is refused before it is read', async (path, bytes) => {
    const body = JSON.stringify({ filler: 'x'.repeat(bytes) })
    expect(await node.call('POST', path, { body })).toMatchObject({ status: 413, body: { code: 'request/too-large' } })
  })
})

describe('origins', () => {
  test('a partner’s page may ask what it may do, and is told; any other is refused', async () => {
    vi.spyOn(node.domains, 'isAnyones').mockImplementation(async (origin) => origin === SHOP)
    const known = await node.call('OPTIONS', '/transactions/open-box', preflight(SHOP))
    expect(known.status).toBe(204)
    expect(known.headers.get('access-control-allow-origin')).toBe(SHOP)
    expect(known.headers.get('access-control-allow-headers')).toContain('idempotency-key')
    expect(known.headers.get('access-control-allow-credentials')).toBeNull()
    for (const origin of [OTHER, 'null', 'http://shop.example', 'https://shop.example.evil.example']) {
      const refused = await node.call('OPTIONS', '/transactions/open-box', preflight(origin))
      expect(refused).toMatchObject({ status: 403, body: { code: 'auth/forbidden' } })
      expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  test('a page may act for users of the tenant that has named it, and for nobody else', async () => {
    vi.spyOn(node.domains, 'isAnyones').mockImplementation(async () => true)
    vi.spyOn(node.domains, 'domainsOf').mockImplementation(async (tenant) => (tenant === 'main' ? [SHOP] : [OTHER]))
    const { token } = await newGuest(node)
    const own = await node.call('GET', '/me', { token, headers: { origin: SHOP } })
    expect(own.status).toBe(200)
    expect(own.headers.get('access-control-allow-origin')).toBe(SHOP)
    expect(own.headers.get('access-control-expose-headers')).toContain('retry-after')
    const foreign = await node.call('GET', '/me', { token, headers: { origin: OTHER } })
    expect(foreign).toMatchObject({ status: 403, body: { code: 'auth/forbidden' } })
  })

  test.each(['http://site.test', 'http://other-name.test:8080'])(
    'our own page at %s needs no leave',
    async (origin) => {
      const { token } = await newGuest(node)
      const headers = { origin, host: 'other-name.test:8080' }
      expect((await node.call('GET', '/me', { token, headers })).status).toBe(200)
    },
  )

  test('what is public is public: only what a page may read of it depends on where it comes from', async () => {
    vi.spyOn(node.domains, 'isAnyones').mockImplementation(async (origin) => origin === SHOP)
    for (const [origin, allowed] of [
      [SHOP, SHOP],
      [OTHER, null],
    ] as const) {
      const answer = await node.call('GET', '/boxes/catalog', { headers: { origin } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('access-control-allow-origin')).toBe(allowed)
      expect(answer.headers.get('vary')).toMatch(/origin/i)
    }
  })
})

describe('headers', () => {
  test('an answer in JSON may be shown nowhere, guessed as nothing else and told no further', async () => {
    const { headers } = await node.call('GET', '/boxes/catalog')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('permissions-policy')).toContain('camera=()')
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('server')).toBeNull()
    expect(headers.get('strict-transport-security')).toBeNull()
  })

  test('what is somebody’s own is kept by no cache, a refusal neither', async () => {
    const { token } = await newGuest(node)
    for (const answer of [await node.call('GET', '/me', { token }), await node.call('GET', '/me')])
      expect(answer.headers.get('cache-control')).toBe('no-store')
  })
})

import { expect, test } from 'vitest'
import type { Tokens } from '../schema/http.ts'
import { Caller } from './caller.ts'
import { exchangeOver } from './exchange.ts'
import { FakeClock } from './fake-clock.ts'
import { Identity } from './identity.ts'
import { memoryTokens } from './tokens.ts'

type Sent = Readonly<{ path: string; method: string; headers: Record<string, string>; body: unknown }>
type Reply = Response | Error

const BASE = 'http://server'

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

function problem(code: string, status: number, headers: Record<string, string> = {}): Response {
  return json({ code, status, details: { why: 'because' } }, status, headers)
}

/** A JWT that lives for `life_s` by the server's clock, which may be far from ours. */
function tokensFor(name: string, { life_s = 900, expiresAt = 2_000_000_000_000, guest = true } = {}): Tokens {
  const payload = btoa(JSON.stringify({ iat: 5000, exp: 5000 + life_s, name }))
  const token = `${name}.${payload}.signature`
  return { user: { id: name, name, guest }, token, refreshToken: `refresh-${name}`, expiresAt }
}

/** A caller before a server that answers as `answer` says. */
function callerBefore(answer: (request: Sent, count: number) => Reply, kept: Tokens | null = tokensFor('kept')) {
  const clock = new FakeClock()
  const sent: Sent[] = []
  const store = memoryTokens()
  store.save(kept)
  const fetchWith = (async (url: string, init: RequestInit) => {
    const request: Sent = {
      path: url.slice(BASE.length),
      method: init.method!,
      headers: init.headers as Record<string, string>,
      body: init.body === undefined ? undefined : JSON.parse(init.body as string),
    }
    const count = sent.push(request)
    await Promise.resolve()
    const reply = answer(request, count)
    if (reply instanceof Error) throw reply
    return reply
  }) as typeof fetch
  const exchange = exchangeOver(fetchWith)
  const identity = new Identity({ base: BASE, store, exchange, clock })
  return { caller: new Caller({ base: BASE, exchange, identity, clock }), identity, clock, sent, store }
}

const paths = (sent: readonly Sent[]) => sent.map(({ path }) => path)

test('a call carries the token and gives the parsed body', async () => {
  const { caller, sent } = callerBefore(() => json({ fine: true }))
  expect(await caller.get('/battles', { status: 'open', cursor: undefined })).toEqual({ fine: true })
  expect(sent[0]).toMatchObject({
    path: '/battles?status=open',
    headers: { authorization: `Bearer ${tokensFor('kept').token}` },
  })
})

test('a refusal is a RollingDropError with code and details', async () => {
  const { caller } = callerBefore(() => problem('battle/unknown', 404))
  await expect(caller.get('/battles/x')).rejects.toMatchObject({ code: 'battle/unknown', details: { why: 'because' } })
})

test.each([
  [new Response('<html>', { status: 502 }), 'matchmaking/unavailable'],
  [new Response('', { status: 404 }), 'request/not-found'],
  [problem('no/such-code', 418), 'request/invalid'],
  [new TypeError('fetch failed'), 'matchmaking/unavailable'],
  [new Response('{', { headers: { 'content-type': 'application/json' } }), 'matchmaking/unavailable'],
])('what is not of our making becomes one of our codes: %#', async (reply, code) => {
  const { caller } = callerBefore(() => reply)
  await expect(caller.call({ method: 'POST', path: '/x' })).rejects.toMatchObject({ code })
})

test('without tokens a guest is made, once for all calls that wait', async () => {
  const { caller, sent } = callerBefore(({ path }) => json(path === '/auth/guest' ? tokensFor('guest') : {}), null)
  await Promise.all([caller.get('/me'), caller.get('/me'), caller.get('/boxes/catalog')])
  expect(paths(sent).filter((path) => path === '/auth/guest')).toHaveLength(1)
  expect(sent.at(-1)?.headers.authorization).toBe(`Bearer ${tokensFor('guest').token}`)
})

test('a token that is nearly over is refreshed before the call, once for all', async () => {
  const { caller, sent, store } = callerBefore(
    ({ path }) => json(path === '/auth/refresh' ? tokensFor('next') : {}),
    tokensFor('old', { expiresAt: 1_010_000 }),
  )
  await Promise.all([caller.get('/me'), caller.get('/me')])
  expect(paths(sent)).toEqual(['/auth/refresh', '/me', '/me'])
  expect(sent[0]?.body).toEqual({ refreshToken: 'refresh-old' })
  expect(store.load()?.user.id).toBe('next')
})

test('a clock hours ahead of the server does not refresh before every call', async () => {
  const late = { expiresAt: 10_000 }
  const { caller, sent, clock } = callerBefore(
    ({ path }) => json(path === '/auth/refresh' ? tokensFor('next', late) : {}),
    tokensFor('old', late),
  )
  for (let i = 0; i < 5; i++) await caller.get('/me')
  expect(paths(sent).filter((path) => path === '/auth/refresh')).toHaveLength(1)
  await clock.pass(880_000)
  await caller.get('/me')
  expect(paths(sent).filter((path) => path === '/auth/refresh')).toHaveLength(2)
})

test('a refused token is renewed and the call repeated, also one that may not be sent twice', async () => {
  const { caller, sent } = callerBefore(({ path, headers }) => {
    if (path === '/auth/refresh') return json(tokensFor('next'))
    return headers.authorization?.includes('next') ? json({ done: true }) : problem('auth/token-expired', 401)
  })
  expect(await caller.call({ method: 'POST', path: '/x' })).toEqual({ done: true })
  expect(paths(sent)).toEqual(['/x', '/auth/refresh', '/x'])
})

test('a second refusal is told, not tried for ever', async () => {
  const { caller, sent } = callerBefore(({ path }) =>
    path === '/auth/refresh' ? json(tokensFor('next')) : problem('auth/token-invalid', 401),
  )
  await expect(caller.call({ method: 'POST', path: '/x' })).rejects.toMatchObject({ code: 'auth/token-invalid' })
  expect(sent).toHaveLength(3)
})

test('a guest nobody knows any more becomes a new guest; a user is asked to sign in', async () => {
  const answer = ({ path }: Sent) => {
    if (path === '/auth/guest') return json(tokensFor('new'))
    return path === '/auth/refresh' ? problem('auth/token-invalid', 401) : problem('auth/token-invalid', 401)
  }
  const guest = callerBefore(answer)
  await guest.identity.renew(tokensFor('kept').token)
  expect(guest.store.load()?.user.id).toBe('new')
  const user = callerBefore(answer, tokensFor('member', { guest: false }))
  await expect(user.identity.renew(tokensFor('member').token)).rejects.toMatchObject({ code: 'auth/token-invalid' })
  expect(user.store.load()).toBeNull()
})

test('a session that was ended is told and forgotten', async () => {
  const { caller, store, sent } = callerBefore(() => problem('auth/revoked', 401))
  await expect(caller.get('/me')).rejects.toMatchObject({ code: 'auth/revoked' })
  expect(store.load()).toBeNull()
  expect(sent).toHaveLength(1)
})

test('tokens that another tab has renewed meanwhile are taken over', async () => {
  const { identity, store, sent } = callerBefore(() => json({}))
  store.save(tokensFor('other-tab'))
  expect((await identity.renew(tokensFor('kept').token)).user.id).toBe('other-tab')
  expect(sent).toEqual([])
})

test('an idempotent call is tried again where the code says so, with one and the same key', async () => {
  const { caller, clock, sent } = callerBefore((_, count) => {
    if (count === 1) return new TypeError('fetch failed')
    return count < 4 ? problem('ledger/overloaded', 503) : json({ id: 'b' })
  })
  const creating = caller.post('/battles', { seats: 2 })
  await clock.pass(10_000)
  expect(await creating).toEqual({ id: 'b' })
  expect(new Set(sent.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(sent).toHaveLength(4)
})

test('two logical calls have two keys', async () => {
  const { caller, sent } = callerBefore(() => json({}))
  await caller.post('/battles', {})
  await caller.post('/battles', {})
  expect(new Set(sent.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
})

test('a call without a key, and one refused for good, is sent once', async () => {
  const { caller, sent } = callerBefore(({ path }) =>
    path === '/a' ? problem('server/internal', 500) : problem('ledger/insufficient', 402),
  )
  await expect(caller.call({ method: 'POST', path: '/a' })).rejects.toMatchObject({ code: 'server/internal' })
  await expect(caller.post('/b', {})).rejects.toMatchObject({ code: 'ledger/insufficient' })
  expect(sent).toHaveLength(2)
})

test('it waits as long as the server asks, and gives up when that is too long', async () => {
  const wait = (seconds: string) => problem('request/too-many', 429, { 'retry-after': seconds })
  const short = callerBefore((_, count) => (count === 1 ? wait('5') : json({ fine: true })))
  const waiting = short.caller.get('/me')
  await short.clock.pass(4900)
  expect(short.sent).toHaveLength(1)
  await short.clock.pass(200)
  expect(await waiting).toEqual({ fine: true })
  const long = callerBefore(() => wait('60'))
  await expect(long.caller.get('/me')).rejects.toMatchObject({ code: 'request/too-many' })
  expect(long.sent).toHaveLength(1)
})

import { randomBytes } from 'node:crypto'
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { newGuest, openTestNode, TOKEN_TTL_S, type TestNode } from '../test/node.ts'
import { KeyAdministration } from './key-administration.ts'
import { createSealer } from './seal.ts'
import { PUBLISHED_MS, SigningKeyStore } from './signing-key.ts'
import { SigningKeys } from './signing-keys.ts'

const DAY_MS = 86_400_000
const TTL_MS = TOKEN_TTL_S * 1000

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const coded = (code: string) => expect.objectContaining({ code })
const kidOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid
const storeOf = (secretKey = node.secretKey) => new SigningKeyStore(node.pool, createSealer(secretKey))
const administration = () => new KeyAdministration({ store: storeOf(), ledger: node.ledger, clock: Date.now })

/** The keys of a node whose clock the test moves. */
async function keysAt(clock: { now_ms: number }, secretKey = node.secretKey): Promise<SigningKeys> {
  const { tail } = node
  const parts = { store: storeOf(secretKey), tail, tokenTtl_s: TOKEN_TTL_S, rotate_ms: 30 * DAY_MS }
  return SigningKeys.open({ ...parts, clock: () => clock.now_ms })
}

test('a stranger checks a token by the published keys alone', async () => {
  const { token, user } = await newGuest(node)
  const answer = await node.call('GET', '/.well-known/jwks.json')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
  expect(JSON.stringify(answer.body)).not.toMatch(/"d"|sealed/)
  const ask = () => Promise.resolve(Response.json(answer.body))
  const keys = createRemoteJWKSet(new URL('http://node.test/.well-known/jwks.json'), { [customFetch]: ask })
  expect((await jwtVerify(token, keys)).payload.sub).toBe(user.id)
})

test('the private part of a key rests sealed', async () => {
  const { rows } = await node.pool.query<{ sealed_key: string }>('select sealed_key from signing_key')
  for (const { sealed_key } of rows) expect(Buffer.from(sealed_key, 'base64url').toString('latin1')).not.toMatch(/\+ep/)
  expect((await storeOf(randomBytes(32)).all()).map(({ privateKey }) => privateKey)).toEqual(rows.map(() => undefined))
})

test('nodes that start at once on an empty database sign with one key', async () => {
  await node.pool.query('delete from signing_key')
  const clock = { now_ms: Date.now() }
  const nodes = await Promise.all([1, 2, 3, 4].map(() => keysAt(clock)))
  expect(new Set(nodes.map((keys) => keys.signer().kid)).size).toBe(1)
  expect(nodes[0]!.published()).toHaveLength(1)
  for (const keys of nodes) keys.close()
})

test('a key is published before it signs, and stays until all it has signed has expired', async () => {
  await node.pool.query('delete from signing_key')
  const clock = { now_ms: Date.now() }
  const [ours, others] = [await keysAt(clock), await keysAt(clock)]
  const first = ours.signer().kid
  const published = async (keys: SigningKeys) => {
    await keys.look()
    return keys.published().map(({ kid }) => kid)
  }
  clock.now_ms += 30 * DAY_MS - PUBLISHED_MS - 1
  expect(await published(ours)).toEqual([first])
  clock.now_ms++
  const [, second = ''] = await published(ours)
  expect(await published(others)).toEqual([first, second])
  expect(ours.signer().kid).toBe(first)
  clock.now_ms += PUBLISHED_MS
  for (const keys of [ours, others]) expect(keys.signer().kid).toBe(second)
  clock.now_ms += TTL_MS
  expect(await published(ours)).toEqual([first, second])
  expect(await ours.find(first)).toMatchObject({ type: 'public' })
  clock.now_ms += 60_000
  await ours.look()
  expect(await published(ours)).toEqual([second])
  expect(await others.find('nobody')).toBeUndefined()
  for (const keys of [ours, others]) keys.close()
})

test('a node that does not know a key yet finds it, and reads no more than once a second for those who make keys up', async () => {
  const clock = { now_ms: Date.now() }
  const keys = await keysAt(clock)
  const made = (await storeOf().rotate(clock.now_ms, () => true)).at(-1)!
  const query = vi.spyOn(node.pool, 'query')
  const asked = await Promise.all(
    [made.kid, ...Array.from({ length: 500 }, (_, i) => `made-up-${i}`)].map((kid) => keys.find(kid)),
  )
  expect(asked[0]).toMatchObject({ type: 'public' })
  expect(asked.slice(1)).toEqual(Array.from({ length: 500 }, () => undefined))
  const began_ms = performance.now()
  await keys.find('made-up-again')
  expect(performance.now() - began_ms).toBeGreaterThan(500)
  expect(query).toHaveBeenCalledTimes(2)
  query.mockRestore()
  keys.close()
})

test('where the secret key was changed tokens of before are good, and a key of the new one signs', async () => {
  const clock = { now_ms: Date.now() }
  const before = await keysAt(clock)
  const after = await keysAt(clock, randomBytes(32))
  expect(after.signer().kid).not.toBe(before.signer().kid)
  expect(await after.find(before.signer().kid)).toMatchObject({ type: 'public' })
  await before.look()
  expect(await before.find(after.signer().kid)).toMatchObject({ type: 'public' })
  clock.now_ms += TTL_MS + 120_000
  await Promise.all([before.look(), after.look()])
  expect(before.isGood(before.signer().kid)).toBe(true)
  expect(after.isGood(after.signer().kid)).toBe(true)
  for (const keys of [before, after]) keys.close()
})

test('an ended key’s tokens are refused on every node within 5 s, sockets’ too, and their owners get new ones', async () => {
  const [one, other] = [await node.accessAhead(0), await node.accessAhead(0)]
  const { token, refreshToken } = await one.guest()
  const principal = await other.authenticate(token)
  expect(other.isKeyEnded(principal)).toBe(false)
  expect(await administration().end(kidOf(token))).toBe(true)
  for (const access of [one, other]) {
    const refused = () => expect(access.authenticate(token)).rejects.toEqual(coded('auth/token-expired'))
    await vi.waitFor(refused, { timeout: 5_000, interval: 20 })
    expect(access.isKeyEnded(principal)).toBe(true)
    expect(access.publicKeys().map(({ kid }) => kid)).not.toContain(kidOf(token))
  }
  const fresh = await vi.waitFor(async () => {
    const next = await other.refresh(refreshToken)
    expect(kidOf(next.token)).not.toBe(kidOf(token))
    return next
  })
  const later = await node.accessAhead(0)
  for (const access of [one, other, later]) expect((await access.authenticate(fresh.token)).user).toBe(principal.user)
  expect(await administration().end('nobody')).toBe(false)
  for (const access of [one, other, later]) access.close()
})

test('what is done to keys stands in the chain', async () => {
  const { kid, signs_from_ms } = await administration().rotate()
  expect(signs_from_ms - Date.now()).toBeGreaterThan(PUBLISHED_MS - 60_000)
  await administration().end(kid)
  const events = await node.ledger.reader.events({ since: 0n, limit: 1000, type: 'staff.acted', tenant: 'main' })
  expect(events.slice(-2).map(({ payload }) => payload)).toMatchObject([
    { by: 'console', action: 'signing-key.rotate', object: `signing-key:${kid}` },
    { by: 'console', action: 'signing-key.end', object: `signing-key:${kid}` },
  ])
})

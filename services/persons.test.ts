import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Principal } from '../access/access.ts'
import { startKycSandbox, type KycSandbox } from '../access/persons/kyc-sandbox-server.ts'
import { signedHeaders } from '../access/persons/kyc-signature.ts'
import { createPersons } from '../access/persons/persons.ts'
import { createSandboxKyc } from '../access/persons/sandbox-kyc.ts'
import { createSealer } from '../access/seal.ts'
import { toAsset } from '../schema/asset.ts'
import { toRollingDropError } from '../schema/errors.ts'
import { boxEditor } from '../test/box-staff.ts'
import { PLAY_RULES } from '../test/limits.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

const SECRET = 'between the two'
const USD = toAsset('USD')
let node: TestNode
let server: Server
let sandbox: KycSandbox
let webhookUrl = 'http://127.0.0.1:1'
const failures: unknown[] = []

beforeAll(async () => {
  const failed = (error: unknown) => void failures.push(error)
  sandbox = await startKycSandbox({ secret: SECRET, failed, webhookUrl: () => webhookUrl })
  const kyc = createSandboxKyc({ url: sandbox.url, secret: SECRET, clock: Date.now })
  node = await openTestNode({}, { kyc })
  server = createServer((request, response) => void getRequestListener(node.app.fetch)(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/persons/webhooks/sandbox`
})
afterAll(async () => {
  await sandbox.close()
  server.close()
  await node.close()
})

const GROWN = { birthDate: '1990-02-28', country: 'DE' }
const state = (token: string, body: unknown) => node.call('PUT', '/person', { token, body })
const person = async (token: string) => (await node.call('GET', '/person', { token })).body
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'no refusal',
    (cause: unknown) => toRollingDropError(cause).code,
  )

async function somebody(): Promise<{ token: string; principal: Principal }> {
  const { token } = await newGuest(node)
  return { token, principal: await node.access.authenticate(token) }
}

/** Somebody of the staff, by the role as it stands in a token. */
async function staff(...roles: string[]): Promise<{ token: string; principal: Principal }> {
  const { principal } = await somebody()
  await node.pool.query('update app_user set roles = $2 where id = $1', [principal.user, roles])
  const user = { id: principal.user, name: 'Sam', guest: false, tenant: 'main', roles: roles as Principal['roles'] }
  const { token } = await node.access.signIn(user)
  return { token, principal: await node.access.authenticate(token) }
}

describe('what a person says of themselves', () => {
  test('is told to them, decides about real money, and rests where nobody can read it', async () => {
    const { token, principal } = await somebody()
    expect(await person(token)).toEqual({
      birthDate: null,
      country: null,
      refusal: 'person/age-unknown',
      proof: 'none',
    })
    expect((await state(token, GROWN)).body).toEqual({ ...GROWN, refusal: null, proof: 'none' })
    const { rows } = await node.pool.query('select * from person_standing where user_id = $1', [principal.user])
    expect(JSON.stringify(rows)).not.toContain('1990')
    const events = await node.ledger.reader.events({ since: 0n, limit: 1_000, tenant: 'main' })
    const stated = events.filter(({ type, payload }) => type === 'person.stated' && payload['user'] === principal.user)
    expect(stated.map(({ payload }) => payload)).toEqual([{ user: principal.user }])
  })

  test('is a date of birth once, and a country that may change', async () => {
    const { token } = await somebody()
    await state(token, GROWN)
    expect((await state(token, { ...GROWN, birthDate: '1991-02-28' })).body.code).toBe('person/stated')
    expect((await state(token, { ...GROWN, country: 'BE' })).body).toMatchObject({ refusal: 'box/not-sold-here' })
  })

  test.each([{ birthDate: '2999-01-01' }, { birthDate: '1850-01-01' }, { birthDate: '1990-02-30' }, { country: 'de' }])(
    'is refused where it cannot be: %o',
    async (wrong) => {
      const { token } = await somebody()
      expect((await state(token, { ...GROWN, ...wrong })).body.code).toBe('request/invalid')
      expect((await person(token)).birthDate).toBeNull()
    },
  )

  test('is nobody’s without a token', async () => {
    expect((await node.call('GET', '/person')).body.code).toBe('auth/token-missing')
    expect((await node.call('POST', '/person/proof')).body.code).toBe('auth/token-missing')
  })
})

describe('a check of an identity', () => {
  async function begun() {
    const { token, principal } = await somebody()
    await state(token, GROWN)
    const { url } = (await node.call('POST', '/person/proof', { token })).body as { url: string }
    return { token, principal, url }
  }
  const press = (url: string, result: string) =>
    fetch(`${url}/decision`, { method: 'POST', body: new URLSearchParams({ result }) })
  const ended = (token: string, proof: string) =>
    vi.waitFor(async () => expect(await person(token)).toMatchObject({ proof }), { timeout: 5_000 })
  const told = (reference: string, result: string, now_ms = Date.now(), secret = SECRET) => {
    const body = JSON.stringify({ reference, result })
    const headers = { 'content-type': 'application/json', ...signedHeaders(secret, body, now_ms) }
    return node.call('POST', '/persons/webhooks/sandbox', { body, headers })
  }
  const referenceOf = (url: string) => url.split('/').at(-1)!

  test('is begun at the provider, decided on its page, and told by its webhook', async () => {
    const { token, principal, url } = await begun()
    expect(await codeOf(node.persons.demandProven(principal))).toBe('person/proof-pending')
    expect((await node.call('POST', '/person/proof', { token })).body.url).toBe(url)
    expect(await (await fetch(url)).text()).toContain('Approve')
    await press(url, 'proven')
    await ended(token, 'proven')
    expect(await codeOf(node.persons.demandProven(principal))).toBe('no refusal')
    expect((await node.call('POST', '/person/proof', { token })).body.code).toBe('person/stated')
    expect((await state(token, { ...GROWN, country: 'AT' })).body.code).toBe('person/stated')
  })

  test('ends once, by the first verdict, however often and in whatever order it is told', async () => {
    const { token, principal, url } = await begun()
    const answers = await Promise.all(['proven', 'proven', 'proven'].map((each) => told(referenceOf(url), each)))
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204])
    expect((await told(referenceOf(url), 'refused')).status).toBe(204)
    await ended(token, 'proven')
    const events = await node.ledger.reader.events({ since: 0n, limit: 100, user: principal.user })
    expect(events.filter(({ type }) => type.startsWith('person.pro') || type === 'person.refused')).toHaveLength(1)
  })

  test('that was refused can be begun again; what comes late of the old one changes nothing', async () => {
    const { token, url, principal } = await begun()
    await press(url, 'refused')
    await ended(token, 'refused')
    expect(await codeOf(node.persons.demandProven(principal))).toBe('person/unproven')
    const again = (await node.call('POST', '/person/proof', { token })).body.url as string
    expect(again).not.toBe(url)
    expect((await told(referenceOf(url), 'proven')).status).toBe(204)
    await ended(token, 'pending')
    await press(again, 'proven')
    await ended(token, 'proven')
  })

  test('is told by nobody but the provider, and lately', async () => {
    const { token, url } = await begun()
    const reference = referenceOf(url)
    const codes = [
      await told(reference, 'proven', Date.now(), 'another secret'),
      await told(reference, 'proven', Date.now() - 301_000),
      await node.call('POST', '/persons/webhooks/sandbox', { body: { reference, result: 'proven' } }),
      await told('nonsense', 'proven'),
      await node.call('POST', '/persons/webhooks/other', { body: { reference, result: 'proven' } }),
    ].map(({ body }) => body.code)
    expect(codes).toEqual([
      'person/signature',
      'person/signature',
      'person/signature',
      'person/unknown-proof',
      'request/not-found',
    ])
    expect(await person(token)).toMatchObject({ proof: 'pending' })
  })

  test('waits for who somebody says they are, and for a provider that answers', async () => {
    const { token, principal } = await somebody()
    expect((await node.call('POST', '/person/proof', { token })).body.code).toBe('person/age-unknown')
    const kyc = createSandboxKyc({ url: 'http://127.0.0.1:1', secret: SECRET, clock: Date.now })
    const { pool, ledger, tail, secretKey } = node
    const away = createPersons({
      pool,
      ledger,
      tail,
      sealer: createSealer(secretKey),
      kyc,
      clock: Date.now,
      ...PLAY_RULES,
    })
    await state(token, GROWN)
    expect(await codeOf(away.beginProof(principal))).toBe('person/unavailable')
    expect((await node.call('POST', '/person/proof', { token })).status).toBe(200)
    away.close()
  })

  test('can be decided by the staff, who answer for it', async () => {
    const { token, principal } = await somebody()
    const support = await staff('support')
    const decide = (by: string, user: string, key: string) =>
      node.call('PUT', `/admin/users/${user}/proof`, { token: by, key, body: { result: 'proven' } })
    expect((await decide(token, principal.user, 'a')).body.code).toBe('auth/forbidden')
    expect((await decide(support.token, '00000000-0000-7000-8000-000000000000', 'b')).body.code).toBe('user/unknown')
    expect((await decide(support.token, principal.user, 'c')).body).toMatchObject({ proof: 'proven' })
    const events = await node.ledger.reader.events({ since: 0n, limit: 1_000, type: 'staff.acted' })
    expect(events.at(-1)!.payload).toMatchObject({
      by: support.principal.user,
      action: 'person.decide',
      object: `user:${principal.user}`,
      after: 'proven',
    })
  })
})

describe('the rules of a tenant', () => {
  const rules = { ageMin: 21, countriesBlocked: ['NL'], realMoney: true }
  const set = (token: string, body: unknown = rules) =>
    node.call('PUT', '/admin/tenant-rules', { token, key: 'k', body })
  const usual = { ageMin: 18, countriesBlocked: ['BE'], realMoney: true }

  test('are set by an admin, hold on every node within a second, and stand in the chain', async () => {
    const [admin, support, { principal }] = [await staff('admin'), await staff('support'), await somebody()]
    const { pool, ledger, tail, secretKey } = node
    const parts = {
      pool,
      ledger,
      tail,
      sealer: createSealer(secretKey),
      kyc: undefined,
      clock: Date.now,
      ...PLAY_RULES,
    }
    const other = createPersons(parts)
    await node.persons.state(principal, { ...GROWN, country: 'NL' })
    expect(await codeOf(other.demandRealMoney(principal))).toBe('no refusal')
    expect((await set(support.token)).body.code).toBe('auth/forbidden')
    expect((await node.call('GET', '/admin/tenant-rules', { token: support.token })).body).toEqual(usual)
    expect((await set(admin.token)).body).toEqual(rules)
    await vi.waitFor(async () => expect(await codeOf(other.demandRealMoney(principal))).toBe('box/not-sold-here'), {
      timeout: 1_000,
    })
    expect(await codeOf(node.limits.deposit(principal, USD, 1n))).toBe('box/not-sold-here')
    const events = await node.ledger.reader.events({ since: 0n, limit: 1_000, type: 'staff.acted' })
    expect(events.at(-1)!.payload).toMatchObject({ action: 'tenant-rules.set', before: usual, after: rules })
    expect((await set(admin.token, usual)).body).toEqual(usual)
    other.close()
  })

  test('can keep real money out altogether, and ask nothing where somebody else answers', async () => {
    const [admin, { principal }] = [await staff('admin'), await somebody()]
    await set(admin.token, { ageMin: 0, countriesBlocked: [], realMoney: true })
    expect(await codeOf(node.limits.spend(principal, USD, 1n))).toBe('no refusal')
    await set(admin.token, { ageMin: 0, countriesBlocked: [], realMoney: false })
    expect(await codeOf(node.limits.spend(principal, USD, 1n))).toBe('box/not-sold-here')
    await set(admin.token, usual)
  })

  test('leave boxes for real money out of the catalogue where they are not sold', async () => {
    const admin = await staff('admin')
    await boxEditor(node, admin.token).published('for-dollars', { asset: 'USD' })
    const offered = async (query = '') => {
      const { body } = await node.call('GET', `/boxes/catalog${query}`)
      return (body as { id: string }[]).some(({ id }) => id === 'for-dollars')
    }
    expect([await offered(), await offered('?country=DE'), await offered('?country=BE')]).toEqual([true, true, false])
    await set(admin.token, { ...usual, realMoney: false })
    expect([await offered(), await offered('?country=DE')]).toEqual([false, false])
    await set(admin.token, usual)
    const { token, principal } = await somebody()
    await node.persons.state(principal, { ...GROWN, country: 'BE' })
    const { next } = (await node.call('GET', '/seeds', { token })).body
    await node.call('POST', '/seeds', { token, body: { seeds: next.seeds, clientSeed: 'ab'.repeat(32) } })
    const body = { box: 'for-dollars', count: 1 }
    const refused = await node.call('POST', '/transactions/open-box', { token, key: 'k', body })
    expect([refused.status, refused.body.code]).toEqual([451, 'box/not-sold-here'])
  })

  test.each([{ ageMin: -1 }, { ageMin: 17.5 }, { countriesBlocked: ['Belgium'] }, { realMoney: 'yes' }])(
    'are refused where they are none: %o',
    async (wrong) => {
      expect((await set((await staff('admin')).token, { ...rules, ...wrong })).body.code).toBe('request/invalid')
    },
  )
})

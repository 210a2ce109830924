import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { balanceOf } from '../../test/market.ts'
import { newGuest, type Answer } from '../../test/node.ts'
import { openVictims, type Victims } from '../../test/victims.ts'
import type { Player } from '../../test/wallet.ts'
import { operationsOf, type OpenApiDocument, type Operation } from '../document.ts'

/** Who may see and do what: the categories of the OWASP API Security Top 10 (2023) that are about that, each tried. */
let victims: Victims
let operations: readonly Operation[]
let mallory: Player
beforeAll(async () => {
  victims = await openVictims()
  mallory = await victims.wallet.player()
  operations = operationsOf((await call('GET', '/openapi.json')).body as OpenApiDocument)
}, 60_000)
afterAll(() => victims.wallet.close())

let keys = 0
const call = (method: string, path: string, body?: unknown, token?: string): Promise<Answer> =>
  victims.wallet.node.call(method, path, {
    key: `owasp-${++keys}`,
    ...(token !== undefined && { token }),
    ...(body !== undefined && { body }),
  })
const asMallory = (method: string, path: string, body?: unknown) => call(method, path, body, mallory.token)
const isSigned = ({ security = [] }: Operation) => security.some((each) => 'bearer' in each)
const filled = ({ path }: Operation) => path.replaceAll(/\{\w+\}/g, '0199c1ef-0000-7000-8000-000000000002')
const exampleOf = ({ requestBody }: Operation) => requestBody?.content['application/json']?.example

describe('API1:2023 Broken Object Level Authorization', () => {
  test('what belongs to another user of the same tenant is not there for a player who knows its id', async () => {
    const { objects } = victims
    const tries = [
      ['GET', `/payments/${objects.payment}`],
      ['GET', `/payments/${objects.withdrawal}`],
      ['POST', `/redemptions/${objects.redemption}/cancel`],
      ['GET', `/market/orders/${objects.order}`],
      ['DELETE', `/market/orders/${objects.order}`],
      ['GET', `/trades/${objects.trade}`],
      ['POST', `/transactions/trade/${objects.trade}/accept`],
      ['POST', `/transactions/trade/${objects.trade}/cancel`],
      ['DELETE', `/auth/sessions/${objects.session}`],
      ['GET', `/battles/${objects.battle}`],
      ['GET', `/analytics/user/${objects.user}/stats`],
      ['POST', '/seeds', { seeds: objects.seeds, clientSeed: 'a'.repeat(64) }],
    ] as const
    for (const [method, path, body] of tries)
      expect([method, path, (await asMallory(method, path, body)).status]).toEqual([method, path, 404])
    const listing = await asMallory('DELETE', `/market/listings/${objects.listing}`)
    expect([403, 404]).toContain(listing.status)
  })

  test('an inventory of another user shows what they show, under a masked name', async () => {
    const { status, body } = await asMallory('GET', `/inventory/user/${victims.objects.user}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ own: false, user: { id: null }, items: [] })
  })
})

describe('API2:2023 Broken Authentication', () => {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test('a token that was changed, unsigned, or signed by another way is none', async () => {
    const [head = '', claims = '', signature = ''] = mallory.token.split('.')
    const read = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object
    const admin = encoded({ ...read, roles: ['player', 'admin'] })
    const { body: jwks } = await call('GET', '/.well-known/jwks.json')
    const key = JSON.stringify(jwks.keys[0])
    const forged = `${encoded({ alg: 'HS256', typ: 'JWT', kid: jwks.keys[0].kid })}.${admin}`
    const tokens = [
      `${head}.${admin}.${signature}`,
      `${encoded({ alg: 'none', typ: 'JWT' })}.${admin}.`,
      `${forged}.${createHmac('sha256', key).update(forged).digest('base64url')}`,
      `${head}.${claims}.`,
      `${head}.${claims}`,
      'null',
    ]
    for (const token of tokens) expect((await call('GET', '/me', undefined, token)).status).toBe(401)
    expect((await call('GET', `/me?token=${mallory.token}`)).body.code).toBe('auth/token-missing')
  })

  test('a session that was ended is over, and a refresh token is good for one use', async () => {
    const { node } = victims.wallet
    const guest = await newGuest(node)
    await call('POST', '/auth/logout', {}, guest.token)
    expect((await call('GET', '/me', undefined, guest.token)).body.code).toBe('auth/revoked')
    expect((await call('POST', '/auth/refresh', { refreshToken: guest.refreshToken })).status).toBe(401)
  })

  test('guessing a password is slowed down, and tells nothing of who has an account', async () => {
    const tenant = victims.victim.name
    const guess = (email: string) => call('POST', '/auth/login', { email, tenant, password: 'wrong as can be' })
    const [known, unknown] = [await guess(`ann@${tenant}.example`), await guess('nobody@shop.example')]
    expect([known.status, known.body.code]).toEqual([unknown.status, unknown.body.code])
    for (let n = 0; n < 8; n++) await guess('nobody@shop.example')
    const slowed = await guess('nobody@shop.example')
    expect(slowed).toMatchObject({ status: 429, body: { code: 'auth/slow-down' } })
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('API3:2023 Broken Object Property Level Authorization', () => {
  test('no route takes a property that it does not name, whoever sends it', async () => {
    const { staff } = victims.wallet
    const grab = { roles: ['admin'], tenant: 'main', balance: '1', userId: victims.objects.user, confirmed: true }
    const taken: string[] = []
    let tried = 0
    for (const operation of operations.filter((each) => isSigned(each) && exampleOf(each) !== undefined)) {
      tried++
      for (const token of [mallory.token, staff]) {
        const body = { ...(exampleOf(operation) as object), ...grab }
        const { status } = await call(operation.method, filled(operation), body, token)
        if (![400, 403, 404].includes(status)) taken.push(`${operation.method} ${operation.path}: ${status}`)
      }
    }
    expect(tried).toBeGreaterThan(20)
    expect(taken).toEqual([])
  })

  test('no answer holds a hash, a secret or a mail address of anybody', async () => {
    const { objects, wallet } = victims
    const paths = [
      '/me',
      '/auth/sessions',
      '/person',
      `/admin/users/${objects.user}`,
      '/admin/users',
      '/seeds',
      '/battles',
    ]
    for (const path of paths)
      for (const token of [mallory.token, wallet.staff]) {
        const text = JSON.stringify((await call('GET', path, undefined, token)).body)
        expect(text).not.toMatch(/argon2|password|sealed|refreshToken|serverSeed":"[0-9a-f]/i)
      }
  })
})

describe('API5:2023 Broken Function Level Authorization', () => {
  const staffOnly = (each: Operation) => /^\/(admin|partner\/self)/.test(each.path)

  test('what is for staff is for nobody else: no player gets in, and nobody without a token', async () => {
    const open: string[] = []
    for (const operation of operations.filter(staffOnly)) {
      const { method, path } = operation
      const [player, stranger] = [
        await asMallory(method, filled(operation), exampleOf(operation)),
        await call(method, filled(operation), exampleOf(operation)),
      ]
      if (player.status !== 403) open.push(`${method} ${path} for a player: ${player.status}`)
      if (stranger.status !== 401) open.push(`${method} ${path} for a stranger: ${stranger.status}`)
    }
    expect(operations.filter(staffOnly).length).toBeGreaterThan(30)
    expect(open).toEqual([])
  })

  test('everything that says it wants a token does', async () => {
    const open: string[] = []
    for (const operation of operations.filter(
      (each) => isSigned(each) && !each.security!.some((one) => Object.keys(one).length === 0),
    )) {
      const { status } = await call(operation.method, filled(operation), exampleOf(operation))
      if (status !== 401) open.push(`${operation.method} ${operation.path}: ${status}`)
    }
    expect(open).toEqual([])
  })

  test('no header and no other method gets around it', async () => {
    const { node } = victims.wallet
    const headers = {
      'x-http-method-override': 'GET',
      'x-original-url': '/boxes/catalog',
      'x-forwarded-for': '127.0.0.1',
      'x-user-id': victims.objects.user,
      'x-roles': 'admin',
    }
    const before = await balanceOf(node, `user:${victims.objects.user}`)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status } = await node.call(method, '/admin/users', { token: mallory.token, headers })
      expect([403, 404]).toContain(status)
    }
    const { status } = await node.call('GET', '/ADMIN/users', { token: mallory.token })
    expect(status).toBe(404)
    expect(await balanceOf(node, `user:${victims.objects.user}`)).toBe(before)
  })
})

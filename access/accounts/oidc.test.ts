import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestNode, type TestNode } from '../../test/node.ts'
import { createSealer } from '../seal.ts'
import { createProviderSignIn, type ProviderSignIn } from './oidc.ts'

const SITE = 'http://127.0.0.1:9'
const coded = (code: string) => expect.objectContaining({ code })

let node: TestNode
let server: Server
let signIn: ProviderSignIn
let issuer: string

beforeAll(async () => {
  node = await openTestNode()
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const redirect_uris = [`${SITE}/auth/providers/test/return`]
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'us', client_secret: 'a secret of ours', redirect_uris, response_types: ['code'] }],
    claims: { email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['k'.repeat(32)] },
    ttl: { Interaction: 60, Session: 60, Grant: 60, AccessToken: 60, IdToken: 60 },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: !id.startsWith('unverified') }),
    }),
  })
  server.on('request', (request, response) => void provider.callback()(request, response))
  const providers = [{ name: 'test', issuer, clientId: 'us', clientSecret: 'a secret of ours' }]
  const { pool, access } = node
  const sealer = createSealer(node.secretKey)
  signIn = createProviderSignIn({ pool, access, sealer, providers, site: SITE, clock: Date.now })
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await node.close()
})

/** What a browser does at the provider: signs in as `login`, agrees, and is sent back. Returns where to. */
async function agree(url: string, login: string): Promise<URL> {
  const jar = new Map<string, string>()
  let address = url
  let form: URLSearchParams | undefined
  for (let hop = 0; hop < 20; hop++) {
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      jar.set(name!, value!)
    }
    const to = response.headers.get('location')
    if (to?.startsWith(SITE)) return new URL(to)
    if (to !== null) {
      address = new URL(to, address).href
      form = undefined
      continue
    }
    const page = await response.text()
    const prompt = /name="prompt" value="(\w+)"/.exec(page)![1]!
    form = new URLSearchParams({ prompt, login, password: 'x' })
    address = /action="([^"]+)"/.exec(page)![1]!
  }
  throw new Error('the provider did not send us back')
}

async function signedInAs(login: string, guestToken?: string) {
  const guest = guestToken === undefined ? undefined : await node.access.authenticate(guestToken)
  const { url, state } = await signIn.depart('main', 'test', guest)
  return signIn.finish(await signIn.arrive('test', await agree(url, login), state), 'a browser')
}

describe('signing in with a provider', () => {
  test('makes a user the first time and finds the same one the next time', async () => {
    const first = await signedInAs('carla')
    const second = await signedInAs('carla')
    expect(second.user).toEqual(first.user)
    expect(first.user.guest).toBe(false)
    expect((await signedInAs('dora')).user.id).not.toBe(first.user.id)
  })

  test('makes a guest the account of whoever signs in', async () => {
    const guest = await node.access.guest()
    expect((await signedInAs('emil', guest.token)).user.id).toBe(guest.user.id)
  })

  test('finds the account that has the verified address, and not by one that is not verified', async () => {
    const add = (id: string) =>
      node.pool.query(
        `insert into person(user_id, tenant, email, email_key, created_ms) values ($1, 'main', $2, $2, 0)`,
        [id, `${id}@example.org`],
      )
    const owner = await node.access.guest()
    await add(owner.user.id)
    expect((await signedInAs(owner.user.id)).user.id).toBe(owner.user.id)
    await node.pool.query(
      `insert into person(user_id, tenant, email, email_key, created_ms)
       values ($1, 'main', 'unverified@example.org', 'unverified@example.org', 0)`,
      [(await node.access.guest()).user.id],
    )
    const stranger = await signedInAs('unverified')
    const { rows } = await node.pool.query(`select user_id from person where email_key = 'unverified@example.org'`)
    expect(stranger.user.id).not.toBe((rows[0] as { user_id: string }).user_id)
  })

  test('is refused without the cookie of whoever set out, a second time, and when the code is not the provider’s', async () => {
    const { url, state } = await signIn.depart('main', 'test', undefined)
    const back = await agree(url, 'fay')
    await expect(signIn.arrive('test', back, undefined)).rejects.toEqual(coded('auth/link'))
    await expect(signIn.arrive('test', back, 'x'.repeat(43))).rejects.toEqual(coded('auth/link'))
    const token = await signIn.arrive('test', back, state)
    await expect(signIn.arrive('test', back, state)).rejects.toEqual(coded('auth/link'))
    await signIn.finish(token, undefined)
    await expect(signIn.finish(token, undefined)).rejects.toEqual(coded('auth/link'))
    const again = await signIn.depart('main', 'test', undefined)
    const forged = new URL(`${SITE}/auth/providers/test/return?code=forged&state=${again.state}`)
    await expect(signIn.arrive('test', forged, again.state)).rejects.toEqual(coded('auth/provider'))
  })

  test('leaves a provider that does not answer alone for a while, and is not put off by codes that are none', async () => {
    for (let n = 0; n < 8; n++) {
      const { state } = await signIn.depart('main', 'test', undefined)
      const forged = new URL(
        `${SITE}/auth/providers/test/return?code=none-${n}&state=${state}&iss=${encodeURIComponent(issuer)}`,
      )
      await expect(signIn.arrive('test', forged, state)).rejects.toEqual(coded('auth/provider'))
    }
    const providers = [{ name: 'away', issuer: 'http://127.0.0.1:9', clientId: 'us', clientSecret: 'x' }]
    const parts = { pool: node.pool, access: node.access, sealer: createSealer(node.secretKey), clock: Date.now }
    const away = createProviderSignIn({ ...parts, providers, site: SITE })
    const depart = () => away.depart('main', 'away', undefined)
    for (let n = 0; n < 5; n++) await expect(depart()).rejects.toEqual(coded('auth/provider'))
    await expect(depart()).rejects.toEqual(coded('server/busy'))
  })

  test('is not possible with a provider nobody knows, or one that does not answer', async () => {
    await expect(signIn.depart('main', 'nobody', undefined)).rejects.toEqual(coded('auth/provider-unknown'))
    const { pool, access } = node
    const providers = [{ name: 'away', issuer: 'http://127.0.0.1:1', clientId: 'us', clientSecret: 's' }]
    const sealer = createSealer(node.secretKey)
    const away = createProviderSignIn({ pool, access, sealer, providers, site: SITE, clock: Date.now })
    await expect(away.depart('main', 'away', undefined)).rejects.toEqual(coded('auth/provider'))
  })
})

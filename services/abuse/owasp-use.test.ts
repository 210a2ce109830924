import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toJson } from '../../schema/json.ts'
import { newGuest, openTestNode, type Answer, type TestNode } from '../../test/node.ts'
import { newAdmin, newPartner } from '../../test/partners.ts'
import { openWalletNode, type WalletNode } from '../../test/wallet.ts'
import { eventToJson } from '../../wallet/sandbox/message.ts'
import { signedHeaders } from '../../wallet/sandbox/signature.ts'
import { operationsOf, type OpenApiDocument } from '../document.ts'

/** How much, where to and how: the categories of the OWASP API Security Top 10 (2023) that are about use, each tried. */
let wallet: WalletNode
let narrow: TestNode
beforeAll(async () => {
  wallet = await openWalletNode()
  narrow = await openTestNode({ guestsPerMinute: 5, userRequestsPerMinute: 40, commandsPerMinute: 10 })
}, 60_000)
afterAll(async () => {
  await wallet.close()
  await narrow.close()
})

const seed = () => randomBytes(32).toString('hex')
let keys = 0
const call = (method: string, path: string, token?: string, body?: unknown, key = `use-${++keys}`): Promise<Answer> =>
  wallet.node.call(method, path, { key, ...(token !== undefined && { token }), ...(body !== undefined && { body }) })

async function opener(node: TestNode): Promise<string> {
  const { token } = await newGuest(node)
  const { next } = (await node.call('GET', '/seeds', { token })).body
  await node.call('POST', '/seeds', { token, body: { seeds: next.seeds, clientSeed: seed() } })
  return token
}

describe('API4:2023 Unrestricted Resource Consumption', () => {
  test('no request makes more work than its limits say', async () => {
    const { token } = await newGuest(wallet.node)
    const open = (count: number) => call('POST', '/transactions/open-box', token, { box: 'pocket-change', count })
    for (const count of [101, 1e9, -1, 0.5]) expect((await open(count)).body.code).toBe('request/invalid')
    for (const path of ['/transactions/history', '/battles', '/market/listings', '/payments', '/trades'])
      for (const limit of ['100000', '-1', 'NaN', '1e9'])
        expect([path, (await call('GET', `${path}?limit=${limit}`, token)).status]).toEqual([path, 400])
    const rounds = Array.from({ length: 51 }, () => 'pocket-change')
    const battle = { mode: 'standard', rounds, seats: 2, clientSeed: seed() }
    expect((await call('POST', '/battles', token, battle)).body.code).toBe('request/invalid')
  })

  test('a body that is too large or nested without end is refused quickly', async () => {
    const { token } = await newGuest(wallet.node)
    const large = await call('POST', '/transactions/open-box', token, { box: 'x'.repeat(70_000) })
    expect(large.status).toBe(413)
    const begun_ms = performance.now()
    for (const body of [
      '['.repeat(60_000),
      `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
      `"${'\\u0041'.repeat(9_000)}"`,
    ])
      expect((await call('POST', '/transactions/open-box', token, body)).status).toBe(400)
    expect(performance.now() - begun_ms).toBeLessThan(5_000)
  })

  test('whoever asks too often is told to wait, by request and by command', async () => {
    const { token } = await newGuest(narrow)
    const codes = new Set<string>()
    for (let n = 0; n < 12; n++) {
      const sold = { asset: 'play:item:lucky-penny', count: 1 }
      const { body } = await narrow.call('POST', '/transactions/sell', { token, key: `k${n}`, body: sold })
      codes.add(body.code as string)
    }
    expect(codes).toContain('request/too-many')
    const statuses = []
    for (let n = 0; n < 40; n++) statuses.push((await narrow.call('GET', '/me', { token })).status)
    expect(statuses.at(0)).toBe(200)
    expect(statuses.at(-1)).toBe(429)
  })
})

describe('API6:2023 Unrestricted Access to Sensitive Business Flows', () => {
  test('one address does not make guests without end, for their credits', async () => {
    const statuses = []
    for (let n = 0; n < 8; n++) statuses.push((await narrow.call('POST', '/auth/guest')).status)
    expect(statuses).toContain(429)
  })

  test('a command that is sent fifty times at once is done once', async () => {
    const token = await opener(wallet.node)
    const open = () => call('POST', '/transactions/open-box', token, { box: 'pocket-change', count: 1 }, 'same')
    const answers = await Promise.all(Array.from({ length: 50 }, open))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.opening}`)).size).toBe(1)
    const { balances } = (await call('GET', '/me', token)).body
    expect(balances).toContainEqual(expect.objectContaining({ asset: 'play:CREDIT', balance: '99750' }))
  })

  test('play credits buy nothing real: they are neither paid out nor redeemed', async () => {
    const ann = await wallet.player()
    const target = 'DE02 1203 0000 0000 2020 51'
    const paidOut = await call('POST', '/transactions/withdraw', ann.token, {
      asset: 'play:CREDIT',
      amount: '100',
      target,
    })
    expect([400, 422]).toContain(paidOut.status)
    expect((await wallet.money(ann)).has).toBe(0n)
  })
})

describe('API7:2023 Server Side Request Forgery', () => {
  let token: string
  beforeAll(async () => void ({ token } = await newPartner(wallet.node, await newAdmin(wallet.node))))

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'https://169.254.169.254/',
    'https://10.0.0.7/',
    'https://[::ffff:10.0.0.7]/',
    'https://[fd00::1]/',
    'https://192.168.0.1:8443/',
    'https://user:pass@shop.example/',
    'https://0xa9fea9fe/',
    'file:///etc/passwd',
    'gopher://shop.example/',
  ])('a partner has us call nothing inside: %s', async (url) => {
    const asWebhook = await call('POST', '/partner/self/sandbox/webhooks', token, { url })
    const asWallet = await call('PUT', '/partner/self/sandbox/wallet', token, { mode: 'seamless', url })
    for (const { status, body } of [asWebhook, asWallet]) {
      expect([400, 422]).toContain(status)
      expect(body.code).toMatch(/^(outbound\/refused|request\/invalid)$/)
    }
  })
})

describe('API8:2023 Security Misconfiguration', () => {
  test('an error tells nothing of what is inside', async () => {
    const answers = [
      await call('POST', '/transactions/open-box', undefined, '{"box":'),
      await call('GET', '/battles/%00'),
      await call('GET', `/openings/${"'; drop table account; --".repeat(2)}/proof`),
      await call('GET', '/boxes/../../etc/passwd/items'),
      await call('GET', '/auth/validate', 'x'.repeat(5_000)),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 400, 404, 404, 401])
    for (const { body } of answers) {
      expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|at .*\(|postgres|select |ECONN/i)
    }
  })

  test('every answer carries the headers that browsers go by, and none that says what runs here', async () => {
    for (const path of ['/boxes/catalog', '/me', '/nowhere', '/docs', '/openapi.json', '/health']) {
      const { headers } = await call('GET', path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("object-src 'none'")
      for (const name of ['server', 'x-powered-by', 'set-cookie']) expect(headers.get(name)).toBeNull()
    }
  })

  test('an origin that nobody has named is not repeated, nor is any given leave for all', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://site.test.evil.example']) {
      const { headers } = await wallet.node.call('GET', '/boxes/catalog', { headers: { origin } })
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    }
  })
})

describe('API9:2023 Improper Inventory Management', () => {
  test('what is not written down does not answer: no old version, no back door', async () => {
    const paths = [
      '/api',
      '/v1/me',
      '/v2/me',
      '/partner/v0/boxes',
      '/admin',
      '/debug',
      '/.env',
      '/.git/config',
      '/swagger',
    ]
    for (const path of [...paths, '/actuator/env', '/graphql', '/internal/users', '/server-status'])
      expect([path, (await call('GET', path)).status]).toEqual([path, 404])
  })

  test('no route is there that the document leaves out', async () => {
    const document = (await call('GET', '/openapi.json')).body as OpenApiDocument
    const written = new Set(operationsOf(document).map(({ method, path }) => `${method} ${path}`))
    const hidden = wallet.node.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '/openapi.json')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`)
      .filter((route) => !written.has(route))
    expect(hidden).toEqual([])
  })
})

describe('API10:2023 Unsafe Consumption of APIs', () => {
  /** What claims to come from the payment provider. */
  async function tell(payment: string, changed: object = {}, secret = wallet.secret): Promise<number> {
    const event = { type: 'paid', part: 'paid', payment, asset: 'USD', amount: 5000n, at_ms: Date.now(), ...changed }
    const body = toJson(eventToJson(event as Parameters<typeof eventToJson>[0]))
    const headers = signedHeaders(secret, { id: `evt_${seed()}`, body, now_ms: Date.now() })
    return (await wallet.node.call('POST', '/payments/webhooks/sandbox', { body, headers })).status
  }

  test('nothing is believed of a provider that it has not signed', async () => {
    const ann = await wallet.player()
    const payment = await wallet.begun(ann)
    expect(await tell(payment, {}, 'another secret')).toBe(401)
    const unsigned = await call('POST', '/payments/webhooks/sandbox', undefined, { type: 'paid', payment })
    expect(unsigned.status).toBe(401)
    expect((await wallet.money(ann)).has).toBe(0n)
  })

  test('what it has signed counts once, whatever it repeats, and in the money that was asked for', async () => {
    const ann = await wallet.player()
    const payment = await wallet.begun(ann)
    await tell(payment, { asset: 'EUR' })
    expect(await tell(payment, { amount: 999_999_999n })).toBe(422)
    expect((await wallet.money(ann)).has).toBe(0n)
    await tell(payment)
    for (const amount of [5000n, 999_999_999n]) await tell(payment, { amount })
    expect((await wallet.money(ann)).has).toBe(5000n)
  })

  test('what makes no sense is refused and breaks nothing', async () => {
    for (const body of ['null', '[]', '"paid"', '{"type":"paid"}', '{"type":"\\u0000","payment":{}}']) {
      const headers = signedHeaders(wallet.secret, { id: `evt_${seed()}`, body, now_ms: Date.now() })
      const { status } = await wallet.node.call('POST', '/payments/webhooks/sandbox', { body, headers })
      expect([body, status >= 400 && status < 500]).toEqual([body, true])
    }
  })
})

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { NewPartnerKey } from '../access/partner.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'
import { newAdmin, newPartner, signedCall } from '../test/partners.ts'

let node: TestNode
let admin: string
beforeAll(async () => {
  node = await openTestNode()
  admin = await newAdmin(node)
})
afterAll(() => node.close())

let keys = 0
const send = (method: string, path: string, token: string, body?: unknown, key = `k-${++keys}`) =>
  node.call(method, path, { token, key, ...(body !== undefined && { body }) })
const boxes = (key: NewPartnerKey) => signedCall(node, key, 'GET', '/partner/v1/boxes')
const eventually = <T>(work: () => Promise<T>) => vi.waitFor(work, { timeout: 5_000, interval: 30 })
const acts = async () => {
  const events = await node.ledger.reader.events({ since: 0n, limit: 1000, type: 'staff.acted' })
  return events.map(({ payload }) => payload['action'])
}

describe('a partner', () => {
  test('is made once for a key, and only by who manages partners', async () => {
    const body = { name: 'solo', email: 'ann@solo.example' }
    const [first, again] = await Promise.all([1, 2].map(() => send('POST', '/admin/partners', admin, body, 'make')))
    for (const { status, body: made } of [first!, again!])
      expect([status, made.partner.stage, made.partner.worlds.map(({ tenant }: { tenant: string }) => tenant)]).toEqual(
        [201, 'sandbox', ['solo-sandbox', 'solo']],
      )
    expect((await send('POST', '/admin/partners', admin, body)).body.code).toBe('partner/exists')
    for (const name of ['main', 'solo-sandbox', 'Bad Name', 'a', 'x'.repeat(23)])
      expect((await send('POST', '/admin/partners', admin, { ...body, name })).status).toBeGreaterThanOrEqual(400)
    const { token } = await newGuest(node)
    expect((await send('POST', '/admin/partners', token, body)).body.code).toBe('auth/forbidden')
    expect((await send('GET', '/partner/self', token)).body.code).toBe('auth/forbidden')
    expect((await send('GET', '/admin/partners/nobody', admin)).body.code).toBe('partner/unknown')
    const { partners } = (await send('GET', '/admin/partners', admin)).body
    expect(partners.map(({ name }: { name: string }) => name)).toContain('solo')
  })

  test('comes into production only by asking and by the staff’s review, and has no key to it before', async () => {
    const firm = await newPartner(node, admin)
    const addKey = () => send('POST', '/partner/self/production/keys', firm.token, {})
    const move = (word: string) => send('POST', `/admin/partners/${firm.name}/${word}`, admin)
    expect((await addKey()).body.code).toBe('partner/state')
    expect((await move('approve')).body.code).toBe('partner/state')
    expect((await send('POST', '/partner/self/review', firm.token)).body.stage).toBe('review')
    expect((await addKey()).body.code).toBe('partner/state')
    expect((await move('approve')).body.stage).toBe('production')
    expect((await move('approve')).body.stage).toBe('production')
    const key = (await addKey()).body
    await eventually(async () => expect((await boxes(key)).status).toBe(200))
    expect((await signedCall(node, key, 'GET', '/partner/v1/users/test-1')).body.code).toBe('partner/user-unknown')
    expect((await send('POST', '/partner/self/review', firm.token)).body.code).toBe('partner/state')
    expect(await acts()).toEqual(
      expect.arrayContaining(['partner.create', 'partner.ask-for-review', 'partner.approve', 'partner-key.add']),
    )
  })

  test('that is suspended can call no more, and can again when it is back in the stage it had', async () => {
    const firm = await newPartner(node, admin)
    const ended = vi.fn()
    const stop = node.partnerAccess.onEnded(ended)
    await eventually(async () => expect((await boxes(firm.key)).status).toBe(200))
    const move = (word: string) => send('POST', `/admin/partners/${firm.name}/${word}`, admin)
    expect((await move('resume')).body.code).toBe('partner/state')
    expect((await move('suspend')).body.stage).toBe('suspended')
    await eventually(async () => expect((await boxes(firm.key)).body.code).toBe('partner/key-unknown'))
    await eventually(async () => expect(ended).toHaveBeenCalledWith(firm.key.id))
    expect((await send('POST', '/partner/self/sandbox/keys', firm.token, {})).body.code).toBe('partner/state')
    expect((await move('resume')).body.stage).toBe('sandbox')
    await eventually(async () => expect((await boxes(firm.key)).status).toBe(200))
    stop()
  })
})

describe('looking after oneself', () => {
  test('gives the same key for the same command, lets the others end, and ends one at once', async () => {
    const firm = await newPartner(node, admin)
    const add = (key: string, body: object) => send('POST', '/partner/self/sandbox/keys', firm.token, body, key)
    const [first, again] = [await add('a', {}), await add('a', {})]
    expect(again.body).toEqual(first.body)
    await eventually(async () => expect((await boxes(first.body)).status).toBe(200))
    const next = await add('b', { endOthersAfter: 0 })
    await eventually(async () => expect((await boxes(first.body)).body.code).toBe('partner/key-unknown'))
    expect((await boxes(next.body)).status).toBe(200)
    const listed = (await send('GET', '/partner/self/sandbox/keys', firm.token)).body
    expect(listed.map(({ endsAt }: { endsAt: number | null }) => endsAt === null)).toEqual([false, false, true])
    expect(JSON.stringify(listed)).not.toContain(next.body.secret)
    expect((await send('DELETE', `/partner/self/keys/${next.body.id}`, firm.token)).status).toBe(204)
    await eventually(async () => expect((await boxes(next.body)).body.code).toBe('partner/key-unknown'))
  })

  test('wants a fresh proof for keys and wallets, and touches nothing of another partner’s', async () => {
    const [one, other] = [await newPartner(node, admin), await newPartner(node, admin)]
    const login = { email: `ann@${one.name}.example`, tenant: one.name, password: 'twelve copper kettles' }
    const { token } = (await node.call('POST', '/auth/login', { body: login })).body
    for (const [method, path, body] of [
      ['POST', '/partner/self/sandbox/keys', {}],
      ['DELETE', `/partner/self/keys/${one.key.id}`, undefined],
      ['PUT', '/partner/self/sandbox/wallet', { mode: 'ours' }],
    ] as const)
      expect((await send(method, path, token, body)).body.code).toBe('auth/confirm')
    expect((await send('DELETE', `/partner/self/keys/${other.key.id}`, one.token)).body.code).toBe('request/not-found')
    const hook = { url: 'http://127.0.0.1:1/hook' }
    const { id } = (await send('POST', '/partner/self/sandbox/webhooks', other.token, hook)).body
    expect((await send('DELETE', `/partner/self/sandbox/webhooks/${id}`, one.token)).body.code).toBe(
      'request/not-found',
    )
    expect((await send('GET', '/partner/self/sandbox/webhooks', one.token)).body).toEqual([])
    expect((await boxes(other.key)).status).toBe(200)
  })

  test('sets domains, which the node knows at once', async () => {
    const firm = await newPartner(node, admin)
    const put = (domains: unknown) => send('PUT', '/partner/self/production/domains', firm.token, { domains })
    const { body } = await put(['https://shop.example', 'http://localhost:8080'])
    expect(body.worlds[1].domains).toEqual(['https://shop.example', 'http://localhost:8080'])
    await eventually(async () => {
      expect(await node.domains.domainsOf(firm.name)).toEqual(['https://shop.example', 'http://localhost:8080'])
      expect(await node.domains.domainsOf(`${firm.name}-sandbox`)).toEqual([])
      expect(await node.domains.isAnyones('https://shop.example')).toBe(true)
    })
    for (const bad of ['shop.example', 'https://shop.example/', 'ftp://x.example', 'https://a b', '*', 'null'])
      expect((await put([bad])).body.code).toBe('request/invalid')
  })

  test('sets webhooks and a wallet, to public addresses only, with secrets told for their own command alone', async () => {
    const firm = await newPartner(node, admin)
    const at = '/partner/self/sandbox'
    const hook = { url: 'http://127.0.0.1:1/hook', types: ['opening.opened'] }
    const made = await send('POST', `${at}/webhooks`, firm.token, hook, 'h')
    expect((await send('POST', `${at}/webhooks`, firm.token, hook, 'h')).body).toEqual(made.body)
    const listed = await send('GET', `${at}/webhooks`, firm.token)
    expect(listed.body).toMatchObject([{ id: made.body.id, types: ['opening.opened'], disabled: null }])
    expect((await send('POST', `${at}/webhooks/${made.body.id}/enable`, firm.token)).status).toBe(204)
    expect((await send('DELETE', `${at}/webhooks/${made.body.id}`, firm.token)).status).toBe(204)
    expect((await send('GET', `${at}/webhooks`, firm.token)).body).toEqual([])
    const types = ['access.revoked']
    expect((await send('POST', `${at}/webhooks`, firm.token, { ...hook, types })).body.code).toBe('request/invalid')
    for (const url of ['http://10.0.0.1/w', 'https://192.168.1.1', 'ftp://a.example', 'nonsense']) {
      expect((await send('POST', `${at}/webhooks`, firm.token, { url })).body.code).toBe('outbound/refused')
      const wallet = { mode: 'seamless', url }
      expect((await send('PUT', `${at}/wallet`, firm.token, wallet)).body.code).toBe('outbound/refused')
    }
    const wallet = { mode: 'seamless', url: 'https://wallet.example/rd' }
    const set = await send('PUT', `${at}/wallet`, firm.token, wallet, 'w')
    expect((await send('PUT', `${at}/wallet`, firm.token, wallet, 'w')).body).toEqual(set.body)
    const { rows } = await node.pool.query(
      'select wallet_sealed_secret from partner_world where wallet_url is not null',
    )
    expect(JSON.stringify(rows)).not.toContain(set.body.secret)
    const funds = { direction: 'in', asset: 'USD', amount: '1' }
    await eventually(async () => {
      const moved = await signedCall(node, firm.key, 'POST', '/partner/v1/users/test-1/funds', {
        key: `${++keys}`,
        body: funds,
      })
      expect(moved.body.code).toBe('request/invalid')
    })
    expect((await send('PUT', `${at}/wallet`, firm.token, { mode: 'ours' })).body).toMatchObject({ secret: null })
  })
})

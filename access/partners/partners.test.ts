import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { PARTNER_SKEW_S, partnerHeaders } from '../../schema/partner.ts'
import { CALL, openPartnerNodes, QUOTA, requestOf, type PartnerNodes } from '../../test/partner-nodes.ts'
import type { NewPartnerKey, SignedRequest } from '../partner.ts'
import { signRequest } from './signature.ts'

let all: PartnerNodes
beforeAll(async () => void (all = await openPartnerNodes()))
afterAll(() => all.close())

const coded = (code: string) => expect.objectContaining({ code })
const signed = (key: NewPartnerKey) => requestOf(signRequest(key, CALL, all.now()))

describe('a signed call', () => {
  test('says which partner it is of, on any node', async () => {
    const key = await all.newKey()
    expect(key.id).toMatch(new RegExp(`^${key.partner.name}-[0-9a-z]{8}$`))
    expect(Buffer.from(key.secret, 'base64url')).toHaveLength(32)
    for (const node of all.nodes)
      expect(await all.known(key, node)).toMatchObject({
        name: key.partner.name,
        tenant: key.partner.tenant,
        key: key.id,
        quota: QUOTA,
      })
  })

  test('rests encrypted: no secret is in the database', async () => {
    const key = await all.newKey()
    const { rows } = await all.pool.query<{ sealed_secret: string }>('select * from partner_key where id = $1', [
      key.id,
    ])
    expect(JSON.stringify(rows)).not.toContain(key.secret)
    expect(all.sealer.open(rows[0]!.sealed_secret, `partner-key/${key.id}`)).toBe(key.secret)
  })

  test('without one of the headers is refused', async () => {
    const key = await all.newKey()
    for (const header of Object.values(partnerHeaders)) {
      const request = signed(key)
      await expect(
        all.nodes[0].authenticate({ ...request, headers: { ...request.headers, [header]: undefined } }),
      ).rejects.toEqual(expect.objectContaining({ code: 'partner/key-missing', details: { header } }))
    }
  })

  test('that was changed in any part is refused', async () => {
    const key = await all.newKey()
    const other = await all.newKey()
    await all.known(key)
    await all.known(other)
    const { headers } = signed(key)
    const { headers: others } = signed(other)
    const changes: Partial<SignedRequest>[] = [
      { method: 'POST' },
      { path: '/partner/v1/stream/notifications?limit=6' },
      { path: '/partner/v1/stream/notifications' },
      { body: Buffer.from('{}') },
      { headers: { ...headers, [partnerHeaders.nonce]: 'abcdefghijklmnopqrstuv' } },
      { headers: { ...headers, [partnerHeaders.timestamp]: String(Number(headers[partnerHeaders.timestamp]) - 1) } },
      { headers: { ...headers, [partnerHeaders.key]: other.id } },
      { headers: { ...headers, [partnerHeaders.signature]: others[partnerHeaders.signature]! } },
      { headers: { ...headers, [partnerHeaders.signature]: 'short' } },
      { headers: { ...headers, [partnerHeaders.nonce]: 'short' } },
    ]
    for (const change of changes)
      await expect(all.nodes[0].authenticate(requestOf(headers, change))).rejects.toEqual(coded('partner/signature'))
    await expect(all.nodes[0].authenticate(requestOf(headers))).resolves.toMatchObject({ key: key.id })
  })

  test('covers its body', async () => {
    const key = await all.newKey()
    await all.known(key)
    const body = Buffer.from('{"box":"tidal-cache"}')
    const post = { method: 'POST', path: '/partner/v1/open-box' }
    const headers = signRequest(key, { ...post, body }, all.now())
    await expect(all.nodes[0].authenticate({ ...post, headers, body: Buffer.from('{"box":"x"}') })).rejects.toEqual(
      coded('partner/signature'),
    )
    await expect(all.nodes[0].authenticate({ ...post, headers, body })).resolves.toMatchObject({ key: key.id })
  })

  test('is good up to five minutes before and after our time, and not a moment longer', async () => {
    const key = await all.newKey()
    await all.known(key)
    const at = (offset_s: number) => requestOf(signRequest(key, CALL, all.now() + offset_s * 1000))
    for (const offset_s of [-PARTNER_SKEW_S + 2, PARTNER_SKEW_S - 2])
      await expect(all.nodes[0].authenticate(at(offset_s))).resolves.toBeDefined()
    for (const offset_s of [-PARTNER_SKEW_S - 2, PARTNER_SKEW_S + 2])
      await expect(all.nodes[0].authenticate(at(offset_s))).rejects.toEqual(coded('partner/stale'))
    const { headers } = signed(key)
    for (const timestamp of ['yesterday', '-1', '1e9', '9'.repeat(40)])
      await expect(
        all.nodes[0].authenticate(requestOf({ ...headers, [partnerHeaders.timestamp]: timestamp })),
      ).rejects.toEqual(coded('partner/stale'))
  })

  test('is good once: not again, not at the same time and not on another node', async () => {
    const key = await all.newKey()
    for (const node of all.nodes) await all.known(key, node)
    const request = signed(key)
    await all.nodes[0].authenticate(request)
    for (const node of all.nodes) await expect(node.authenticate(request)).rejects.toEqual(coded('partner/replayed'))
    const again = signed(key)
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => all.nodes[i % 2]!.authenticate(again)),
    )
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('stays refused for as long as its time stamp is good, and leaves nothing after that', async () => {
    const key = await all.newKey()
    for (const node of all.nodes) await all.known(key, node)
    const request = requestOf(signRequest(key, CALL, all.now() + 299_000))
    await all.nodes[0].authenticate(request)
    const count = async () => (await all.pool.query('select from partner_nonce where key = $1', [key.id])).rowCount
    try {
      all.ahead(598_000)
      await all.nodes[0].dropExpired()
      await expect(all.nodes[1].authenticate(request)).rejects.toEqual(coded('partner/replayed'))
      all.ahead(700_000)
      await all.nodes[0].dropExpired()
      expect(await count()).toBe(0)
      await expect(all.nodes[1].authenticate(request)).rejects.toEqual(coded('partner/stale'))
    } finally {
      all.ahead(0)
    }
  })

  test('of an unknown key is refused without asking the database', async () => {
    await all.known(await all.newKey())
    const stranger = { id: 'nobody-00000000', secret: 'x' }
    const spy = vi.spyOn(all.pool, 'query')
    for (let i = 0; i < 20; i++)
      await expect(all.nodes[0].authenticate(signed(stranger))).rejects.toEqual(coded('partner/key-unknown'))
    await expect(all.nodes[0].authenticate(signed({ id: '../../etc', secret: 'x' }))).rejects.toEqual(
      coded('partner/key-unknown'),
    )
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()
  })
})

describe('the quota of calls', () => {
  test('is the partner’s over all its keys, says when to come back, and counts no call that is not its own', async () => {
    const key = await all.newKey()
    const { partner } = key
    await all.administration.setQuota(partner, { requests_per_minute: 3 })
    const second = await all.administration.rotate(partner, 60_000)
    const node = await all.open()
    const other = await all.newKey()
    const forged = { ...key, secret: 'guessed' }
    for (let i = 0; i < 10; i++)
      await expect(node.authenticate(signed(forged))).rejects.toEqual(coded('partner/signature'))
    for (const each of [key, second, key]) await node.authenticate(signed(each))
    const refused = node.authenticate(signed(second))
    await expect(refused).rejects.toMatchObject({
      code: 'partner/quota',
      details: { requests_per_minute: 3, retryAfter_s: 20 },
    })
    await expect(node.authenticate(signed(other))).resolves.toBeDefined()
    try {
      all.ahead(20_001)
      await expect(node.authenticate(signed(key))).resolves.toMatchObject({
        quota: { requests_per_minute: 3, connections_max: QUOTA.connections_max },
      })
    } finally {
      all.ahead(0)
    }
    node.close()
  })
})

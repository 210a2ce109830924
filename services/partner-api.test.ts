import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { signRequest } from '../access/partners/signature.ts'
import { verifyOpening } from '../game/opening/verify.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import { newAdmin, newPartner, signedCall, type TestPartner } from '../test/partners.ts'

let node: TestNode
let admin: string
let acme: TestPartner
let other: TestPartner
beforeAll(async () => {
  node = await openTestNode()
  admin = await newAdmin(node)
  acme = await newPartner(node, admin)
  other = await newPartner(node, admin)
})
afterAll(() => node.close())

type Options = Parameters<typeof signedCall>[4]
const ask = (method: string, path: string, options?: Options, by = acme) =>
  signedCall(node, by.key, method, path, options)
let keys = 0
const open = (body: object, key = `open-${++keys}`, by = acme) => ask('POST', '/partner/v1/open-box', { key, body }, by)
const credits = async (user: string) => {
  const { balances } = (await ask('GET', `/partner/v1/users/${user}`)).body
  return BigInt(balances.find(({ asset }: { asset: string }) => asset === 'play:CREDIT')?.balance ?? 0)
}
const setCommission = (body: object, name = acme.name) =>
  node.call('PUT', `/admin/partners/${name}/commission`, { token: admin, key: `c-${++keys}`, body })

describe('a partner’s own users', () => {
  test('are made once, also when asked for at the same moment, and begin with play credits in the sandbox', async () => {
    const asked = Array.from({ length: 8 }, () => ask('POST', '/partner/v1/users', { body: { externalId: 'c:42' } }))
    const answers = await Promise.all(asked)
    for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]!.body])
    expect(await credits('c:42')).toBe(100_000n)
    const { rows } = await node.pool.query('select from app_user where id = $1', [answers[0]!.body.user])
    expect(rows).toHaveLength(1)
    expect((await ask('GET', '/partner/v1/users/test-1')).body).toMatchObject({ items: [], wallet: null })
  })

  test('are seen by no other partner', async () => {
    await ask('POST', '/partner/v1/users', { body: { externalId: 'mine' } })
    for (const [method, path] of [
      ['GET', '/partner/v1/users/mine'],
      ['POST', '/partner/v1/users/mine/session'],
    ] as const)
      expect((await ask(method, path, {}, other)).body.code).toBe('partner/user-unknown')
    expect((await open({ user: 'mine', box: 'pocket-change' }, 'k', other)).body.code).toBe('partner/user-unknown')
    const { opening } = (await open({ user: 'mine', box: 'pocket-change' })).body
    expect((await ask('GET', `/partner/v1/openings/${opening}`, {}, other)).body.code).toBe('opening/unknown')
  })

  test('are signed in for the partner’s page, in its tenant', async () => {
    const { status, body } = await ask('POST', '/partner/v1/users/test-2/session')
    expect(status).toBe(201)
    const me = await node.call('GET', '/auth/validate', { token: body.token })
    expect(me.body).toMatchObject({ tenant: `${acme.name}-sandbox`, user: { id: body.user.id, guest: false } })
  })

  test('get money from the partner and give it back, once for a key, and never more than they have', async () => {
    await ask('POST', '/partner/v1/users', { body: { externalId: 'rich' } })
    const move = (direction: string, amount: string, key: string, asset = 'USD') =>
      ask('POST', '/partner/v1/users/rich/funds', { key, body: { direction, asset, amount } })
    const twice = await Promise.all([move('in', '500', 'a'), move('in', '500', 'a')])
    for (const { body } of twice) expect(body).toMatchObject({ asset: 'USD', amount: '500', balance: '500' })
    expect((await move('in', '501', 'a')).body.code).toBe('request/key-reused')
    expect((await move('out', '501', 'b')).body.code).toBe('ledger/insufficient')
    expect((await move('out', '200', 'c')).body.balance).toBe('300')
    for (const asset of ['play:item:lucky-penny', 'wagered:USD', 'x'])
      expect((await move('in', '1', 'd', asset)).body.code).toBe('request/invalid')
    for (const amount of ['0', '-1', '1.5', '']) expect((await move('in', amount, 'e')).status).toBe(400)
  })
})

describe('opening a box for a user', () => {
  test('is paid and answered once for a key, and verifies from what is told of it', async () => {
    await ask('POST', '/partner/v1/users', { body: { externalId: 'ann' } })
    const clientSeed = randomBytes(32).toString('hex')
    const wanted = { user: 'ann', box: 'pocket-change', count: 3, clientSeed }
    const answers = await Promise.all([1, 2, 3].map(() => open(wanted, 'once')))
    for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]!.body])
    const { opening, drops, balance } = answers[0]!.body
    expect(answers[0]!.body).toMatchObject({ user: 'ann', price: '750', clientSeed, commission: '0' })
    expect(drops).toHaveLength(3)
    expect([balance, await credits('ann')]).toEqual(['99250', 99_250n])
    const { user, proof } = (await ask('GET', `/partner/v1/openings/${opening}`)).body
    expect(user).toBe('ann')
    const { stages } = verifyOpening(proof)
    expect(stages.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['seed', 'game'])
    expect((await open({ ...wanted, count: 4 }, 'once')).body.code).toBe('request/key-reused')
    expect((await ask('GET', '/partner/v1/users/ann')).body.totals).toEqual([
      { asset: 'play:CREDIT', wagered: '750', level: 0 },
    ])
  })

  test('without a key, money, such a box or the contents that were shown is refused and takes nothing', async () => {
    await ask('POST', '/partner/v1/users', { body: { externalId: 'bob' } })
    const box = 'pocket-change'
    expect((await ask('POST', '/partner/v1/open-box', { body: { user: 'bob', box } })).body.code).toBe(
      'request/key-missing',
    )
    expect((await open({ user: 'nobody', box })).body.code).toBe('partner/user-unknown')
    expect((await open({ user: 'bob', box: 'none' })).body.code).toBe('box/unknown')
    expect((await open({ user: 'bob', box, boxHash: 'ab'.repeat(32) })).body.code).toBe('box/changed')
    expect((await open({ user: 'bob', box: 'meteor-reserve', count: 5 })).body.code).toBe('ledger/insufficient')
    expect((await open({ user: 'bob', box, count: 0 })).body.code).toBe('request/invalid')
    expect(await credits('bob')).toBe(100_000n)
  })

  test('earns the partner its commission in the same outcome, by price and by revenue, also where the user opens it', async () => {
    await setCommission({ of: 'price', basisPoints: 1000 })
    const eventually = <T>(work: () => Promise<T>) => vi.waitFor(work, { timeout: 5000 })
    await ask('POST', '/partner/v1/users', { body: { externalId: 'eve' } })
    const opened = await eventually(async () => {
      const { body } = await open({ user: 'eve', box: 'pocket-change', count: 2 })
      expect(body.commission).toBe('50')
      return body
    })
    const told = await node.ledger.reader.events({
      since: 0n,
      limit: 10,
      tenant: `${acme.name}-sandbox`,
      outcome: opened.opening,
    })
    expect(told.map(({ type, audience }) => [type, audience])).toEqual([
      ['opening.opened', 'public'],
      ['commission.posted', 'tenant'],
    ])
    const { token } = (await ask('POST', '/partner/v1/users/eve/session')).body
    const own = await node.call('POST', '/transactions/open-box', { token, key: 'own', body: { box: 'pocket-change' } })
    const posted = await node.ledger.reader.events({
      since: 0n,
      limit: 10,
      tenant: `${acme.name}-sandbox`,
      outcome: own.body.opening,
      type: 'commission.posted',
    })
    expect(posted[0]!.payload).toMatchObject({ of: 'price', base: '250', amount: '25' })
    await setCommission({ of: 'revenue', basisPoints: 5000 })
    await eventually(async () => {
      const { body } = await open({ user: 'eve', box: 'pocket-change' })
      const left = 250n - BigInt(body.drops[0].value)
      expect(left > 0n).toBe(true)
      expect(body.commission).toBe(`${left / 2n}`)
    })
  })
})

describe('a statement', () => {
  test('is what the ledger has: of its sums, days and lines, as JSON and as CSV', async () => {
    const firm = await newPartner(node, admin)
    await setCommission({ of: 'price', basisPoints: 333 }, firm.name)
    const month = new Date().toISOString().slice(0, 7)
    const get = (path: string, headers?: Record<string, string>) =>
      ask('GET', `/partner/v1/statements${path}`, headers ? { headers } : {}, firm)
    expect((await get(`?month=${month}`)).body.sums).toEqual([])
    await vi.waitFor(async () => expect((await node.partnerBook.worldOf(firm.name))!.commission.basisPoints).toBe(333))
    for (const count of [1, 2, 3, 4]) await open({ user: 'test-1', box: 'pocket-change', count }, `s${count}`, firm)
    await ask(
      'POST',
      '/partner/v1/users/test-1/funds',
      { key: 'f', body: { direction: 'out', asset: 'play:CREDIT', amount: '70' } },
      firm,
    )
    const tenant = `${firm.name}-sandbox`
    const { sums } = (await get(`?month=${month}`)).body
    const { partner } = (await node.partnerBook.worldOf(tenant))!
    const earned = await node.pool.query<{ sum: string }>(
      `select coalesce(sum(balance), 0) as sum from account where tenant = $1 and owner like 'partner:%' and asset = 'play:CREDIT'`,
      [tenant],
    )
    expect(partner).toBeTruthy()
    const [one] = sums
    expect(sums).toHaveLength(1)
    expect(one).toMatchObject({ asset: 'play:CREDIT', openings: 4, gross: '2500', fundsIn: '0', fundsOut: '70' })
    expect(one.commission).toBe(earned.rows[0]!.sum)
    expect(BigInt(one.net)).toBe(BigInt(one.gross) - BigInt(one.paidOut) - BigInt(one.commission))
    const { days } = (await get(`/days?month=${month}`)).body
    expect(days).toEqual([{ day: new Date().toISOString().slice(0, 10), ...one }])
    const page = (await get(`/lines?month=${month}&limit=3`)).body
    const rest = (await get(`/lines?month=${month}&limit=3&cursor=${page.next}`)).body
    const lines = [...page.lines, ...rest.lines]
    expect(rest.next).toBe(null)
    expect(lines.map(({ count }) => count)).toEqual([4, 3, 2, 1])
    for (const field of ['gross', 'paidOut', 'commission'])
      expect(lines.reduce((sum, line) => sum + BigInt(line[field]), 0n)).toBe(BigInt(one[field]))
    const csv = await get(`/lines?month=${month}`, { accept: 'text/csv' })
    expect(csv.headers.get('content-type')).toContain('text/csv')
    expect(csv.body.split('\r\n')).toHaveLength(6)
    expect((await get('?month=2020-01')).body.sums).toEqual([])
    for (const bad of ['', '?month=2026-13', '?month=nonsense']) expect((await get(bad)).status).toBe(400)
  })
})

describe('a call', () => {
  test('without a key, with a wrong signature, another body or twice is refused', async () => {
    const path = '/partner/v1/boxes'
    expect((await node.call('GET', path)).body.code).toBe('partner/key-missing')
    const headers = signRequest(acme.key, { method: 'GET', path })
    expect((await node.call('GET', path, { headers })).status).toBe(200)
    expect((await node.call('GET', path, { headers })).body.code).toBe('partner/replayed')
    const signed = signRequest(acme.key, { method: 'POST', path: '/partner/v1/users', body: '{"externalId":"a"}' })
    const body = '{"externalId":"b"}'
    expect((await node.call('POST', '/partner/v1/users', { headers: signed, body })).body.code).toBe(
      'partner/signature',
    )
    // Who calls is found out before anything else is judged.
    expect((await node.call('POST', '/partner/v1/open-box', { body: 'nonsense' })).body.code).toBe(
      'partner/key-missing',
    )
  })

  test('says what is left of the quota, and past it when to come back', async () => {
    const firm = await newPartner(node, admin)
    const put = { token: admin, key: 'q', body: { requestsPerMinute: 2 } }
    expect((await node.call('PUT', `/admin/partners/${firm.name}/quota`, put)).body.quota.requestsPerMinute).toBe(2)
    const answer = await vi.waitFor(async () => {
      const answer = await ask('GET', '/partner/v1/boxes', {}, firm)
      expect(answer.body.code).toBe('partner/quota')
      return answer
    })
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    const { headers, body } = await ask('GET', '/partner/v1/boxes')
    expect(headers.get('ratelimit-policy')).toBe('"partner";q=1000000;w=60')
    expect(body.boxes[0]).toMatchObject({ id: 'pocket-change', prizes: expect.any(Array) })
    expect(body.boxes[0].prizes.reduce((sum: number, { chance }: { chance: number }) => sum + chance, 0)).toBeCloseTo(1)
  })

  test('is limited by the partner’s quota and not by the address it comes from, unless its key is not live', async () => {
    const narrow = await openTestNode({ requestsPerMinute: 12 })
    const firm = await newPartner(narrow, await newAdmin(narrow))
    for (let i = 0; i < 30; i++)
      expect((await signedCall(narrow, firm.key, 'GET', '/partner/v1/boxes')).status).toBe(200)
    const stranger = { id: 'nobody-1', secret: 'x' }
    const codes = new Set<string>()
    for (let i = 0; i < 20; i++) codes.add((await signedCall(narrow, stranger, 'GET', '/partner/v1/boxes')).body.code)
    expect(codes).toEqual(new Set(['partner/key-unknown', 'request/too-many']))
    await narrow.close()
  })
})

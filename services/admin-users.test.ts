import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { auditLedger } from '../ledger/audit/audit.ts'
import { HOUSE, userOwner, WORLD } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT, toAsset } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import type { Tokens } from '../schema/http.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { newGuest, openTestNode, type Answer, type TestNode } from '../test/node.ts'
import { newPerson } from '../test/people.ts'

const USD = toAsset('USD')
let node: TestNode
let admin: Tokens
let support: Tokens
let people = 0

beforeAll(async () => {
  node = await openTestNode()
  admin = await newPerson(node, 'root@staff.example', 'Root', ['admin'])
  support = await newPerson(node, 'help@staff.example', 'Helper', ['support'])
})
afterAll(() => node.close())

const get = (path: string, { token }: Tokens = admin): Promise<Answer> => node.call('GET', path, { token })
const post = (path: string, body?: unknown, { token }: Tokens = admin): Promise<Answer> =>
  node.call('POST', path, { token, ...(body !== undefined && { body }) })
const codeOf = ({ status, body }: Answer) => [status, body.code]
const person = (name = 'Ann'): Promise<Tokens> => newPerson(node, `person${++people}@example.org`, name)

async function acts(query = ''): Promise<{ action: string; by: string; object: string; after: unknown }[]> {
  return (await get(`/admin/audit?limit=200&${query}`)).body.acts
}

async function give(user: string, amount: bigint, asset = USD, tenant = 'main') {
  const id = uuidv7()
  const transfer = { asset, debit: WORLD, credit: userOwner(user), amount: toAmount(amount) }
  const events = [{ type: 'money.moved', user, payload: { user } }] as const
  await node.ledger.commit({ id, kind: 'test', tenant, request: digestOf(id), transfers: [transfer], events })
}

async function spend(user: string, asset = USD) {
  const id = uuidv7()
  const transfer = { asset, debit: userOwner(user), credit: HOUSE, amount: toAmount(1n) }
  const events = [{ type: 'money.moved', payload: { user } }] as const
  return node.ledger.commit({ id, kind: 'test', tenant: 'main', request: digestOf(id), transfers: [transfer], events })
}

describe('looking for people', () => {
  test('finds them by id, mail address in any case, and how their name begins, page by page', async () => {
    const found = await Promise.all(['Zora', 'zora B', 'Zorro', 'Zo_ra'].map((name) => person(name)))
    const [zora] = found as [Tokens]
    const one = await get(`/admin/users?query=${zora.user.id}`, support)
    expect(one.body).toMatchObject({
      users: [{ id: zora.user.id, name: 'Zora', roles: ['player'], frozen: false }],
      next: null,
    })
    const { email } = one.body.users[0]
    expect((await get(`/admin/users?query=${email.toUpperCase()}`)).body.users).toMatchObject([{ id: zora.user.id }])
    const names: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const { body }: Answer = await get(`/admin/users?query=ZOR&limit=1${next && `&cursor=${next}`}`)
      names.push(...body.users.map(({ name }: { name: string }) => name))
      next = body.next
    }
    expect(names).toEqual(['Zora', 'zora B', 'Zorro'])
    expect((await get('/admin/users?query=zo_')).body.users).toMatchObject([{ name: 'Zo_ra' }])
    expect((await get('/admin/users?query=%25')).body.users).toEqual([])
  })

  test('shows the newest without a query', async () => {
    const last = await person()
    const { body } = await get('/admin/users?limit=2')
    expect(body.users[0].id).toBe(last.user.id)
    const { body: more } = await get(`/admin/users?limit=2&cursor=${body.next}`)
    expect(more.users).toHaveLength(2)
    expect(more.users[0].id < body.users[1].id).toBe(true)
  })

  test('tells of one account, sessions, money, debts and acts, and records who looked', async () => {
    const { user } = await person('Looked At')
    await give(user.id, 500n)
    const { body } = await get(`/admin/users/${user.id}`, support)
    expect(body).toMatchObject({ user: { id: user.id, name: 'Looked At' }, secondFactor: false, debts: [], acts: [] })
    expect(body.sessions).toHaveLength(1)
    expect(body.balances).toContainEqual({ asset: 'USD', balance: '500', held: '0', frozen: false })
    const again = await get(`/admin/users/${user.id}`)
    expect(again.body.acts).toMatchObject([{ action: 'user.read', by: support.user.id, object: `user:${user.id}` }])
    expect(JSON.stringify(await acts())).not.toMatch(/Looked At|example\.org/)
  })
})

describe('who may', () => {
  test('is checked for every route: nobody, a player, and support where only an admin may', async () => {
    const player = await person()
    const id = player.user.id
    const routes = [
      ['GET', '/admin/users', 'support'],
      ['GET', `/admin/users/${id}`, 'support'],
      ['GET', `/admin/users/${id}/export`, 'support'],
      ['POST', `/admin/users/${id}/freeze`, 'support'],
      ['POST', `/admin/users/${id}/unfreeze`, 'support'],
      ['POST', `/admin/users/${id}/sessions/end`, 'support'],
      ['POST', `/admin/users/${id}/roles`, 'admin'],
      ['POST', `/admin/users/${id}/erase`, 'admin'],
      ['GET', '/admin/audit', 'admin'],
    ] as const
    for (const [method, path, least] of routes) {
      const body = path.endsWith('roles') ? { add: ['admin'] } : undefined
      const as = (token?: string) => node.call(method, path, { ...(token && { token }), ...(body && { body }) })
      expect(codeOf(await as()), path).toEqual([401, 'auth/token-missing'])
      expect(codeOf(await as(player.token)), path).toEqual([403, 'auth/forbidden'])
      if (least === 'admin') expect(codeOf(await as(support.token)), path).toEqual([403, 'auth/forbidden'])
      else if (!path.endsWith('end')) expect((await as(support.token)).status, path).toBe(200)
    }
  })

  test('ends at the tenant: of another one’s users nothing is known', async () => {
    const stranger = await node.access.guest('elsewhere')
    const path = `/admin/users/${stranger.user.id}`
    for (const each of ['', '/export']) expect(codeOf(await get(path + each))).toEqual([404, 'user/unknown'])
    for (const each of ['/freeze', '/unfreeze', '/sessions/end', '/erase'])
      expect(codeOf(await post(path + each))).toEqual([404, 'user/unknown'])
    expect(codeOf(await post(`${path}/roles`, { add: ['support'] }))).toEqual([404, 'user/unknown'])
    expect((await get(`/admin/users?query=${stranger.user.id}`)).body.users).toEqual([])
    expect((await get(`/admin/users?query=${encodeURIComponent(stranger.user.name)}`)).body.users).toEqual([])
    expect((await node.access.authenticate(stranger.token)).user).toBe(stranger.user.id)
    for (const id of ['nobody', uuidv7(), '%00']) expect((await get(`/admin/users/${id}`)).status).toBe(404)
  })
})

describe('roles', () => {
  test('are given and taken, and old tokens lose them at once on every node', async () => {
    const other = await node.accessAhead(0)
    const ben = await person('Ben')
    const given = await post(`/admin/users/${ben.user.id}/roles`, { add: ['support'] })
    expect([given.status, given.body]).toEqual([200, { roles: ['player', 'support'] }])
    await expect(node.access.authenticate(ben.token)).rejects.toMatchObject({ code: 'auth/revoked' })
    const later = await node.accessAhead(5)
    const mine = await later.signIn({
      id: ben.user.id,
      tenant: 'main',
      name: 'Ben',
      guest: false,
      roles: ['player', 'support'],
    })
    expect((await get('/admin/users', mine)).status).toBe(200)
    await vi.waitFor(async () => expect((await other.authenticate(mine.token)).roles).toContain('support'))
    await post(`/admin/users/${ben.user.id}/roles`, { remove: ['support'] })
    expect(codeOf(await get('/admin/users', mine))).toEqual([401, 'auth/revoked'])
    await vi.waitFor(() => expect(other.authenticate(mine.token)).rejects.toMatchObject({ code: 'auth/revoked' }))
    expect((await acts(`object=user:${ben.user.id}&action=user.roles`)).map(({ after }) => after)).toEqual([
      { roles: ['player'] },
      { roles: ['player', 'support'] },
    ])
    for (const each of [other, later]) each.close()
  })

  test('that change nothing end no session and are no act', async () => {
    const cyd = await person('Cyd')
    expect((await post(`/admin/users/${cyd.user.id}/roles`, { add: ['player'], remove: ['support'] })).status).toBe(200)
    expect((await node.access.authenticate(cyd.token)).user).toBe(cyd.user.id)
    expect(await acts(`object=user:${cyd.user.id}`)).toEqual([])
  })

  test('are refused to guests, of a partner’s in our tenant, and of being a player', async () => {
    const [guest, dan] = [await newGuest(node), await person('Dan')]
    for (const [id, change] of [
      [guest.user.id, { add: ['support'] }],
      [dan.user.id, { add: ['partner-admin'] }],
      [dan.user.id, { remove: ['player'] }],
    ] as const)
      expect(codeOf(await post(`/admin/users/${id}/roles`, change))).toEqual([409, 'auth/role'])
    expect(codeOf(await post(`/admin/users/${dan.user.id}/roles`, { add: ['root'] }))).toEqual([400, 'request/invalid'])
  })

  test('nobody takes their own of an admin, and of two who take each other’s at once one stays', async () => {
    expect(codeOf(await post(`/admin/users/${admin.user.id}/roles`, { remove: ['admin'] }))).toEqual([409, 'auth/role'])
    const eve = await newPerson(node, `person${++people}@example.org`, 'Eve', ['admin'])
    const both = await Promise.all([
      post(`/admin/users/${eve.user.id}/roles`, { remove: ['admin'] }, admin),
      post(`/admin/users/${admin.user.id}/roles`, { remove: ['admin'] }, eve),
    ])
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1)
    const { rows } = await node.pool.query(`select id from app_user where 'admin' = any(roles) and tenant = 'main'`)
    expect(rows).toHaveLength(1)
    admin = rows[0].id === eve.user.id ? eve : admin
    expect((await get('/admin/audit')).status).toBe(200)
  })
})

describe('standing', () => {
  test('of somebody frozen: nothing goes out, also of what comes in later, until they are freed', async () => {
    const fay = await person('Fay')
    await give(fay.user.id, 10n)
    expect((await post(`/admin/users/${fay.user.id}/freeze`, undefined, support)).body).toEqual({ frozen: true })
    for (const asset of [USD, PLAY_CREDIT])
      await expect(spend(fay.user.id, asset)).rejects.toMatchObject({ code: 'ledger/frozen' })
    const coin = toAsset('item:coin')
    await give(fay.user.id, 3n, coin)
    await vi.waitFor(() => expect(spend(fay.user.id, coin)).rejects.toMatchObject({ code: 'ledger/frozen' }))
    expect((await get(`/admin/users/${fay.user.id}`)).body.user.frozen).toBe(true)
    await post(`/admin/users/${fay.user.id}/freeze`)
    expect((await post(`/admin/users/${fay.user.id}/unfreeze`)).body).toEqual({ frozen: false })
    await spend(fay.user.id)
    await spend(fay.user.id, coin)
    await give(fay.user.id, 10n)
    await spend(fay.user.id)
    expect((await acts(`object=user:${fay.user.id}`)).map(({ action }) => action)).toEqual([
      'user.unfreeze',
      'user.read',
      'user.freeze',
    ])
  })

  test('of somebody frozen whom an event names as one of others: what it brought them is frozen, too', async () => {
    const ivy = await person('Ivy')
    await post(`/admin/users/${ivy.user.id}/freeze`)
    const [id, prize] = [uuidv7(), toAsset('play:item:acorn')]
    const transfer = { asset: prize, debit: 'issue:items', credit: userOwner(ivy.user.id), amount: toAmount(1n) }
    const events = [{ type: 'listing.sold', payload: { user: uuidv7(), buyer: ivy.user.id } }] as const
    await node.ledger.commit({ id, kind: 'test', tenant: 'main', request: digestOf(id), transfers: [transfer], events })
    await vi.waitFor(() => expect(spend(ivy.user.id, prize)).rejects.toMatchObject({ code: 'ledger/frozen' }))
  })

  test('of somebody who owes: the staff frees all but the money it is owed in', async () => {
    const gus = await person('Gus')
    const debt = { asset: USD, debit: `debt:${userOwner(gus.user.id)}`, credit: WORLD, amount: toAmount(5n) }
    await give(gus.user.id, 1n)
    const [id, events] = [uuidv7(), [{ type: 'money.moved', payload: {} }] as const]
    await node.ledger.commit({ id, kind: 'test', tenant: 'main', request: digestOf(id), transfers: [debt], events })
    await post(`/admin/users/${gus.user.id}/freeze`)
    await post(`/admin/users/${gus.user.id}/unfreeze`)
    await expect(spend(gus.user.id)).rejects.toMatchObject({ code: 'ledger/frozen' })
    await spend(gus.user.id, PLAY_CREDIT)
    expect((await get(`/admin/users/${gus.user.id}`)).body.debts).toEqual([{ asset: 'USD', owed: '5' }])
  })

  test('all sessions of somebody are ended', async () => {
    const hal = await person('Hal')
    expect((await post(`/admin/users/${hal.user.id}/sessions/end`, undefined, support)).status).toBe(204)
    expect(codeOf(await get('/me', hal))).toEqual([401, 'auth/revoked'])
    expect((await get(`/admin/users/${hal.user.id}`)).body.sessions).toEqual([])
  })
})

describe('the audit log', () => {
  let ida: Tokens
  beforeEach(async () => void (ida = await person('Ida')))

  test('is narrowed by who, what, whom and when, and goes page by page', async () => {
    const before = Date.now() - 1
    for (let i = 0; i < 3; i++) await get(`/admin/users/${ida.user.id}`, support)
    const path = `object=user:${ida.user.id}&by=${support.user.id}&action=user.read`
    expect(await acts(`${path}&from=${before}`)).toHaveLength(3)
    expect(await acts(`${path}&until=${before}`)).toEqual([])
    expect(await acts(`object=user:${ida.user.id}&by=nobody`)).toEqual([])
    const first = (await get(`/admin/audit?${path}&limit=2`)).body
    const rest = (await get(`/admin/audit?${path}&limit=2&cursor=${first.next}`)).body
    expect([first.acts.length, rest.acts.length, rest.next]).toEqual([2, 1, null])
    expect(BigInt(first.acts[1].seq)).toBeGreaterThan(BigInt(rest.acts[0].seq))
  })

  test('shows an admin the acts of their own tenant', async () => {
    const { user } = await node.access.guest('elsewhere')
    await node.pool.query(`update app_user set roles = '{player,admin}' where id = $1`, [user.id])
    const theirs = await node.access.signIn({ ...user, tenant: 'elsewhere', roles: ['player', 'admin'] })
    await get(`/admin/users/${user.id}`, theirs)
    expect((await get('/admin/audit', theirs)).body.acts).toMatchObject([{ by: user.id }])
    expect(await acts(`by=${user.id}`)).toEqual([])
  })

  test('cannot be changed unseen: the audit of the ledger names the act', async () => {
    await get(`/admin/users/${ida.user.id}`, support)
    expect(await auditLedger({ databaseUrl: node.url })).toMatchObject({ audit: 'ok' })
    const [act] = await acts(`object=user:${ida.user.id}`)
    const seq = (act as unknown as { seq: string }).seq
    await node.pool.query(
      `update event set payload = replace(payload::text, 'user.read', 'user.rest')::json where seq = $1`,
      [seq],
    )
    expect(await auditLedger({ databaseUrl: node.url })).toMatchObject({ audit: 'failed', finding: { seq } })
  })
})

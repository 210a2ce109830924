import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createSealer } from '../access/seal.ts'
import { Staff } from '../access/staff/staff.ts'
import { auditLedger } from '../ledger/audit/audit.ts'
import { battleFromJson } from '../game/battle/stored.ts'
import { HOUSE, userOwner, WORLD } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT, toAsset, type AssetId } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import type { Tokens } from '../schema/http.ts'
import { maskedUser } from '../schema/masked-user.ts'
import { exported, type Preferences } from '../schema/staff.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { newGuest, openTestNode, type Answer, type TestNode } from '../test/node.ts'
import { newPerson, PASSWORD } from '../test/people.ts'

const USD = toAsset('USD')
let node: TestNode
let people = 0
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const get = (path: string, { token }: Tokens): Promise<Answer> => node.call('GET', path, { token })
const post = (path: string, { token }: Tokens, body?: unknown): Promise<Answer> =>
  node.call('POST', path, { token, ...(body !== undefined && { body }) })
const codeOf = ({ status, body }: Answer) => [status, body.code]
const confirm = (who: Tokens) => post('/auth/confirm', who, { password: PASSWORD })

async function person(name = 'Ann'): Promise<Tokens & { email: string }> {
  const email = `person${++people}@example.org`
  return { ...(await newPerson(node, email, name)), email }
}

async function move(debit: string, credit: string, amount: bigint, asset: AssetId = USD, user?: string) {
  const id = uuidv7()
  const transfers = [{ asset, debit, credit, amount: toAmount(amount) }]
  const events = [{ type: 'money.moved' as const, ...(user && { user }), payload: { what: 'test' } }]
  await node.ledger.commit({ id, kind: 'test', tenant: 'main', request: digestOf(id), transfers, events })
}

/** Every row of every table that holds this text in any column, by table. */
async function tablesWith(text: string): Promise<readonly string[]> {
  const { rows } = await node.pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
  )
  const found = await Promise.all(
    rows.map(async ({ name }) => {
      const hit = await node.pool.query(`select from "${name}" t where position($1 in lower(t::text)) > 0 limit 1`, [
        text.toLowerCase(),
      ])
      return hit.rowCount === 0 ? [] : [name]
    }),
  )
  return found.flat()
}

describe('preferences', () => {
  test('are those of everybody until they are set, and are then one’s own', async () => {
    const ann = await person()
    const usual: Preferences = { language: 'en', sound: true, marketingMail: false, showName: true }
    expect((await get('/me/preferences', ann)).body).toEqual(usual)
    const set = await node.call('PUT', '/me/preferences', {
      token: ann.token,
      body: { language: 'pt-BR', sound: false },
    })
    expect([set.status, set.body]).toEqual([200, { ...usual, language: 'pt-BR', sound: false }])
    expect((await get('/me/preferences', ann)).body).toEqual(set.body)
    expect((await get('/me/preferences', await person())).body).toEqual(usual)
    for (const body of [{ language: 'klingon!' }, { sound: 'loud' }, { theme: 'dark' }, []])
      expect((await node.call('PUT', '/me/preferences', { token: ann.token, body })).status).toBe(400)
  })

  test('who does not show their name is a label to others from the next token on', async () => {
    const ben = await person('Ben Shy')
    await node.call('PUT', '/me/preferences', { token: ben.token, body: { showName: false } })
    const next = await node.access.refresh(ben.refreshToken)
    expect((await node.access.authenticate(next.token)).name).toBe(maskedUser(ben.user.id))
    expect(next.user.name).toBe('Ben Shy')
    await node.call('PUT', '/me/preferences', { token: next.token, body: {} })
    const again = await node.access.refresh(next.refreshToken)
    expect((await node.access.authenticate(again.token)).name).toBe('Ben Shy')
  })
})

describe('an export', () => {
  test('holds the account, sessions, preferences, every transfer and all that concerns the person, but no secrets', async () => {
    const cyd = await person('Cyd')
    await node.call('PUT', '/me/preferences', { token: cyd.token, body: { language: 'de' } })
    for (let i = 0; i < 505; i++) await move(WORLD, userOwner(cyd.user.id), 1n, USD, cyd.user.id)
    const { status, body, headers } = await get('/me/export', cyd)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json'])
    const { account, statement, events, balances } = exported.parse(body)
    expect(account).toMatchObject({
      app_user: [{ id: cyd.user.id, name: 'Cyd', tenant: 'main' }],
      person: [{ email: cyd.email }],
      preference: [{ value: { language: 'de' } }],
      session: [{ revoked_ms: null }],
    })
    expect(balances).toContainEqual({ asset: 'USD', balance: '505', held: '0' })
    expect(statement).toHaveLength(506)
    expect(new Set(statement.map(({ seq }) => seq)).size).toBe(506)
    expect(events.filter(({ type }) => type === 'money.moved')).toHaveLength(505)
    expect(events.map(({ type }) => type)).toContain('faucet.granted')
    expect(JSON.stringify(body)).not.toMatch(/argon2|password|hash|sealed|secret/i)
  })

  test('is one’s own, and made twice a minute at most', async () => {
    const dan = await person('Dan')
    const eve = await person('Eve')
    expect((await get('/me/export', dan)).body.account.app_user[0].name).toBe('Dan')
    expect((await get('/me/export', dan)).status).toBe(200)
    const third = await get('/me/export', dan)
    expect(codeOf(third)).toEqual([429, 'request/too-many'])
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await get('/me/export', eve)).status).toBe(200)
    expect(codeOf(await node.call('GET', '/me/export'))).toEqual([401, 'auth/token-missing'])
  })
})

describe('an erasure', () => {
  test('wants a fresh proof, and is refused while something is open, which it names', async () => {
    const fay = await person('Fay')
    expect(codeOf(await post('/me/erase', fay))).toEqual([403, 'auth/confirm'])
    await confirm(fay)
    const owner = userOwner(fay.user.id)
    await move(WORLD, owner, 5n)
    await move(`debt:${owner}`, WORLD, 3n)
    const id = uuidv7()
    const hold = {
      type: 'place',
      hold: uuidv7(),
      asset: PLAY_CREDIT,
      debit: owner,
      credit: HOUSE,
      amount: toAmount(1n),
      expires_at_ms: null,
    } as const
    const events = [{ type: 'money.moved' as const, payload: {} }]
    await node.ledger.commit({
      id,
      kind: 'test',
      tenant: 'main',
      request: digestOf(id),
      transfers: [],
      holds: [hold],
      events,
    })
    const battle = await node.call('POST', '/battles', {
      token: fay.token,
      key: 'fay',
      body: { rounds: ['pocket-change'], seats: 2, clientSeed: 'ab'.repeat(32) },
    })
    expect(battle.status, JSON.stringify(node.logged)).toBe(201)
    const refused = await post('/me/erase', fay)
    expect(codeOf(refused)).toEqual([409, 'user/unsettled'])
    expect(refused.body.details).toEqual({ open: ['balances', 'holds', 'debts', 'battles'] })
    expect((await get('/me', fay)).status).toBe(200)
    expect((await tablesWith(fay.email)).length).toBeGreaterThan(0)
  })

  test('leaves neither the mail address nor the name anywhere in the database, and no way in', async () => {
    const name = 'Gusgone Erased'
    const gus = await person(name)
    const { email } = gus
    await node.call('PUT', '/me/preferences', { token: gus.token, body: { language: 'fr' } })
    await node.call('POST', '/auth/forgot', { body: { email } })
    await node.call('POST', '/auth/login', {
      body: { email, password: PASSWORD },
      headers: { 'user-agent': 'Gusfox/1.0' },
    })
    const finished = await finishedBattleOf(gus.user.id, name)
    expect(await tablesWith(email)).toEqual(['person'])
    expect(await tablesWith(name)).toEqual(expect.arrayContaining(['app_user', 'actor_finished']))
    expect(await tablesWith('Gusfox')).toEqual(['session'])
    const { token, refreshToken } = gus
    await confirm(gus)
    expect((await post('/me/erase', gus)).body).toEqual({ erased: true })
    for (const text of [email, name, 'Gusfox']) expect(await tablesWith(text), text).toEqual([])
    const letters = (await node.mail.waiting()).filter(({ to }) => to === email)
    expect(letters).toEqual([])
    expect(JSON.stringify(node.logged)).not.toContain(email)
    const state = (await node.ledger.actors.find(finished))!.state
    expect(battleFromJson(state).seats.map((seat) => seat?.name)).toEqual(['erased', 'Hal'])
    expect(codeOf(await get('/me', gus))).toEqual([401, 'auth/revoked'])
    await expect(node.access.authenticate(token)).rejects.toMatchObject({ code: 'auth/revoked' })
    await expect(node.access.refresh(refreshToken)).rejects.toMatchObject({ code: 'auth/token-invalid' })
    expect(codeOf(await node.call('POST', '/auth/login', { body: { email, password: PASSWORD } }))).toEqual([
      401,
      'auth/credentials',
    ])
    const { rows } = await node.pool.query('select name, roles, handle from app_user where id = $1', [gus.user.id])
    expect(rows).toEqual([{ name: 'erased', roles: [], handle: null }])
    const events = await node.ledger.reader.events({ since: 0n, limit: 10_000, type: 'person.erased', tenant: 'main' })
    expect(events.map(({ payload }) => payload)).toEqual([{ user: gus.user.id }])
    expect(await auditLedger({ databaseUrl: node.url })).toMatchObject({ audit: 'ok' })
    // The address is free again, for somebody else.
    const other = await newPerson(node, email, 'Somebody Else')
    expect(other.user.id).not.toBe(gus.user.id)
  })

  test('ends sessions on every node, and one that a crash left untold is told at the next start', async () => {
    const other = await node.accessAhead(0)
    const ida = await person('Ida')
    await confirm(ida)
    const principal = await other.authenticate(ida.token)
    const commit = vi.spyOn(node.ledger, 'commit').mockRejectedValueOnce(new Error('killed'))
    expect((await post('/me/erase', ida)).status).toBe(500)
    commit.mockRestore()
    expect(await tablesWith(ida.email)).toEqual([])
    const parts = { ...node, sealer: createSealer(node.secretKey), clock: Date.now, failed: () => {} }
    const restarted = new Staff(parts)
    await vi.waitFor(() => expect(other.isRevoked(principal)).toBe(true))
    await vi.waitFor(async () => {
      const { rows } = await node.pool.query('select told from erasure where user_id = $1', [ida.user.id])
      expect(rows).toEqual([{ told: true }])
    })
    await restarted.close()
    other.close()
  })

  test('is done once: whoever is erased is nobody', async () => {
    const admin = await newPerson(node, 'root@staff.example', 'Root', ['admin'])
    const jon = await person('Jon')
    expect((await post(`/admin/users/${jon.user.id}/erase`, admin)).status).toBe(200)
    expect(codeOf(await post(`/admin/users/${jon.user.id}/erase`, admin))).toEqual([404, 'user/unknown'])
    const { body } = await get(`/admin/users/${jon.user.id}`, admin)
    expect(body.user).toMatchObject({ name: 'erased', email: null, erased: true, roles: [] })
    expect(body.acts[0]).toMatchObject({ action: 'user.erase', by: admin.user.id })
    await confirm(admin)
    expect(codeOf(await post('/me/erase', admin))).toEqual([409, 'auth/role'])
  })

  test('of many at once neither waits for ever nor keeps others from the database', async () => {
    const guests = await Promise.all(Array.from({ length: 60 }, () => newGuest(node)))
    const answers = await Promise.all([
      ...guests.map((guest) => post('/me/erase', guest)),
      get('/me/preferences', await person()),
    ])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })

  test('of a guest needs no proof: there is nothing but the token', async () => {
    const guest = await newGuest(node)
    expect((await post('/me/erase', guest)).status).toBe(200)
    expect(await tablesWith(guest.user.name)).toEqual([])
    expect(codeOf(await get('/me', guest))).toEqual([401, 'auth/revoked'])
  })
})

/** A battle that is over, in which the user sat. */
async function finishedBattleOf(user: string, name: string): Promise<string> {
  const id = uuidv7()
  const actor = `battle-${id}`
  const seat = (who: string, called: string) => ({ user: who, name: called, bot: false, clientSeed: '', borrow: 0 })
  const seats = [seat(user, name), seat(uuidv7(), 'Hal')]
  const battle = { id, phase: 'cancelled', seats, boxes: [], price: '0', result: null, creator: user, mode: 'standard' }
  const events = [{ type: 'battle.cancelled' as const, payload: { battle: id } }]
  const step = { id: actor, kind: 'battle', epoch: 0, version: 0, state: JSON.stringify(battle), finished: true }
  const outcome = {
    id: uuidv7(),
    kind: 'test',
    tenant: 'main',
    request: digestOf(id),
    transfers: [],
    events,
    actor: step,
  }
  await node.ledger.commit(outcome)
  return actor
}

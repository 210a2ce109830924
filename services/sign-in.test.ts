import { TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestNode, type Answer, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const PASSWORD = 'nine blue herons'
let people = 0

async function linkTo(email: string): Promise<string> {
  const letter = (await node.mail.waiting()).findLast(({ to }) => to === email)
  return /#([\w-]{43})/.exec(letter!.text)![1]!
}

async function account(token?: string): Promise<Readonly<{ email: string; token: string; user: { id: string } }>> {
  const email = `bea${++people}@example.org`
  const body = { email, password: PASSWORD, name: 'Bea' }
  const asked = await node.call('POST', '/auth/register', { body, ...(token !== undefined && { token }) })
  expect([asked.status, asked.body]).toEqual([202, { sent: true }])
  const { status, body: tokens } = await node.call('POST', '/auth/confirm-email', {
    body: { link: await linkTo(email) },
  })
  expect(status).toBe(201)
  return { email, token: tokens.token, user: tokens.user }
}

const login = (email: string, password = PASSWORD, more: object = {}): Promise<Answer> =>
  node.call('POST', '/auth/login', { body: { email, password, ...more }, headers: { 'user-agent': 'Firefox' } })

describe('signing up and in', () => {
  test('makes a guest an account that keeps what the guest had', async () => {
    const guest = (await node.call('POST', '/auth/guest')).body
    const { email, user, token } = await account(guest.token)
    expect(user).toEqual({ id: guest.user.id, name: 'Bea', guest: false })
    const { body } = await node.call('GET', '/me', { token })
    expect(body.balances).toEqual([{ asset: 'play:CREDIT', balance: '100000', held: '0' }])
    const again = await login(email)
    expect([again.status, again.body.user.id]).toEqual([200, user.id])
    expect(again.headers.get('cache-control')).toBe('no-store')
  })

  test('answers the same for an address that has an account and for one that has none', async () => {
    const { email } = await account()
    const told = async (to: string) => {
      const asked = [
        await node.call('POST', '/auth/register', { body: { email: to, password: 'ten grey geese', name: 'Eve' } }),
        await login(to, 'not the password'),
        await node.call('POST', '/auth/forgot', { body: { email: to } }),
      ]
      return asked.map(({ status, body }) => [status, { ...body, requestId: '', traceId: '' }])
    }
    expect(await told(email)).toEqual(await told('nobody@example.net'))
  })

  test.each([
    ['an address that is none', { email: 'ann', password: PASSWORD, name: 'Ann' }, 400, 'request/invalid'],
    ['a name with a line break', { email: 'a@b.cd', password: PASSWORD, name: 'A\nB' }, 400, 'request/invalid'],
    ['a password that is guessed', { email: 'a@b.cd', password: 'password123', name: 'Ann' }, 422, 'auth/password'],
    [
      'a field nobody knows',
      { email: 'a@b.cd', password: PASSWORD, name: 'Ann', roles: ['admin'] },
      400,
      'request/invalid',
    ],
  ])('refuses %s', async (_what, body, status, code) => {
    const refused = await node.call('POST', '/auth/register', { body })
    expect([refused.status, refused.body.code]).toEqual([status, code])
  })

  test('says how long to wait after failures, and 100 tries a minute are enough for one address', async () => {
    const { email } = await account()
    for (let i = 0; i < 6; i++) await login(email, `guess ${i}`)
    const refused = await login(email)
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'auth/slow-down',
      '1',
    ])
    const strict = await openTestNode({ attemptsPerMinute: 100 })
    const all = []
    for (let i = 0; i < 101; i++) all.push(await strict.call('POST', '/auth/refresh', { body: { refreshToken: 'x' } }))
    expect(all.map(({ status }) => status)).toEqual([...Array<number>(100).fill(401), 429])
    await strict.close()
  })

  test('a forgotten password is replaced by a link', async () => {
    const { email, token } = await account()
    expect((await node.call('POST', '/auth/forgot', { body: { email } })).status).toBe(202)
    const body = { link: await linkTo(email), password: 'eleven green frogs' }
    expect((await node.call('POST', '/auth/reset', { body })).status).toBe(204)
    expect((await node.call('POST', '/auth/reset', { body })).body.code).toBe('auth/link')
    expect((await node.call('GET', '/me', { token })).body.code).toBe('auth/revoked')
    expect((await login(email, 'eleven green frogs')).status).toBe(200)
  })
})

describe('one’s own account', () => {
  test('lists its sessions and ends one', async () => {
    const { email, token } = await account()
    const second = (await login(email)).body.token
    const { body } = await node.call('GET', '/auth/sessions', { token })
    expect(body.sessions).toMatchObject([{ device: 'Firefox', current: false }, { current: true }])
    const path = `/auth/sessions/${body.sessions[0].id}`
    const stranger = (await account()).token
    expect((await node.call('DELETE', path, { token: stranger })).status).toBe(404)
    expect((await node.call('DELETE', path, { token })).status).toBe(204)
    expect((await node.call('GET', '/me', { token: second })).body.code).toBe('auth/revoked')
    expect((await node.call('DELETE', '/auth/sessions/nonsense', { token })).status).toBe(404)
  })

  test('takes a second factor from who has just proved who they are', async () => {
    const { email, token } = await account()
    const post = (path: string, body?: object) => node.call('POST', path, { token, ...(body && { body }) })
    expect((await post('/auth/second-factor')).body.code).toBe('auth/confirm')
    expect((await post('/auth/confirm', { password: 'wrong' })).body.code).toBe('auth/credentials')
    expect((await post('/auth/confirm', { password: PASSWORD })).status).toBe(200)
    const { status, body } = await post('/auth/second-factor')
    expect(status).toBe(201)
    const codeAt = (steps: number) =>
      new TOTP({ secret: body.secret }).generate({ timestamp: Date.now() + steps * 30_000 })
    const { body: recovery } = await post('/auth/second-factor/confirm', { code: codeAt(-1) })
    expect(recovery.recoveryCodes).toHaveLength(10)
    expect((await node.call('GET', '/auth/second-factor', { token })).body).toEqual({ inForce: true })
    expect((await login(email)).body.code).toBe('auth/code-missing')
    expect((await login(email, PASSWORD, { code: codeAt(0) })).status).toBe(200)
    expect((await login(email, PASSWORD, { code: codeAt(0) })).body.code).toBe('auth/code')
    expect((await post('/auth/second-factor/end', { code: recovery.recoveryCodes[0] })).status).toBe(204)
    expect((await login(email)).status).toBe(200)
  })
})

import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestNode, TOKEN_TTL_S, type TestNode } from '../test/node.ts'
import { tokenSigner } from '../test/token.ts'
import { userOwner } from '../schema/account.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { REFRESH_GRACE_MS } from './session.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const coded = (code: string) => expect.objectContaining({ code })

describe('guests', () => {
  test('get a name, their play credits and tokens that say who they are', async () => {
    const { user, token, expiresAt } = await node.access.guest()
    expect(user.name).toMatch(/^[A-Z][a-z-]+ [A-Z][a-z]+ \d{1,2}$/)
    const balance = await node.ledger.reader.balance('main', userOwner(user.id), PLAY_CREDIT)
    expect(balance?.balance).toBe(100_000n)
    const principal = await node.access.authenticate(token)
    expect(principal).toMatchObject({ user: user.id, name: user.name, guest: true, tenant: 'main', roles: ['player'] })
    expect(principal.expires_ms).toBe(expiresAt)
    expect(await node.access.names('main', [user.id, 'nobody'])).toEqual(new Map([[user.id, user.name]]))
  })

  test('a user of ours is the same one each time and is welcomed once', async () => {
    const users = await Promise.all([1, 2, 3, 4].map(() => node.access.ensureUser('Demo Bot')))
    expect(new Set(users.map(({ id }) => id)).size).toBe(1)
    const balance = await node.ledger.reader.balance('main', userOwner(users[0]!.id), PLAY_CREDIT)
    expect(balance?.balance).toBe(100_000n)
    await node.access.topUp(users[0]!)
    expect(await node.access.ensureUser('Demo Bot')).toEqual(users[0])
  })
})

describe('access tokens', () => {
  test('missing, forged, of another key or expired are each refused by their own code', async () => {
    const { token } = await node.access.guest()
    await expect(node.access.authenticate(undefined)).rejects.toEqual(coded('auth/token-missing'))
    await expect(node.access.authenticate('rubbish')).rejects.toEqual(coded('auth/token-invalid'))
    const [header, body, signature] = token.split('.')
    const grown = { ...JSON.parse(Buffer.from(body!, 'base64url').toString()), roles: ['admin'] }
    const forged = [header, Buffer.from(JSON.stringify(grown)).toString('base64url'), signature].join('.')
    await expect(node.access.authenticate(forged)).rejects.toEqual(coded('auth/token-invalid'))
    const principal = await node.access.authenticate(token)
    const foreign = (await tokenSigner(node.pool, node.secretKey, { forged: true }))(principal)
    await expect(node.access.authenticate(foreign)).rejects.toEqual(coded('auth/token-invalid'))
    const later = await node.accessAhead(TOKEN_TTL_S * 1000 + 1000)
    await expect(later.authenticate(token)).rejects.toEqual(coded('auth/token-expired'))
  })

  test('an unsigned token, or one signed by the wrong algorithm, is refused', async () => {
    const { token } = await node.access.guest()
    const body = token.split('.')[1]!
    const head = (alg: string) => Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')
    const unsigned = `${head('none')}.${body}.`
    await expect(node.access.authenticate(unsigned)).rejects.toEqual(coded('auth/token-invalid'))
    const text = `${head('HS512')}.${body}`
    const other = `${text}.${createHmac('sha512', node.secretKey).update(text).digest('base64url')}`
    await expect(node.access.authenticate(other)).rejects.toEqual(coded('auth/token-invalid'))
  })

  test('a role that is not there is refused', async () => {
    const { token } = await node.access.guest()
    const principal = await node.access.authenticate(token)
    expect(() => node.access.demand({ ...principal, roles: ['player', 'support'] }, 'users.read')).not.toThrow()
    expect(() => node.access.demand(principal, 'users.read')).toThrow(coded('auth/forbidden'))
  })
})

describe('refresh tokens', () => {
  test('rotate, and rest as hashes', async () => {
    const first = await node.access.guest()
    const second = await node.access.refresh(first.refreshToken)
    const third = await node.access.refresh(second.refreshToken)
    expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3)
    expect((await node.access.authenticate(third.token)).user).toBe(first.user.id)
    const { rows } = await node.pool.query('select * from refresh_token')
    expect(JSON.stringify(rows)).not.toContain(third.refreshToken)
  })

  test('two tabs that send the same one at once both go on', async () => {
    const { refreshToken } = await node.access.guest()
    const both = await Promise.all([1, 2, 3, 4].map(() => node.access.refresh(refreshToken)))
    expect(new Set(both.map((each) => each.refreshToken)).size).toBe(1)
    await expect(node.access.refresh(both[0]!.refreshToken)).resolves.toBeDefined()
  })

  test('one that was used before ends the whole session', async () => {
    const first = await node.access.guest()
    const second = await node.access.refresh(first.refreshToken)
    const later = await node.accessAhead(REFRESH_GRACE_MS + 1)
    await expect(later.refresh(first.refreshToken)).rejects.toEqual(coded('auth/revoked'))
    await expect(node.access.refresh(second.refreshToken)).rejects.toEqual(coded('auth/revoked'))
    await expect(node.access.authenticate(second.token)).rejects.toEqual(coded('auth/revoked'))
  })

  test('unknown and expired ones are refused', async () => {
    await expect(node.access.refresh('x'.repeat(43))).rejects.toEqual(coded('auth/token-invalid'))
    await expect(node.access.refresh('short')).rejects.toEqual(coded('auth/token-invalid'))
    const { refreshToken } = await node.access.guest()
    const later = await node.accessAhead(2_592_001_000)
    await expect(later.refresh(refreshToken)).rejects.toEqual(coded('auth/token-invalid'))
    await later.dropExpired()
    for (const table of ['refresh_token', 'session', 'revocation']) {
      expect((await node.pool.query(`select from ${table}`)).rowCount).toBe(0)
    }
  })
})

describe('revocation', () => {
  test('reaches every node by its tail, and one that starts later from the table', async () => {
    const other = await node.accessAhead(0)
    const heard: unknown[] = []
    other.onRevoked((revocation) => heard.push(revocation))
    const { token, refreshToken } = await node.access.guest()
    const principal = await other.authenticate(token)
    await node.access.logout(principal)
    await vi.waitFor(() => expect(heard).toEqual([{ session: principal.session }]))
    expect(other.isRevoked(principal)).toBe(true)
    await expect(node.access.authenticate(token)).rejects.toEqual(coded('auth/revoked'))
    await expect(node.access.refresh(refreshToken)).rejects.toEqual(coded('auth/revoked'))
    const later = await node.accessAhead(0)
    expect(later.isRevoked(principal)).toBe(true)
    other.close()
    later.close()
  })

  test("a user's hits the sessions begun until then, not the one that follows", async () => {
    const user = await node.access.ensureUser('Returning')
    const before = await node.access.signIn(user)
    await node.access.revoke('main', { user: user.id })
    const after = await (await node.accessAhead(1)).signIn(user)
    await expect(node.access.authenticate(before.token)).rejects.toEqual(coded('auth/revoked'))
    await expect(node.access.authenticate(after.token)).resolves.toBeDefined()
  })

  test('one that a crash left untold is told at the next start', async () => {
    const { token } = await node.access.guest()
    const principal = await node.access.authenticate(token)
    const commit = vi.spyOn(node.ledger, 'commit').mockRejectedValueOnce(new Error('killed'))
    await expect(node.access.logout(principal)).rejects.toThrow('killed')
    commit.mockRestore()
    const told: unknown[] = []
    node.tail.subscribe((events) => told.push(...events.filter(({ type }) => type === 'access.revoked')))
    const restarted = await node.accessAhead(0)
    expect(restarted.isRevoked(principal)).toBe(true)
    expect(told).toHaveLength(1)
    restarted.close()
  })
})

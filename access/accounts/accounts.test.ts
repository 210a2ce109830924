import { TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { userOwner } from '../../schema/account.ts'
import { openTestNode, type TestNode } from '../../test/node.ts'
import { TestSmtp } from '../../test/smtp.ts'
import { createSealer } from '../seal.ts'
import type { Accounts } from './accounts.ts'
import { Mail, smtpCarrier } from './mail.ts'
import { PostgresAccounts } from './open.ts'
import { Passwords } from './password.ts'

let node: TestNode
let smtp: TestSmtp
let accounts: Accounts
let ahead_ms = 0
const clock = () => Date.now() + ahead_ms
const log = { warn: () => {} }

beforeAll(async () => {
  node = await openTestNode()
  smtp = await TestSmtp.start()
  const { pool, access } = node
  const sealer = createSealer(node.secretKey)
  const mail = new Mail({ pool, sealer, clock, carrier: smtpCarrier(smtp.url, 'hello@rollingdrop.test'), log })
  const passwords = new Passwords({ memory_kib: 64, passes: 1, atOnce: 2, waiting_max: 100 })
  accounts = new PostgresAccounts({ pool, access, sealer, passwords, mail, site: 'https://site.test', clock })
})
afterAll(async () => {
  await accounts.close()
  await smtp.close()
  await node.close()
})

const PASSWORD = 'nine blue herons'
const here = { address: '203.0.113.7' }
const coded = (code: string) => expect.objectContaining({ code })
let people = 0
const newEmail = () => `ann${++people}@example.org`

async function registered(email = newEmail(), guest?: string) {
  const principal = guest === undefined ? undefined : await node.access.authenticate(guest)
  await accounts.register({ tenant: 'main', email, password: PASSWORD, name: 'Ann', guest: principal }, here)
  const tokens = await accounts.confirmEmail(await smtp.linkTo(email, 'Confirm your address'), here)
  return { email, tokens, principal: await node.access.authenticate(tokens.token) }
}

const login = (email: string, password = PASSWORD, code?: string, address = here.address) =>
  accounts.login({ tenant: 'main', email, password, code }, { address, device: 'a browser' })

describe('an account', () => {
  test('is made by the link in a mail, welcomed with play credits, and signs in by its password', async () => {
    const { email, tokens } = await registered()
    expect(tokens.user).toMatchObject({ name: 'Ann', guest: false })
    const balance = await node.ledger.reader.balance('main', userOwner(tokens.user.id), PLAY_CREDIT)
    expect(balance?.balance).toBe(100_000n)
    const again = await login(email.toUpperCase())
    expect(again.user.id).toBe(tokens.user.id)
    await expect(login(email, 'another password')).rejects.toEqual(coded('auth/credentials'))
  })

  test('of a guest keeps the user, and with it balance and things', async () => {
    const guest = await node.access.guest()
    const { tokens } = await registered(newEmail(), guest.token)
    expect(tokens.user).toEqual({ id: guest.user.id, name: 'Ann', guest: false })
    const principal = await node.access.authenticate(tokens.token)
    const twice = { tenant: 'main', email: newEmail(), password: PASSWORD, name: 'B', guest: principal }
    await expect(accounts.register(twice, here)).rejects.toEqual(coded('auth/not-guest'))
  })

  test('is not told of to whoever asks: an address in use gets a mail of its own and the same answer', async () => {
    const { email } = await registered()
    const other = { tenant: 'main', email, password: 'someone else here', name: 'Eve', guest: undefined }
    await expect(accounts.register(other, here)).resolves.toBeUndefined()
    await smtp.mailTo(email, 'which has one')
    await expect(accounts.forgot('main', 'nobody@example.org', here)).resolves.toBeUndefined()
    await smtp.mailTo('nobody@example.org', 'there is none')
    await expect(login('nobody@example.org')).rejects.toEqual(coded('auth/credentials'))
  })

  test('is not told of by the work it makes: the same statements and hashes, whether or not there is one', async () => {
    const { pool, access } = node
    const sealer = createSealer(node.secretKey)
    const mail = new Mail({ pool, sealer, clock, carrier: undefined, log })
    const passwords = new Passwords({ memory_kib: 64, passes: 1, atOnce: 2, waiting_max: 100 })
    const quiet: Accounts = new PostgresAccounts({
      pool,
      access,
      sealer,
      passwords,
      mail,
      site: 'https://site.test',
      clock,
    })
    const hashed = vi.spyOn(passwords, 'hash')
    const verified = vi.spyOn(passwords, 'verify')
    const query = vi.spyOn(pool, 'query')
    const workFor = async (email: string) => {
      for (const spy of [hashed, verified, query]) spy.mockClear()
      const wrong = { tenant: 'main', email, password: 'not the password' }
      await expect(quiet.login(wrong, here)).rejects.toEqual(coded('auth/credentials'))
      await quiet.forgot('main', email, here)
      await quiet.register({ tenant: 'main', email, password: PASSWORD, name: 'Eve', guest: undefined }, here)
      const statements = query.mock.calls.map(([statement]) => statement as unknown)
      return [statements, hashed.mock.calls.length, verified.mock.calls.length]
    }
    const { email } = await registered()
    await workFor(newEmail()) // The first one ever also makes the hash of nobody's password.
    expect(await workFor(email)).toEqual(await workFor(newEmail()))
    query.mockRestore()
    await quiet.close()
  })

  test('is made once of a link, and not by two links of one address', async () => {
    const email = newEmail()
    const ask = () =>
      accounts.register({ tenant: 'main', email, password: PASSWORD, name: 'Ann', guest: undefined }, here)
    await ask()
    const first = await smtp.linkTo(email, 'Confirm')
    await ask()
    const second = await vi.waitFor(async () => {
      const link = await smtp.linkTo(email, 'Confirm')
      expect(link).not.toBe(first)
      return link
    })
    await accounts.confirmEmail(first, here)
    await expect(accounts.confirmEmail(first, here)).rejects.toEqual(coded('auth/link'))
    await expect(accounts.confirmEmail(second, here)).rejects.toEqual(coded('auth/link'))
    await expect(accounts.confirmEmail('nonsense', here)).rejects.toEqual(coded('auth/link'))
  })

  test.each(['short', 'aaaaaaaaaaaa', 'password12345', 'qwerty123456', 'margareta1'])(
    'has no password that is guessed: %s',
    async (password) => {
      const asked = { tenant: 'main', email: 'margareta@example.org', password, name: 'M', guest: undefined }
      await expect(accounts.register(asked, here)).rejects.toEqual(coded('auth/password'))
    },
  )
})

describe('a password', () => {
  test('that was forgotten is replaced by a link, which ends all sessions', async () => {
    const { email, tokens } = await registered()
    await accounts.forgot('main', email, here)
    const link = await smtp.linkTo(email, 'asked for a new password')
    await expect(accounts.reset(link, 'short')).rejects.toEqual(coded('auth/password'))
    await accounts.reset(link, 'eleven green frogs')
    await expect(node.access.authenticate(tokens.token)).rejects.toEqual(coded('auth/revoked'))
    await expect(accounts.reset(link, 'eleven green frogs')).rejects.toEqual(coded('auth/link'))
    await login(email, 'eleven green frogs')
    await smtp.mailTo(email, 'was changed')
  })

  test('that was hashed at a lower cost is hashed anew at the next sign-in, and only then', async () => {
    const { email, tokens } = await registered()
    const cheap = new Passwords({ memory_kib: 32, passes: 1, atOnce: 1, waiting_max: 1 })
    const hashOf = async () => {
      const sql = 'select password_hash from person where user_id = $1'
      return (await node.pool.query<{ password_hash: string }>(sql, [tokens.user.id])).rows[0]!.password_hash
    }
    const before = await cheap.hash(PASSWORD)
    await node.pool.query('update person set password_hash = $2 where user_id = $1', [tokens.user.id, before])
    await expect(login(email, 'wrong wrong wrong')).rejects.toEqual(coded('auth/credentials'))
    expect(await hashOf()).toBe(before)
    await login(email)
    const after = await hashOf()
    expect([before, after].map((hash) => /m=\d+/.exec(hash)?.[0])).toEqual(['m=32', 'm=64'])
    await login(email)
    expect(await hashOf()).toBe(after)
  })

  test('is changed by who knows the old one, which ends the other sessions', async () => {
    const { email, principal } = await registered()
    const other = await login(email)
    await expect(accounts.changePassword(principal, 'wrong wrong', 'seven white cats', here)).rejects.toEqual(
      coded('auth/credentials'),
    )
    await accounts.changePassword(principal, PASSWORD, 'seven white cats', here)
    await expect(node.access.authenticate(other.token)).rejects.toEqual(coded('auth/revoked'))
    expect((await accounts.sessions(principal)).map(({ current }) => current)).toEqual([true])
  })

  test('that is guessed at costs longer and longer waits, from one address sooner than for everybody', async () => {
    const { email } = await registered()
    for (let i = 0; i < 6; i++) await expect(login(email, `guess ${i}`)).rejects.toEqual(coded('auth/credentials'))
    await expect(login(email)).rejects.toMatchObject({ code: 'auth/slow-down', details: { retryAfter_s: 1 } })
    await login(email, PASSWORD, undefined, '198.51.100.1')
    ahead_ms = 1_500
    await expect(login(email, 'guess 7')).rejects.toEqual(coded('auth/credentials'))
    await expect(login(email)).rejects.toMatchObject({ details: { retryAfter_s: 2 } })
    ahead_ms = 10_000
    await login(email)
    ahead_ms = 0
  })
})

describe('a second factor', () => {
  test('is asked for at every sign-in, each code once, and a recovery code stands in for it', async () => {
    const { email, principal } = await registered()
    const { secret, uri } = await accounts.enrol(principal)
    expect(uri).toMatch(/^otpauth:\/\/totp\/RollingDrop:/)
    const app = new TOTP({ secret })
    const codeAt = (steps: number) => app.generate({ timestamp: clock() + steps * 30_000 })
    await expect(accounts.confirmSecondFactor(principal, '000000')).rejects.toEqual(coded('auth/code'))
    const recovery = await accounts.confirmSecondFactor(principal, codeAt(-1))
    expect(new Set(recovery).size).toBe(10)
    await expect(login(email)).rejects.toEqual(coded('auth/code-missing'))
    const code = codeAt(0)
    const both = await Promise.allSettled([login(email, PASSWORD, code), login(email, PASSWORD, code)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await login(email, PASSWORD, recovery[0]!.toLowerCase())
    await expect(login(email, PASSWORD, recovery[0])).rejects.toEqual(coded('auth/code'))
    await expect(accounts.enrol(principal)).rejects.toEqual(coded('auth/totp'))
    await accounts.endSecondFactor(principal, recovery[1]!)
    await login(email)
  })

  test('or the password confirms a session for some minutes', async () => {
    const { principal } = await registered()
    await expect(accounts.demandConfirmed(principal)).rejects.toEqual(coded('auth/confirm'))
    await expect(accounts.confirm(principal, { password: 'wrong' }, here)).rejects.toEqual(coded('auth/credentials'))
    await accounts.confirm(principal, { password: PASSWORD }, here)
    await accounts.demandConfirmed(principal)
    ahead_ms = 301_000
    await expect(accounts.demandConfirmed(principal)).rejects.toEqual(coded('auth/confirm'))
    ahead_ms = 0
  })

  test('is not for guests', async () => {
    const guest = await node.access.authenticate((await node.access.guest()).token)
    await expect(accounts.enrol(guest)).rejects.toEqual(coded('auth/forbidden'))
  })
})

describe('sessions', () => {
  test('are listed and ended by their owner alone', async () => {
    const { email, principal } = await registered()
    const second = await node.access.authenticate((await login(email)).token)
    const list = await accounts.sessions(principal)
    expect(list.map(({ id, device, current }) => [id, device, current])).toEqual([
      [second.session, 'a browser', false],
      [principal.session, null, true],
    ])
    const stranger = (await registered()).principal
    await expect(accounts.endSession(stranger, second.session)).rejects.toEqual(coded('request/not-found'))
    await accounts.endSession(principal, second.session)
    expect(node.access.isRevoked(second)).toBe(true)
  })
})

test('letters wait sealed while the mail server refuses them, and nobody is flooded with them', async () => {
  const email = newEmail()
  smtp.refuse = true
  await accounts.forgot('main', email, here)
  const { rows } = await vi.waitFor(async () => {
    const found = await node.pool.query<{ sealed: string; error: string }>('select * from mail where error is not null')
    expect(found.rowCount).toBe(1)
    return found
  })
  expect(JSON.stringify(rows)).not.toContain('example.org')
  smtp.refuse = false
  ahead_ms = 11_000
  await accounts.forgot('main', newEmail(), here) // Whatever is due goes with the next one.
  await smtp.mailTo(email, 'there is none')
  for (let i = 0; i < 4; i++) await accounts.forgot('main', email, here)
  await expect(accounts.forgot('main', email, here)).rejects.toEqual(coded('auth/slow-down'))
  ahead_ms = 0
})

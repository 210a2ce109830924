import type { Pool } from 'pg'
import { z } from 'zod'
import { RollingDropError } from '../../schema/errors.ts'
import type { Principal } from '../access.ts'
import type { AccessOperations } from '../open.ts'
import type { Sealer } from '../seal.ts'
import { transaction } from '../transaction.ts'
import type { Accounts, Origin, Registration } from './accounts.ts'
import { CLOSE_BY, Failures, FROM_ANYWHERE, type Attempt } from './failures.ts'
import { letters } from './letters.ts'
import type { Mail } from './mail.ts'
import { OneTimeTokens, type Purpose } from './one-time.ts'
import type { Passwords } from './password.ts'
import { createPerson, emailKey, findByEmail, findPerson, setPassword, type Person } from './person.ts'
import { createOwnSessions } from './own-sessions.ts'
import { demandStrong } from './strength.ts'
import { SecondFactor } from './totp.ts'

type Parts = Readonly<{
  pool: Pool
  access: AccessOperations
  sealer: Sealer
  passwords: Passwords
  mail: Mail
  /** Where links in mails lead: the pages' address, without a slash at its end. */
  site: string
  clock: () => number
}>

const HOUR_MS = 3_600_000
/** How many letters somebody may have sent to one address before they have to wait. */
const LETTERS = { free: 4, wait_max_ms: HOUR_MS }

const registration: Purpose<z.infer<typeof registered>> = {
  name: 'register',
  ttl_ms: 24 * HOUR_MS,
  get payload() {
    return registered
  },
}
const registered = z.object({
  tenant: z.string(),
  email: z.string(),
  passwordHash: z.string(),
  name: z.string(),
  guest: z.string().nullable(),
})
const reset: Purpose<{ user: string }> = {
  name: 'reset',
  ttl_ms: HOUR_MS,
  payload: z.object({ user: z.string() }),
}

/** Opens the accounts of one node over its access. */
export function createAccounts(parts: Parts): Accounts {
  const { pool, access, passwords, mail, site, clock } = parts
  const tokens = new OneTimeTokens(parts)
  const failures = new Failures(pool, clock)
  const factor = new SecondFactor(parts)
  const sessions = createOwnSessions(parts)

  /** A letter counts like a failure, so that nobody's box can be filled from here. */
  async function countLetter(tenant: string, email: string): Promise<void> {
    const attempt: Attempt = { words: ['letter', tenant, emailKey(email)], patience: LETTERS }
    await failures.check([attempt])
    await failures.failed([attempt])
  }

  async function linkTo(person: Person): Promise<string> {
    return tokens.give(reset, { user: person.user.id }, person.user.id)
  }

  async function register({ tenant, email, password, name, guest }: Registration): Promise<void> {
    demandStrong(password, email)
    if (guest && !guest.guest) throw new RollingDropError('auth/not-guest')
    await countLetter(tenant, email)
    // The same work for an address that has an account: neither answer nor time tells.
    const passwordHash = await passwords.hash(password)
    const known = await findByEmail(pool, tenant, email)
    if (known) return mail.post(letters.alreadyThere(site, known.email, await linkTo(known)))
    const pending = { tenant, email, passwordHash, name, guest: guest?.user ?? null }
    await mail.post(letters.verify(site, email, await tokens.give(registration, pending, pending.guest)))
  }

  async function confirmEmail(token: string, { device }: Origin) {
    const pending = await tokens.take(registration, token)
    const { user, isNew } = await transaction(pool, async (client) => {
      const created = await createPerson(client, pending, clock())
      if (!created) throw new RollingDropError('auth/link')
      return created
    })
    if (isNew) await access.welcome(user)
    return access.signIn(user, device)
  }

  /** Throws `auth/credentials` or `auth/slow-down`; counts what fails. Returns the password's owner. */
  async function demandPassword(
    person: Person | undefined,
    password: string,
    attempts: readonly Attempt[],
  ): Promise<Person> {
    await failures.check(attempts)
    const isRight = await passwords.verify(password, person?.passwordHash ?? null)
    if (person && isRight) return person
    await failures.failed(attempts)
    throw new RollingDropError('auth/credentials')
  }

  async function demandCode(user: string, code: string | undefined, attempts: readonly Attempt[]): Promise<void> {
    if (code === undefined) throw new RollingDropError('auth/code-missing')
    if (await factor.take(user, code)) return
    await failures.failed(attempts)
    throw new RollingDropError('auth/code')
  }

  const ownPerson = async ({ user }: Principal): Promise<Person> => {
    const person = await findPerson(pool, user)
    if (!person) throw new RollingDropError('auth/forbidden')
    return person
  }

  return {
    register,
    confirmEmail,
    async login({ tenant, email, password, code }, { address, device }) {
      const attempts = attemptsAt(tenant, email, address)
      const person = await demandPassword(await findByEmail(pool, tenant, email), password, attempts)
      const { user, passwordHash } = person
      if (await factor.isInForce(user.id)) await demandCode(user.id, code, attempts)
      await failures.succeeded(attempts)
      if (passwords.isOutdated(passwordHash!)) await setPassword(pool, user.id, await passwords.hash(password))
      return access.signIn(user, device)
    },
    async forgot(tenant, email) {
      await countLetter(tenant, email)
      const person = await findByEmail(pool, tenant, email)
      await mail.post(person ? letters.reset(site, person.email, await linkTo(person)) : letters.nobody(site, email))
    },
    async reset(token, password) {
      demandStrong(password, '') // Before the link is used up.
      const { user } = await tokens.take(reset, token)
      const person = await findPerson(pool, user)
      if (!person) throw new RollingDropError('auth/link')
      await setPassword(pool, user, await passwords.hash(password))
      await tokens.end(reset, user)
      await access.revoke(person.user.tenant, { user })
      await mail.post(letters.passwordChanged(site, person.email))
    },
    async changePassword(principal, before, after, { address }) {
      const person = await ownPerson(principal)
      await demandPassword(person, before, attemptsAt(principal.tenant, person.email, address))
      demandStrong(after, person.email)
      await setPassword(pool, principal.user, await passwords.hash(after))
      for (const { id, current } of await sessions.list(principal)) if (!current) await sessions.end(principal, id)
      await mail.post(letters.passwordChanged(site, person.email))
    },
    sessions: (principal) => sessions.list(principal),
    endSession: (principal, session) => sessions.end(principal, session),
    hasSecondFactor: ({ user }) => factor.isInForce(user),
    enrol: async (principal) => factor.enrol(principal.user, (await ownPerson(principal)).email),
    confirmSecondFactor: ({ user }, code) => factor.confirm(user, code),
    async endSecondFactor({ user }, code) {
      if (!(await factor.take(user, code))) throw new RollingDropError('auth/code')
      await factor.end(user)
    },
    async confirm(principal, { code, password }, { address }) {
      const person = await ownPerson(principal)
      const attempts = attemptsAt(principal.tenant, person.email, address)
      await failures.check(attempts)
      if (await factor.isInForce(principal.user)) await demandCode(principal.user, code, attempts)
      else await demandPassword(person, password ?? '', attempts)
      await failures.succeeded(attempts)
      return sessions.confirm(principal)
    },
    demandConfirmed: (principal) => sessions.demandConfirmed(principal),
    async dropExpired() {
      await Promise.all([tokens.dropExpired(), failures.dropExpired(), mail.dropExpired()])
    },
    close: () => mail.close(),
  }
}

/** What one try to sign in counts against: this address at this account, and anybody at this account. */
function attemptsAt(tenant: string, email: string, address: string): readonly Attempt[] {
  const account = [tenant, emailKey(email)]
  return [
    { words: ['login', ...account, address], patience: CLOSE_BY },
    { words: ['login', ...account], patience: FROM_ANYWHERE },
  ]
}

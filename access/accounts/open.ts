import type { Pool } from 'pg'
import { z } from 'zod'
import type { TenantId } from '../../schema/account.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { Tokens } from '../../schema/http.ts'
import type { Principal } from '../access.ts'
import type { AccessOperations } from '../open.ts'
import type { Sealer } from '../seal.ts'
import type { User } from '../user.ts'
import { transaction } from '../transaction.ts'
import type { Accounts, Credentials, Invitation, Origin, OwnSession, Proof, Registration } from './accounts.ts'
import { CLOSE_BY, Failures, FROM_ANYWHERE, type Attempt } from './failures.ts'
import { letters } from './letters.ts'
import type { Mail } from './mail.ts'
import { OneTimeTokens, type Purpose } from './one-time.ts'
import type { Passwords } from './password.ts'
import { createPerson, emailKey, findByEmail, findPerson, setPassword, type Person } from './person.ts'
import { OwnSessions } from './own-sessions.ts'
import { demandStrong } from './strength.ts'
import { SecondFactor, type Enrolment } from './totp.ts'

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
/** The id of no user. */
const NOBODY = '00000000-0000-7000-8000-000000000000'
/** How many letters somebody may have sent to one address before they have to wait. */
const LETTERS = { free: 4, wait_max_ms: HOUR_MS }

const registered = z.object({
  tenant: z.string(),
  email: z.string(),
  passwordHash: z.string(),
  name: z.string(),
  guest: z.string().nullable(),
})
const registration: Purpose<z.infer<typeof registered>> = {
  name: 'register',
  ttl_ms: 24 * HOUR_MS,
  payload: registered,
}
const reset: Purpose<{ user: string }> = {
  name: 'reset',
  ttl_ms: HOUR_MS,
  payload: z.object({ user: z.string() }),
}

/** The accounts of one node over its access. */
export class PostgresAccounts implements Accounts {
  readonly #parts: Parts
  readonly #tokens: OneTimeTokens
  readonly #failures: Failures
  readonly #factor: SecondFactor
  readonly #sessions: OwnSessions

  constructor(parts: Parts) {
    this.#parts = parts
    this.#tokens = new OneTimeTokens(parts)
    this.#failures = new Failures(parts.pool, parts.clock)
    this.#factor = new SecondFactor(parts)
    this.#sessions = new OwnSessions(parts)
  }

  async register({ tenant, email, password, name, guest }: Registration): Promise<void> {
    const { pool, passwords, mail, site } = this.#parts
    demandStrong(password, email)
    if (guest && !guest.guest) throw new RollingDropError('auth/not-guest')
    await this.#countLetter(tenant, email)
    // The same work for an address that has an account: neither answer nor time tells.
    const passwordHash = await passwords.hash(password)
    const known = await findByEmail(pool, tenant, email)
    if (known) return mail.post(letters.alreadyThere(site, known.email, await this.#linkTo(known)))
    const pending = { tenant, email, passwordHash, name, guest: guest?.user ?? null }
    await mail.post(letters.verify(site, email, await this.#tokens.give(registration, pending, pending.guest, email)))
  }

  async confirmEmail(token: string, { device }: Origin): Promise<Tokens> {
    const { pool, access, clock } = this.#parts
    const pending = await this.#tokens.take(registration, token)
    const { user, isNew } = await transaction(pool, async (client) => {
      const created = await createPerson(client, pending, clock())
      if (!created) throw new RollingDropError('auth/link')
      return created
    })
    if (isNew) await access.welcome(user)
    return access.signIn(user, device)
  }

  async login({ tenant, email, password, code }: Credentials, { address, device }: Origin): Promise<Tokens> {
    const { pool, access, passwords } = this.#parts
    const attempts = attemptsAt(tenant, email, address)
    const { user, passwordHash } = await this.#demandPassword(
      await findByEmail(pool, tenant, email),
      password,
      attempts,
    )
    if (await this.#factor.isInForce(user.id)) await this.#demandCode(user.id, code, attempts)
    await this.#failures.succeeded(attempts)
    if (passwords.isOutdated(passwordHash)) await setPassword(pool, user.id, await passwords.hash(password))
    return access.signIn(user, device)
  }

  async invite({ tenant, email, name, roles }: Invitation): Promise<Readonly<{ user: User; link: string }>> {
    const { pool, clock } = this.#parts
    if (!(await findByEmail(pool, tenant, email)))
      await transaction(pool, async (client) => {
        const created = await createPerson(client, { tenant, email, passwordHash: null, name, guest: null }, clock())
        if (created) await client.query('update app_user set roles = $2 where id = $1', [created.user.id, roles])
      })
    const person = await findByEmail(pool, tenant, email)
    if (!person) throw new Error('somebody was invited and is gone')
    return { user: person.user, link: await this.#linkTo(person) }
  }

  async forgot(tenant: TenantId, email: string): Promise<void> {
    const { pool, mail, site } = this.#parts
    await this.#countLetter(tenant, email)
    const person = await findByEmail(pool, tenant, email)
    // The same work where there is nobody: the time does not tell. That link is sent to no one.
    const link = await (person ? this.#linkTo(person) : this.#tokens.give(reset, { user: NOBODY }))
    await mail.post(person ? letters.reset(site, person.email, link) : letters.nobody(site, email))
  }

  async reset(token: string, password: string): Promise<void> {
    const { pool, access, passwords } = this.#parts
    demandStrong(password, '') // Before the link is used up.
    const { user } = await this.#tokens.take(reset, token)
    const person = await findPerson(pool, user)
    if (!person) throw new RollingDropError('auth/link')
    demandStrong(password, person.email)
    await setPassword(pool, user, await passwords.hash(password))
    await this.#tokens.end(reset, user)
    await access.revoke(person.user.tenant, { user })
    await this.#tellOfPassword(person)
  }

  async changePassword(principal: Principal, before: string, after: string, { address }: Origin): Promise<void> {
    const { pool, passwords } = this.#parts
    const person = await this.#own(principal)
    await this.#demandPassword(person, before, attemptsAt(principal.tenant, person.email, address))
    demandStrong(after, person.email)
    await setPassword(pool, principal.user, await passwords.hash(after))
    const others = (await this.#sessions.list(principal)).filter(({ current }) => !current)
    for (const { id } of others) await this.#sessions.end(principal, id)
    await this.#tellOfPassword(person)
  }

  sessions(principal: Principal): Promise<readonly OwnSession[]> {
    return this.#sessions.list(principal)
  }

  endSession(principal: Principal, session: string): Promise<void> {
    return this.#sessions.end(principal, session)
  }

  hasSecondFactor({ user }: Principal): Promise<boolean> {
    return this.#factor.isInForce(user)
  }

  async enrol(principal: Principal): Promise<Enrolment> {
    return this.#factor.enrol(principal.user, (await this.#own(principal)).email)
  }

  confirmSecondFactor({ user }: Principal, code: string): Promise<readonly string[]> {
    return this.#factor.confirm(user, code)
  }

  async endSecondFactor({ user }: Principal, code: string): Promise<void> {
    if (!(await this.#factor.take(user, code))) throw new RollingDropError('auth/code')
    await this.#factor.end(user)
  }

  async confirm(principal: Principal, { code, password }: Proof, { address }: Origin) {
    const person = await this.#own(principal)
    const attempts = attemptsAt(principal.tenant, person.email, address)
    await this.#failures.check(attempts)
    if (await this.#factor.isInForce(principal.user)) await this.#demandCode(principal.user, code, attempts)
    else await this.#demandPassword(person, password ?? '', attempts)
    await this.#failures.succeeded(attempts)
    return this.#sessions.confirm(principal)
  }

  demandConfirmed(principal: Principal): Promise<void> {
    return this.#sessions.demandConfirmed(principal)
  }

  async dropExpired(): Promise<void> {
    await Promise.all([this.#tokens.dropExpired(), this.#failures.dropExpired(), this.#parts.mail.dropExpired()])
  }

  close(): Promise<void> {
    return this.#parts.mail.close()
  }

  /** A letter counts like a failure, so that nobody's box can be filled from here. */
  async #countLetter(tenant: TenantId, email: string): Promise<void> {
    const attempt: Attempt = { words: ['letter', tenant, emailKey(email)], patience: LETTERS }
    await this.#failures.check([attempt])
    await this.#failures.failed([attempt])
  }

  #linkTo({ user }: Person): Promise<string> {
    return this.#tokens.give(reset, { user: user.id }, user.id)
  }

  #tellOfPassword({ email }: Person): Promise<void> {
    const { mail, site } = this.#parts
    return mail.post(letters.passwordChanged(site, email))
  }

  /** Throws `auth/credentials` or `auth/slow-down`; counts what fails. */
  async #demandPassword(
    person: Person | undefined,
    password: string,
    attempts: readonly Attempt[],
  ): Promise<Person & Readonly<{ passwordHash: string }>> {
    await this.#failures.check(attempts)
    const passwordHash = person?.passwordHash ?? null
    const isRight = await this.#parts.passwords.verify(password, passwordHash)
    if (person && passwordHash !== null && isRight) return { ...person, passwordHash }
    await this.#failures.failed(attempts)
    throw new RollingDropError('auth/credentials')
  }

  async #demandCode(user: string, code: string | undefined, attempts: readonly Attempt[]): Promise<void> {
    if (code === undefined) throw new RollingDropError('auth/code-missing')
    if (await this.#factor.take(user, code)) return
    await this.#failures.failed(attempts)
    throw new RollingDropError('auth/code')
  }

  async #own({ user }: Principal): Promise<Person> {
    const person = await findPerson(this.#parts.pool, user)
    if (!person) throw new RollingDropError('auth/forbidden')
    return person
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

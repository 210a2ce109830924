import type { Pool } from 'pg'
import type { Ledger, Tail } from '../../ledger/ledger.ts'
import type { ActPage, ActQuery, RoleChange, UserPage, UserRecord } from '../../schema/staff.ts'
import type { Principal } from '../access.ts'
import { recordAct } from '../acts.ts'
import { Erasing } from '../erasing.ts'
import type { AccessOperations } from '../open.ts'
import { ownData } from '../own-data.ts'
import type { Role } from '../permissions.ts'
import type { Sealer } from '../seal.ts'
import { readActs } from './audit-log.ts'
import { findUsers, readRecord, readUser, type UserQuery } from './directory.ts'
import { Freezes } from './freezes.ts'
import { changeRoles } from './roles.ts'

type Parts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Pick<Tail, 'subscribe'>
  access: Pick<AccessOperations, 'revoke'>
  sealer: Sealer
  /** Unix ms. */
  clock: () => number
  /** Told of what failed where no caller hears of it. */
  failed: (error: unknown) => void
}>

/** Whoever acts, within their own tenant: of all others nobody is known to them. */
type Acting = Pick<Principal, 'user' | 'tenant'>

/** What the staff does with people, each time an act in the ledger's chain: also that somebody was looked at. */
export class Staff {
  readonly #parts: Parts
  readonly #freezes: Freezes
  readonly #erasing: Erasing

  constructor(parts: Parts) {
    this.#parts = parts
    this.#freezes = new Freezes(parts)
    this.#erasing = new Erasing(parts)
    this.#erasing.resume().catch(parts.failed)
  }

  async find(by: Acting, query: UserQuery): Promise<UserPage> {
    const page = await findUsers(this.#parts.pool, by.tenant, query)
    // Whom it has shown, not what was asked: that may be a name.
    await this.#record(by, 'user.search', 'users', { users: page.users.map(({ id }) => id) })
    return page
  }

  /** Throws `user/unknown`. */
  async read(by: Acting, user: string): Promise<UserRecord> {
    const record = await readRecord(this.#parts, by.tenant, user)
    const { acts } = await readActs(this.#parts.pool, by.tenant, { object: objectOf(user), limit: 20 })
    await this.#record(by, 'user.read', objectOf(user), null)
    return { ...record, acts: [...acts] }
  }

  /** Throws `user/unknown` or `auth/role`. */
  async changeRoles(by: Acting, user: string, change: RoleChange): Promise<readonly Role[]> {
    const { tenant } = by
    const { roles, changed } = await changeRoles(this.#parts, by, { tenant, user }, change)
    if (changed) await this.#parts.access.revoke(tenant, { user })
    return roles
  }

  /** Throws `user/unknown`. */
  async endSessions(by: Acting, user: string): Promise<void> {
    await readUser(this.#parts.pool, by.tenant, user)
    await this.#record(by, 'user.sessions-end', objectOf(user), null)
    await this.#parts.access.revoke(by.tenant, { user })
  }

  /** Freezes all the user has and gets, or frees it, but for what is owed of. Throws `user/unknown`. */
  async freeze(by: Acting, user: string, frozen: boolean): Promise<void> {
    const { tenant } = by
    await readUser(this.#parts.pool, tenant, user)
    await this.#freezes.set(by, { tenant, user }, frozen)
  }

  /** See `ownData`. Throws `user/unknown`. */
  async export(by: Acting, user: string): Promise<AsyncGenerator<string>> {
    await readUser(this.#parts.pool, by.tenant, user)
    if (by.user !== user) await this.#record(by, 'user.export', objectOf(user), null)
    return ownData(this.#parts, { tenant: by.tenant, user })
  }

  /** See `Erasing.erase`. */
  erase(by: Acting, user: string): Promise<void> {
    return this.#erasing.erase(by, { tenant: by.tenant, user })
  }

  /** The acts of one's own tenant, newest first. */
  acts(by: Acting, query: ActQuery): Promise<ActPage> {
    return readActs(this.#parts.pool, by.tenant, query)
  }

  close(): Promise<void> {
    return this.#freezes.close()
  }

  async #record(by: Acting, action: string, object: string, after: unknown): Promise<void> {
    const { ledger, clock } = this.#parts
    await recordAct(ledger, { by, action, object, before: null, after }, clock())
  }
}

const objectOf = (user: string) => `user:${user}`

import type { Pool } from 'pg'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import { MAIN_TENANT, type TenantId } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Tokens } from '../schema/http.ts'
import type { Access, Principal, Revocation } from './access.ts'
import { shownName } from './preferences.ts'
import { RevocationList } from './revocation.ts'
import { createSealer } from './seal.ts'
import { SigningKeyStore, type PublicJwk } from './signing-key.ts'
import { SigningKeys } from './signing-keys.ts'
import { demandPermission } from './permissions.ts'
import { createSessions, type Continued } from './session.ts'
import { createAccessTokens } from './token.ts'
import { createGuest, ensureHandle, findNames, markWelcomed, type User } from './user.ts'
import { commitSurely, topUp, welcome } from './welcome.ts'

/** Access, with what only services and the wiring do. */
export interface AccessOperations extends Access {
  /** A new guest with their first play credits committed, signed in. A failure on the way leaves nothing anyone could use. */
  guest(tenant?: TenantId): Promise<Tokens>
  /** New tokens for a refresh token. Throws `auth/token-invalid`, or `auth/revoked`: also when the token was used before. */
  refresh(refreshToken: string): Promise<Tokens>
  /** Ends the session. */
  logout(principal: Principal): Promise<void>
  /** Ends the session a refresh token belongs to; one that is unknown ends nothing. */
  logoutByRefreshToken(refreshToken: string): Promise<void>
  /** Ends a session, or all sessions of a user begun until now, on every node. */
  revoke(tenant: TenantId, revocation: Revocation): Promise<void>
  /** A user of ours with role player under this name (demo bots), with their first play credits; the same one each time. */
  ensureUser(name: string, tenant?: TenantId): Promise<User>
  /** A user with their first play credits committed, however often it is asked for. */
  welcome(user: User): Promise<void>
  /** Signs a user in without asking for a proof: for users of our own, and once a proof has been checked. */
  signIn(user: User, device?: string): Promise<Tokens>
  /** Brings a user's play credits up to the faucet's gift again. */
  topUp(user: User): Promise<void>
  /** What anybody checks access tokens by (RFC 7517): the keys that signed those that are good, and the one that signs next. */
  publicKeys(): readonly PublicJwk[]
  /** Deletes what has expired. To be called now and then. */
  dropExpired(): Promise<void>
  close(): void
}

type Options = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Tail
  /** 32 bytes, the same on all nodes. */
  secretKey: Uint8Array
  tokenTtl_s: number
  refreshTtl_s: number
  /** How long a key signs tokens before the next one does. */
  keyRotation_ms?: number
  /** Play credits of a new user, in hundredths. */
  faucetCredits: number
  /** Unix ms. */
  clock: () => number
}>

const KEY_ROTATION_MS = 30 * 86_400_000

/** Opens the access of one node; resolves when the revocations that still matter are in memory. */
export async function createAccess(options: Options): Promise<AccessOperations> {
  const { pool, ledger, clock, tokenTtl_s, keyRotation_ms: rotate_ms = KEY_ROTATION_MS } = options
  const credits = BigInt(options.faucetCredits)
  const store = new SigningKeyStore(pool, createSealer(options.secretKey))
  const keys = await SigningKeys.open({ ...options, store, rotate_ms })
  const tokens = createAccessTokens(keys, clock)
  const sessions = createSessions(options)
  const revocations = await RevocationList.open(options)
  const isRevoked = (principal: Principal) => revocations.has(principal.session, principal.user)

  async function tokensOf({ session, user, refreshToken }: Continued): Promise<Tokens> {
    const { id, name, guest, tenant, roles } = user
    const shown = await shownName(pool, user)
    const expiresAt = (Math.floor(clock() / 1000) + tokenTtl_s) * 1000
    const token = tokens.sign({ user: id, session, name: shown, guest, tenant, roles, expires_ms: expiresAt })
    return { user: { id, name, guest }, token, refreshToken, expiresAt }
  }

  return {
    isRevoked,
    isKeyEnded: ({ key }) => key !== undefined && !keys.isGood(key),
    publicKeys: () => keys.published(),
    async authenticate(token) {
      if (token === undefined || token === '') throw new RollingDropError('auth/token-missing')
      const principal = await tokens.verify(token)
      if (isRevoked(principal)) throw new RollingDropError('auth/revoked')
      return principal
    },
    demand: demandPermission,
    onRevoked: (listen) => revocations.onRevoked(listen),
    names: (tenant, users) => findNames(pool, tenant, users),

    async guest(tenant = MAIN_TENANT) {
      const user = await createGuest(pool, tenant, clock())
      // The credits come before the session: whoever can sign in has them.
      await commitSurely(ledger, welcome(user, credits))
      return tokensOf(await sessions.begin(user))
    },
    async refresh(refreshToken) {
      const rotation = await sessions.rotate(refreshToken)
      if (!('reused' in rotation)) return tokensOf(rotation)
      await revocations.revoke(rotation.user.tenant, { session: rotation.reused })
      throw new RollingDropError('auth/revoked')
    },
    logout: ({ tenant, session }) => revocations.revoke(tenant, { session }),
    async logoutByRefreshToken(refreshToken) {
      const found = await sessions.find(refreshToken)
      if (found) await revocations.revoke(found.tenant, { session: found.session })
    },
    revoke: (tenant, revocation) => revocations.revoke(tenant, revocation),
    async ensureUser(name, tenant = MAIN_TENANT) {
      const { user, welcomed } = await ensureHandle(pool, tenant, name, clock())
      if (welcomed) return user
      await commitSurely(ledger, welcome(user, credits))
      await markWelcomed(pool, user)
      return user
    },
    welcome: async (user) => void (await commitSurely(ledger, welcome(user, credits))),
    signIn: async (user, device) => tokensOf(await sessions.begin(user, device)),
    async topUp(user) {
      await topUp(ledger, user, credits, clock())
    },
    dropExpired: () => sessions.dropExpired(),
    close: () => {
      keys.close()
      revocations.close()
    },
  }
}

import type { TenantId } from '../schema/account.ts'
import type { Permission, Role } from './permissions.ts'

/** Who is calling, as a checked token says. `expires_ms` is the unix ms from which the token is worth nothing. */
export type Principal = Readonly<{
  user: string
  name: string
  guest: boolean
  tenant: TenantId
  roles: readonly Role[]
  session: string
  expires_ms: number
  /** Which key its token was signed by; left out where no token was. */
  key?: string
}>

/** Whom a revocation hits: one session, or all sessions of a user. */
export type Revocation = Readonly<{ session: string } | { user: string }>

/** Who may do what. The same checks for rooms and services. */
export interface Access {
  /** Throws `auth/token-missing`, `auth/token-invalid`, `auth/token-expired` or `auth/revoked`. */
  authenticate(token: string | undefined): Promise<Principal>
  /** Throws `auth/forbidden` unless one of the principal's roles carries the permission. */
  demand(principal: Principal, permission: Permission): void
  /** Whether the principal's session or user has been revoked, as this node knows it. */
  isRevoked(principal: Principal): boolean
  /** Whether the key that the principal's token was signed by has ended: a new token is had by the refresh token. */
  isKeyEnded(principal: Principal): boolean
  /** Calls `listen` for every revocation on any node, within 5 s. Returns how to stop. */
  onRevoked(listen: (revocation: Revocation) => void): () => void
  /** Names of users, for rooms to show. Unknown ids are left out. */
  names(tenant: TenantId, users: readonly string[]): Promise<ReadonlyMap<string, string>>
}

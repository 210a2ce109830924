import type { TenantId } from '../../schema/account.ts'
import type { Tokens } from '../../schema/http.ts'
import type { Principal } from '../access.ts'
import type { Role } from '../permissions.ts'
import type { User } from '../user.ts'
import type { Enrolment } from './totp.ts'

/** From where somebody tries: what slows those down who guess, and what names the session afterwards. */
export type Origin = Readonly<{ address: string; device?: string | undefined }>

export type Registration = Readonly<{
  tenant: TenantId
  email: string
  password: string
  name: string
  /** The guest that they are so far; they keep balance and things. */
  guest: Principal | undefined
}>

/** Somebody who is given an account by the staff, and with it these roles. */
export type Invitation = Readonly<{ tenant: TenantId; email: string; name: string; roles: readonly Role[] }>

export type Credentials = Readonly<{ tenant: TenantId; email: string; password: string; code?: string | undefined }>

/** One of a user's own sessions; times in unix ms. */
export type OwnSession = Readonly<{ id: string; device: string | null; created_ms: number; current: boolean }>

/** What proves once more that it is oneself: a code where a second factor is in force, else the password. */
export type Proof = Readonly<{ code?: string | undefined; password?: string | undefined }>

/** Accounts of people with a mail address. Nothing here tells, by its answer or its time, whether an address has one. */
export interface Accounts {
  /** Sends a link to the address. Throws `auth/password`, `auth/not-guest`, `auth/slow-down` or `auth/busy`. */
  register(registration: Registration, origin: Origin): Promise<void>
  /** Makes the account that the link was sent for, and signs in. Throws `auth/link`. */
  confirmEmail(token: string, origin: Origin): Promise<Tokens>
  /** An account without a password, and the link by which one is set (`reset`). Invited again, another link to the same one. */
  invite(invitation: Invitation): Promise<Readonly<{ user: User; link: string }>>
  /** Throws `auth/credentials`, `auth/code-missing`, `auth/code`, `auth/slow-down` or `auth/busy`. */
  login(credentials: Credentials, origin: Origin): Promise<Tokens>
  /** Sends a link to choose a new password by. Throws `auth/slow-down`. */
  forgot(tenant: TenantId, email: string, origin: Origin): Promise<void>
  /** Sets the password by such a link and ends all sessions. Throws `auth/link`, `auth/password` or `auth/busy`. */
  reset(token: string, password: string): Promise<void>
  /** Sets another password and ends all other sessions. Throws `auth/credentials`, `auth/password`, `auth/slow-down` or `auth/busy`. */
  changePassword(principal: Principal, before: string, after: string, origin: Origin): Promise<void>

  sessions(principal: Principal): Promise<readonly OwnSession[]>
  /** Throws `request/not-found` when it is none of the principal's. */
  endSession(principal: Principal, session: string): Promise<void>

  hasSecondFactor(principal: Principal): Promise<boolean>
  /** Throws `auth/totp`, or `auth/forbidden` for a guest. */
  enrol(principal: Principal): Promise<Enrolment>
  /** Returns the recovery codes, shown once. Throws `auth/totp` or `auth/code`. */
  confirmSecondFactor(principal: Principal, code: string): Promise<readonly string[]>
  /** Throws `auth/code`. */
  endSecondFactor(principal: Principal, code: string): Promise<void>

  /** For some minutes the session may do what needs a fresh proof. Throws `auth/credentials`, `auth/code` or `auth/slow-down`. */
  confirm(principal: Principal, proof: Proof, origin: Origin): Promise<Readonly<{ until_ms: number }>>
  /** Throws `auth/confirm` unless the session was confirmed within the last minutes. */
  demandConfirmed(principal: Principal): Promise<void>

  dropExpired(): Promise<void>
  close(): Promise<void>
}

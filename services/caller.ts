import type { Context, MiddlewareHandler } from 'hono'
import type { Origin } from '../access/accounts/accounts.ts'
import { clientAddressFinder } from '../access/client-address.ts'
import type { Permission } from '../access/permissions.ts'
import { RollingDropError } from '../schema/errors.ts'
import { partnerHeaders } from '../schema/partner.ts'
import type { ServiceEnv, ServiceParts } from './parts.ts'
import { demandOrigin } from './origin.ts'
import { createRateLimit, type Allowance } from './rate-limit.ts'

type Middleware = MiddlewareHandler<ServiceEnv>

/** Characters of a User-Agent that are kept: enough to know one's own devices apart. */
const DEVICE_MAX = 160

/** The token of `Authorization: Bearer …` (RFC 6750); undefined without the header. Throws `auth/token-invalid`. */
export function bearerToken(c: Context): string | undefined {
  const header = c.req.header('authorization')
  if (header === undefined) return undefined
  const token = /^Bearer +([^\s]+) *$/i.exec(header)?.[1]
  if (token === undefined) throw new RollingDropError('auth/token-invalid')
  return token
}

/** What stands before routes: who is calling, and how often they may. */
export type Gates = Readonly<{
  /** Every request: the limit of its client address. */
  anyone: Middleware
  /** New guests: the narrower limit of the address. Puts into the context from where. */
  newcomer: Middleware
  /** Where something secret is tried: the narrow limit of the address. Puts into the context from where. */
  attempt: Middleware
  /** Puts the principal into the context, or refuses with one of the auth codes; within the limit of one user over all nodes. */
  signedIn: Middleware
  /** Both: a secret is tried by somebody who is signed in. */
  signedInAttempt: [Middleware, Middleware]
  /** Commands: signed in, within the user's limit, with an Idempotency-Key. */
  command: [Middleware, Middleware]
  /** Commands that want a fresh proof of who one is: with `auth/confirm`, POST /auth/confirm comes first. */
  confirmedCommand: [Middleware, Middleware, Middleware]
  /** Signed in, and a role that carries the permission. */
  staff: (permission: Permission) => [Middleware, Middleware]
  /** Commands of such a role. */
  staffCommand: (permission: Permission) => [Middleware, Middleware, Middleware]
  /** The same, with a fresh proof of who one is. */
  confirmedStaffCommand: (permission: Permission) => [Middleware, Middleware, Middleware, Middleware]
}>

type GateParts = Pick<
  ServiceParts,
  'access' | 'accounts' | 'partnerAccess' | 'domains' | 'userLimit' | 'config' | 'clock'
>

export function createGates(parts: GateParts): Gates {
  const { access, accounts, config, clock } = parts
  const addressOf = clientAddressFinder(config.trustedProxies)
  const client = (c: Context<ServiceEnv>) =>
    addressOf({ socket: c.env.incoming?.socket.remoteAddress, forwardedFor: c.req.header('x-forwarded-for') })
  const requests = createRateLimit({ perMinute: config.requestsPerMinute, clock })
  const guests = createRateLimit({ perMinute: config.guestsPerMinute, clock })
  const attempts = createRateLimit({ perMinute: config.attemptsPerMinute, clock })
  const commands = createRateLimit({ perMinute: config.commandsPerMinute, clock })
  const signedIn = signIn(parts)
  const attempt: Middleware = async (c, next) => {
    const address = client(c)
    tell(c, 'attempts', attempts.take(address))
    c.set('origin', originOf(c, address))
    c.header('cache-control', 'no-store')
    await next()
  }
  const keyed: Middleware = async (c, next) => {
    tell(c, 'commands', commands.take(c.var.principal.user))
    c.set('key', idempotencyKey(c))
    await next()
  }
  const isPartnerCall = (c: Context<ServiceEnv>): boolean =>
    c.req.path.startsWith('/partner/v1/') && parts.partnerAccess.isLive(c.req.header(partnerHeaders.key) ?? '')
  const confirmed: Middleware = async (c, next) => {
    await accounts.demandConfirmed(c.var.principal)
    await next()
  }
  const demand =
    (permission: Permission): Middleware =>
    async (c, next) => {
      access.demand(c.var.principal, permission)
      await next()
    }
  return {
    anyone: async (c, next) => {
      // A partner's server calls for all of the partner's users: its quota limits it, not its address.
      if (!isPartnerCall(c)) tell(c, 'address', requests.take(client(c)))
      await next()
    },
    newcomer: async (c, next) => {
      const address = client(c)
      tell(c, 'guests', guests.take(address))
      c.set('origin', originOf(c, address))
      await next()
    },
    attempt,
    signedIn,
    signedInAttempt: [attempt, signedIn],
    command: [signedIn, keyed],
    confirmedCommand: [signedIn, keyed, confirmed],
    staff: (permission) => [signedIn, demand(permission)],
    staffCommand: (permission) => [signedIn, demand(permission), keyed],
    confirmedStaffCommand: (permission) => [signedIn, demand(permission), keyed, confirmed],
  }
}

function originOf(c: Context, address: string): Origin {
  return { address, device: c.req.header('user-agent')?.slice(0, DEVICE_MAX) }
}

function signIn({ access, domains, userLimit }: Pick<GateParts, 'access' | 'domains' | 'userLimit'>): Middleware {
  return async (c, next) => {
    const principal = await access.authenticate(bearerToken(c))
    await demandOrigin(domains, principal.tenant, c.var.foreignOrigin)
    const taken = userLimit.take(principal.user)
    tell(c, 'user', taken instanceof Promise ? await taken : taken)
    c.set('principal', principal)
    c.header('cache-control', 'no-store')
    await next()
  }
}

/** What is left of the narrowest limit, in the headers of draft-ietf-httpapi-ratelimit-headers. */
export function tell(c: Context<ServiceEnv>, name: string, { limit, left, reset_s }: Allowance): void {
  c.header('ratelimit-policy', `"${name}";q=${limit};w=60`)
  c.header('ratelimit', `"${name}";r=${left};t=${reset_s}`)
}

/** Throws `request/key-missing`, or `request/invalid` for one that cannot be one. */
export function idempotencyKey(c: Context): string {
  const key = c.req.header('idempotency-key')
  if (!key) throw new RollingDropError('request/key-missing')
  if (/^[\x21-\x7e]{1,128}$/.test(key)) return key
  const message = 'an Idempotency-Key is 1 … 128 visible ASCII characters'
  throw new RollingDropError('request/invalid', { issues: [{ path: 'Idempotency-Key', message }] })
}

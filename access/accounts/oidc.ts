import * as client from 'openid-client'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { TenantId } from '../../schema/account.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { Tokens } from '../../schema/http.ts'
import type { Principal } from '../access.ts'
import { createBreaker, type Breaker } from '../breaker.ts'
import { friendlyName } from '../friendly-name.ts'
import type { AccessOperations } from '../open.ts'
import type { Sealer } from '../seal.ts'
import { transaction } from '../transaction.ts'
import type { User } from '../user.ts'
import { findOrCreateIdentified } from './identity.ts'
import { OneTimeTokens, type Purpose } from './one-time.ts'

/** A provider people may sign in with (OpenID Connect Core 1.0). `name` stands in addresses. */
export type Provider = Readonly<{ name: string; issuer: string; clientId: string; clientSecret: string }>

type Parts = Readonly<{
  pool: Pool
  access: AccessOperations
  sealer: Sealer
  providers: readonly Provider[]
  /** The pages' address, without a slash at its end: where providers send people back to. */
  site: string
  clock: () => number
}>

/** Where to go, and what the browser has to bring back with it: proof that it is the one that set out. */
export type Departure = Readonly<{ url: string; state: string }>

/** Signing in with somebody else's account: the code flow with PKCE, a state bound to the browser, and a nonce. */
export interface ProviderSignIn {
  readonly names: readonly string[]
  /** Throws `auth/provider-unknown`, or `auth/provider` when the provider does not answer. */
  depart(tenant: TenantId, provider: string, guest: Principal | undefined): Promise<Departure>
  /**
   * Takes what the provider sent the browser back with, and gives a token that signs in once.
   * Throws `auth/provider-unknown`, `auth/link` or `auth/provider`.
   */
  arrive(provider: string, address: URL, state: string | undefined): Promise<string>
  /** Throws `auth/link`. */
  finish(token: string, device: string | undefined): Promise<Tokens>
}

const departed: Purpose<{ tenant: string; verifier: string; nonce: string; guest: string | null }> = {
  name: 'oidc-departed',
  ttl_ms: 600_000,
  payload: z.object({ tenant: z.string(), verifier: z.string(), nonce: z.string(), guest: z.string().nullable() }),
}
const arrived: Purpose<User> = {
  name: 'oidc-arrived',
  ttl_ms: 60_000,
  payload: z.object({
    id: z.string(),
    tenant: z.string(),
    name: z.string(),
    guest: z.boolean(),
    roles: z.array(z.enum(['player', 'support', 'admin', 'partner-admin'])),
  }),
}

/** Of calls to one provider. It is asked twice for each sign-in. */
const PATIENCE = { timeout_ms: 20_000, at_once_max: 50, waiting_max: 200, failures: 5, rest_ms: 5_000 }

const claims = z.object({
  sub: z.string().min(1).max(255),
  email: z.email().max(254).optional(),
  email_verified: z.boolean().optional(),
})

export function createProviderSignIn(parts: Parts): ProviderSignIn {
  const { pool, access, providers, site, clock } = parts
  const tokens = new OneTimeTokens(parts)
  const discovered = new Map<string, Promise<client.Configuration>>()
  const breakers = new Map(
    providers.map(({ name }) => [name, createBreaker({ name: 'sign-in provider', ...PATIENCE })]),
  )

  function ask<T>(name: string, work: () => Promise<T>): Promise<T> {
    const breaker = breakers.get(name)
    if (!breaker) throw new RollingDropError('auth/provider-unknown')
    return asProvider(breaker, work)
  }

  function configurationOf(name: string): Promise<client.Configuration> {
    const provider = providers.find((each) => each.name === name)
    if (!provider) throw new RollingDropError('auth/provider-unknown')
    const known = discovered.get(name)
    if (known) return known
    const asked = discover(provider)
    discovered.set(name, asked)
    asked.catch(() => discovered.delete(name)) // The next who comes asks again.
    return asked
  }

  const returnTo = (name: string) => `${site}/auth/providers/${name}/return`

  return {
    names: providers.map(({ name }) => name),
    async depart(tenant, name, guest) {
      const configuration = await ask(name, () => configurationOf(name))
      const verifier = client.randomPKCECodeVerifier()
      const nonce = client.randomNonce()
      const pending = { tenant, verifier, nonce, guest: guest?.guest ? guest.user : null }
      const state = await tokens.give(departed, pending, pending.guest)
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: returnTo(name),
        scope: 'openid email',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
      return { url: url.href, state }
    },
    async arrive(name, address, state) {
      // Only the browser that set out has the state in its cookie: nobody can be signed in as another by a link.
      if (state === undefined || address.searchParams.get('state') !== state) throw new RollingDropError('auth/link')
      const { tenant, verifier, nonce, guest } = await tokens.take(departed, state)
      const configuration = await ask(name, () => configurationOf(name))
      const told = await ask(name, async () => {
        const back = new URL(returnTo(name))
        back.search = address.search
        const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true }
        return claims.parse((await client.authorizationCodeGrant(configuration, back, checks)).claims())
      })
      const identity = { tenant, issuer: configuration.serverMetadata().issuer, subject: told.sub }
      const email = told.email_verified === true ? told.email : undefined
      const { user, isNew } = await transaction(pool, (connection) =>
        findOrCreateIdentified(connection, { identity, email, guest, name: friendlyName }, clock()),
      )
      if (isNew) await access.welcome(user)
      return tokens.give(arrived, { ...user, roles: [...user.roles] }, user.id)
    },
    finish: async (token, device) => access.signIn(await tokens.take(arrived, token), device),
  }
}

function discover({ issuer, clientId, clientSecret }: Provider): Promise<client.Configuration> {
  const url = new URL(issuer)
  const isHere = url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname)
  return client.discovery(url, clientId, clientSecret, undefined, {
    timeout: 10,
    // Only what cannot be listened to: a provider on this very machine.
    ...(isHere && { execute: [client.allowInsecureRequests] }),
  })
}

/** Whatever goes wrong over there is one refusal; the cause is for the log. A provider that does not answer is left alone for a while. */
async function asProvider<T>(breaker: Breaker, work: () => Promise<T>): Promise<T> {
  try {
    return await breaker.run(() => work().catch(refuseAnswer))
  } catch (error) {
    if (error instanceof RollingDropError) throw error
    throw new RollingDropError('auth/provider', undefined, error)
  }
}

/** An answer that we do not like is one, too: nobody keeps others out by sending codes that are none. */
function refuseAnswer(error: unknown): never {
  if (error instanceof RollingDropError || isAway(error)) throw error
  throw new RollingDropError('auth/provider', undefined, error)
}

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return error instanceof Response && error.status >= 500
  const isUnreached = error.message === 'fetch failed' || ['AbortError', 'TimeoutError'].includes(error.name)
  return isUnreached || isAway(error.cause)
}

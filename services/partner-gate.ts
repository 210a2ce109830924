import type { Context, MiddlewareHandler } from 'hono'
import type { PartnerAccess, SignedRequest } from '../access/partner.ts'
import { idempotencyKey, tell } from './caller.ts'
import type { ServiceEnv } from './parts.ts'

type Middleware = MiddlewareHandler<ServiceEnv>

/** What stands before routes that partners call. */
export type PartnerGate = Readonly<{
  /** Signed by a live key, within the partner's quota. Puts the partner into the context, and what is left into the headers. */
  signed: Middleware
  /** The same with an Idempotency-Key. */
  signedCommand: [Middleware, Middleware]
}>

/** Refusals of every signed route. */
export const SIGNED = [
  'partner/key-missing',
  'partner/key-unknown',
  'partner/stale',
  'partner/signature',
  'partner/replayed',
  'partner/quota',
  'ledger/unavailable',
] as const

export function createPartnerGate(partners: PartnerAccess): PartnerGate {
  const signed: Middleware = async (c, next) => {
    const partner = await partners.authenticate(await signedRequestOf(c))
    c.set('partner', partner)
    const { limit, remaining: left, reset_s } = partners.quotaLeft(partner)
    tell(c, 'partner', { limit, left, reset_s })
    c.header('cache-control', 'no-store')
    await next()
  }
  const keyed: Middleware = async (c, next) => {
    c.set('key', idempotencyKey(c))
    await next()
  }
  return { signed, signedCommand: [signed, keyed] }
}

/** The request as it was signed: the path with its query and escapes as they came, and the bytes of its body. */
async function signedRequestOf(c: Context<ServiceEnv>): Promise<SignedRequest> {
  const { pathname, search } = new URL(c.req.url)
  return {
    method: c.req.method,
    path: c.env.incoming?.url ?? pathname + search,
    headers: c.req.header(),
    body: new Uint8Array(await c.req.arrayBuffer()),
  }
}

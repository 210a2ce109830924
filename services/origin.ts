import type { MiddlewareHandler } from 'hono'
import type { PartnerDomains } from '../access/partners/domains.ts'
import type { TenantId } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { ServiceConfig, ServiceEnv } from './parts.ts'

/** How long a browser may go by what it was told of an origin. */
const PREFLIGHT_S = 600
const MAY_SAY =
  'authorization, content-type, idempotency-key, if-none-match, x-request-id, traceparent, x-rollingdrop-device'
const MAY_READ =
  'etag, ratelimit, ratelimit-policy, retry-after, traceresponse, www-authenticate, x-request-id, idempotency-replayed'

/**
 * Pages of other sites may call us when a tenant has named their origin, and may then do so for users of that tenant alone. Our
 * own pages always may. No cookie is read here, so that nothing is ever done because of what a browser sends by itself.
 */
export function allowOrigins(
  { site, dev }: Pick<ServiceConfig, 'site' | 'dev'>,
  domains: Pick<PartnerDomains, 'isAnyones'>,
): MiddlewareHandler<ServiceEnv> {
  const own = new URL(site).origin
  return async (c, next) => {
    const origin = c.req.header('origin')
    const asked = c.req.header('access-control-request-method')
    const isPreflight = c.req.method === 'OPTIONS' && asked !== undefined
    if (origin === undefined || origin === own || isHere(origin, c.req.header('host'), dev)) return next()
    c.set('foreignOrigin', origin)
    const isKnown = await domains.isAnyones(origin)
    if (isKnown) {
      c.header('access-control-allow-origin', origin)
      c.header('access-control-expose-headers', MAY_READ)
    }
    if (!isPreflight) return next()
    if (!isKnown) throw new RollingDropError('auth/forbidden', { origin })
    c.header('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
    c.header('access-control-allow-headers', MAY_SAY)
    c.header('access-control-max-age', `${PREFLIGHT_S}`)
    return c.body(null, 204)
  }
}

/**
 * Whether a page of this origin may act for users of the tenant.
 * @throws RollingDropError `auth/forbidden`
 */
export async function demandOrigin(
  domains: Pick<PartnerDomains, 'domainsOf'>,
  tenant: TenantId,
  origin: string | undefined,
): Promise<void> {
  if (origin !== undefined && !(await domains.domainsOf(tenant)).includes(origin))
    throw new RollingDropError('auth/forbidden', { origin })
}

/** Whether a page came from the host that is called, by whatever name; or from a development server on this machine. */
function isHere(origin: string, host: string | undefined, dev: boolean): boolean {
  const url = URL.parse(origin)
  return url !== null && (url.host === host || (dev && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)))
}

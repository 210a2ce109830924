import type { MiddlewareHandler } from 'hono'
import type { ServiceConfig, ServiceEnv } from './parts.ts'

const HALF_A_YEAR_S = 15_552_000

/** What no page and no answer of ours needs. */
const NOTHING_OF_THE_DEVICE = ['camera', 'geolocation', 'microphone', 'payment', 'usb', 'browsing-topics']
  .map((feature) => `${feature}=()`)
  .join(', ')

const ALWAYS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'permissions-policy': NOTHING_OF_THE_DEVICE,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'x-permitted-cross-domain-policies': 'none',
  // What an answer may be read by depends on where the question came from.
  vary: 'origin',
}

/**
 * Headers of every answer: pages load nothing but ours and talk only to us. Sockets are allowed to any host because the seat of a
 * battle may be on another node with an address of its own. Browsers are held to TLS where the site has it: elsewhere that would
 * only do harm.
 */
export function secureHeaders({ dev, site }: Pick<ServiceConfig, 'dev' | 'site'>): MiddlewareHandler<ServiceEnv> {
  const headers = Object.entries({
    ...ALWAYS,
    'content-security-policy': policy(dev),
    ...(site.startsWith('https:') && { 'strict-transport-security': `max-age=${HALF_A_YEAR_S}; includeSubDomains` }),
  })
  return (c, next) => {
    for (const [name, value] of headers) c.header(name, value)
    return next()
  }
}

function policy(dev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self'${dev ? " 'unsafe-inline'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self' ws: wss: http: https:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

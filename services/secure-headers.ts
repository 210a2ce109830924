import { secureHeaders as honoSecureHeaders } from 'hono/secure-headers'

const SELF = "'self'"
const NONE = "'none'"

/**
 * Headers of every answer: pages load nothing but ours and talk only to us. Sockets are allowed to any host because the
 * seat of a battle may be on another node with an address of its own.
 */
export function secureHeaders({ dev }: Readonly<{ dev: boolean }>) {
  return honoSecureHeaders({
    contentSecurityPolicy: {
      defaultSrc: [SELF],
      scriptSrc: dev ? [SELF, "'unsafe-inline'"] : [SELF],
      styleSrc: [SELF, "'unsafe-inline'"],
      imgSrc: [SELF, 'data:', 'blob:'],
      connectSrc: [SELF, 'ws:', 'wss:', 'http:', 'https:'],
      objectSrc: [NONE],
      baseUri: [NONE],
      formAction: [SELF],
      frameAncestors: [NONE],
    },
    // Set by whoever ends TLS: over plain HTTP on a machine of one's own it would only do harm.
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  })
}

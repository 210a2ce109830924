import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { RollingDropError } from '../schema/errors.ts'
import type { ServiceConfig, ServiceEnv } from './parts.ts'

/** Where something secret is sent: a few words. */
const SECRET = /^\/auth\//
/** Where the staff sends what it has prepared elsewhere: boxes with thousands of prizes, many events in one go. */
const BULK = /^\/(admin\/boxes|analytics\/events)(\/|$)/

/** Refuses bodies that are larger than the kind of route needs: `request/too-large`, with the limit. */
export function bodyLimits(config: ServiceConfig): MiddlewareHandler<ServiceEnv> {
  const [secret, bulk, usual] = [config.secretBody_bytes_max, config.bulkBody_bytes_max, config.body_bytes_max].map(
    upTo,
  )
  return (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    if (SECRET.test(c.req.path)) return secret!(c, next)
    return (BULK.test(c.req.path) ? bulk! : usual!)(c, next)
  }
}

function upTo(bytes_max: number): MiddlewareHandler<ServiceEnv> {
  const refuse = (): never => {
    throw new RollingDropError('request/too-large', { bytes_max })
  }
  const counted = bodyLimit({ maxSize: bytes_max, onError: refuse })
  return (c, next) => {
    // Node holds a body to the length it announces; one that announces none is counted as it comes.
    const length = c.env.incoming?.headers['content-length']
    if (length === undefined) return counted(c, next)
    return Number(length) > bytes_max ? refuse() : next()
  }
}

import type { MiddlewareHandler } from 'hono'
import { beginTrace, traceparentOf, within } from '../access/trace.ts'
import type { ServiceEnv } from './parts.ts'

/**
 * Gives each request its id and its place in a trace: those it came with, if they are well formed. They stand in every answer
 * (`X-Request-Id`, and `traceresponse` as W3C Trace Context drafts it), in every problem document, and in what is logged and called meanwhile.
 */
export const requestIds: MiddlewareHandler<ServiceEnv> = (c, next) => {
  const trace = beginTrace({
    requestId: c.req.header('x-request-id'),
    traceparent: c.req.header('traceparent'),
  })
  c.set('trace', trace)
  c.header('x-request-id', trace.requestId)
  c.header('traceresponse', traceparentOf(trace))
  return within(trace, next)
}

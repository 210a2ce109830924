import { z } from '@hono/zod-openapi'
import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ZodError } from 'zod'
import { isDatabaseAway } from '../ledger/database-away.ts'
import { errorTable, RollingDropError, toRollingDropError, type ErrorCode } from '../schema/errors.ts'
import { pathWithoutKey } from '../schema/battle-ref.ts'
import { problem, type Problem } from '../schema/http.ts'
import type { ServiceEnv, ServiceParts } from './parts.ts'

const CONTENT_TYPE = 'application/problem+json'
const RETRY_AFTER_S = 1

/** The problem (RFC 9457) an error is told as. `urn:rollingdrop:error:<code>` names the kind, `details` the case. */
export function problemOf(error: RollingDropError): Problem {
  const { code, message, retry, details } = error.reply()
  const told = {
    type: `urn:rollingdrop:error:${code}`,
    title: message,
    status: error.status,
    code,
    detail: detailOf(error),
    retry,
  }
  return details === undefined ? told : { ...told, details }
}

/** The response for an error: its problem, and the headers that go with its status. */
export function respond(c: Context, error: RollingDropError): Response {
  const headers: Record<string, string> = { 'content-type': CONTENT_TYPE, 'cache-control': 'no-store' }
  if (error.status === 401) headers['www-authenticate'] = 'Bearer'
  if (error.retry && (error.status === 429 || error.status === 503))
    headers['retry-after'] = String(retryAfter_s(error))
  return c.body(JSON.stringify(problemOf(error)), error.status as ContentfulStatusCode, headers)
}

/** Every error as a problem; what is no refusal of ours is logged with its cause, and told without. */
export function onError(log: ServiceParts['log']): ErrorHandler<ServiceEnv> {
  return (thrown, c) => {
    const error = fromHttp(thrown) ?? fromDatabase(thrown) ?? toRollingDropError(thrown)
    if (error.status === 500)
      log.error({ err: thrown, method: c.req.method, path: pathWithoutKey(c.req.path) }, 'request failed')
    return respond(c, error)
  }
}

export const onNotFound: NotFoundHandler<ServiceEnv> = (c) => respond(c, new RollingDropError('request/not-found'))

function fromDatabase(thrown: unknown): RollingDropError | undefined {
  return isDatabaseAway(thrown) ? new RollingDropError('ledger/unavailable', undefined, thrown) : undefined
}

/** What the router itself refuses (text that is not JSON, another media type) in our own words. */
function fromHttp(thrown: unknown): RollingDropError | undefined {
  if (!(thrown instanceof HTTPException) || thrown.status >= 500) return undefined
  if (thrown.status === 413) return new RollingDropError('request/too-large')
  return new RollingDropError('request/invalid', { issues: [{ path: '', message: thrown.message }] }, thrown)
}

/** Refuses what zod refused, with the places and reasons. */
export function refuseInvalid(result: { success: true } | { success: false; error: ZodError }): void {
  if (result.success) return
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new RollingDropError('request/invalid', { issues })
}

const withIssues = z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })).min(1) })

function detailOf(error: RollingDropError): string {
  const read = withIssues.safeParse(error.details)
  if (!read.success) return error.message
  return read.data.issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')
}

const withWait = z.object({ retryAfter_s: z.number() })

function retryAfter_s(error: RollingDropError): number {
  const read = withWait.safeParse(error.details)
  return read.success ? read.data.retryAfter_s : RETRY_AFTER_S
}

const documented = problem.meta({ id: 'Problem' })

/** What a route's documentation says of its refusals: one response a status, with the codes it can carry. */
export function refusals(...codes: readonly ErrorCode[]) {
  const all: readonly ErrorCode[] = ['request/invalid', 'request/too-many', 'server/internal', ...codes]
  const responses: Record<number, { description: string; content: Record<string, { schema: typeof documented }> }> = {}
  for (const code of all) {
    const { status, sentence } = errorTable[code]
    const line = `\`${code}\`: ${sentence}`
    const known = responses[status]
    responses[status] = {
      description: known ? `${known.description}\n\n${line}` : line,
      content: { [CONTENT_TYPE]: { schema: documented } },
    }
  }
  return responses
}

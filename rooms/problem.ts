import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { isDatabaseAway } from '../ledger/database-away.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import type { Problem } from '../schema/http.ts'

/** What was thrown, as it is told: a database that is away for the moment is no error of ours, and a retry helps. */
export function refusalFor(thrown: unknown): RollingDropError {
  return isDatabaseAway(thrown)
    ? new RollingDropError('ledger/unavailable', undefined, thrown)
    : toRollingDropError(thrown)
}

/** A refusal as a problem document (RFC 9457), and the headers that go with it. */
export function problemOf(error: RollingDropError): Readonly<{ body: string; headers: Record<string, string> }> {
  const { code, message, retry, details } = error.reply()
  const told = {
    type: `urn:rollingdrop:error:${code}`,
    title: message,
    status: error.status,
    code,
    detail: message,
    retry,
  }
  const problem: Problem = details === undefined ? told : { ...told, details }
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
  if (error.status === 401) headers['www-authenticate'] = code.startsWith('partner/') ? 'HMAC-SHA256' : 'Bearer'
  if (retry && (error.status === 429 || error.status === 503)) headers['retry-after'] = `${retryAfter_s(details)}`
  return { body: JSON.stringify(problem), headers }
}

function retryAfter_s(details: unknown): number {
  const said: unknown = details !== null && typeof details === 'object' && Reflect.get(details, 'retryAfter_s')
  return typeof said === 'number' ? said : 1
}

export function respond(c: Context, error: RollingDropError): Response {
  const { body, headers } = problemOf(error)
  return c.body(body, error.status as ContentfulStatusCode, headers)
}

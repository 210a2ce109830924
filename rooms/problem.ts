import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { RollingDropError } from '../schema/errors.ts'
import type { Problem } from '../schema/http.ts'

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

import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ZodError } from 'zod'
import { currentTrace } from '../access/trace.ts'
import { isDatabaseAway } from '../ledger/database-away.ts'
import { errorTable, RollingDropError, toRollingDropError, type ErrorCode } from '../schema/errors.ts'
import { pathWithoutKey } from '../schema/battle-ref.ts'
import { problem } from '../schema/http.ts'
import { problemOf, PROBLEM_TYPE } from '../schema/problem.ts'
import type { ServiceEnv, ServiceParts } from './parts.ts'

/** The response for an error. */
export function respond(c: Context, error: RollingDropError): Response {
  const { body, headers } = problemOf(error, currentTrace())
  return c.body(body, error.status as ContentfulStatusCode, headers)
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

/** SQLSTATE of text that Postgres cannot hold: with a NUL in it, or half a character. */
const NO_TEXT = new Set<unknown>(['22021', '22P05'])

function fromDatabase(thrown: unknown): RollingDropError | undefined {
  if (thrown instanceof Error && NO_TEXT.has(Reflect.get(thrown, 'code')))
    return new RollingDropError('request/invalid', { issues: [{ path: '', message: 'not all of it is text' }] }, thrown)
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
      content: { [PROBLEM_TYPE]: { schema: documented } },
    }
  }
  return responses
}

import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { currentTrace } from '../access/trace.ts'
import { isDatabaseAway } from '../ledger/database-away.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import { problemOf } from '../schema/problem.ts'

/** What was thrown, as it is told: a database that is away for the moment is no error of ours, and a retry helps. */
export function refusalFor(thrown: unknown): RollingDropError {
  return isDatabaseAway(thrown)
    ? new RollingDropError('ledger/unavailable', undefined, thrown)
    : toRollingDropError(thrown)
}

export function respond(c: Context, error: RollingDropError): Response {
  const { body, headers } = problemOf(error, currentTrace())
  return c.body(body, error.status as ContentfulStatusCode, headers)
}

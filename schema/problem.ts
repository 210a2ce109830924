import { z } from 'zod'
import type { RollingDropError } from './errors.ts'
import type { Problem } from './http.ts'

export const PROBLEM_TYPE = 'application/problem+json'
const RETRY_AFTER_S = 1

/** An error as it goes over HTTP. */
export type ToldProblem = Readonly<{ body: string; headers: Record<string, string> }>

/** Which request was refused: what to tell whoever is asked for help. */
export type RequestIds = Readonly<{ requestId?: string; traceId?: string }>

/**
 * The problem document (RFC 9457) an error is told as, and the headers that go with its status. `urn:rollingdrop:error:<code>`
 * names the kind, `details` the case.
 */
export function problemOf(error: RollingDropError, ids: RequestIds = {}): ToldProblem {
  const { code, message, retry, details } = error.reply()
  const { status } = error
  const { requestId, traceId } = ids
  const told = { type: `urn:rollingdrop:error:${code}`, title: message, status, code, detail: detailOf(error), retry }
  const problem: Problem = { ...told, ...(details !== undefined && { details }), requestId, traceId }
  const headers: Record<string, string> = { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store' }
  if (status === 401) headers['www-authenticate'] = code.startsWith('partner/') ? 'HMAC-SHA256' : 'Bearer'
  if (retry && (status === 429 || status === 503)) headers['retry-after'] = `${retryAfter_s(details)}`
  return { body: JSON.stringify(problem), headers }
}

const withIssues = z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })).min(1) })

function detailOf({ message, details }: RollingDropError): string {
  const read = withIssues.safeParse(details)
  if (!read.success) return message
  return read.data.issues.map((issue) => (issue.path ? `${issue.path}: ${issue.message}` : issue.message)).join('; ')
}

const withWait = z.object({ retryAfter_s: z.number() })

function retryAfter_s(details: unknown): number {
  const read = withWait.safeParse(details)
  return read.success ? read.data.retryAfter_s : RETRY_AFTER_S
}

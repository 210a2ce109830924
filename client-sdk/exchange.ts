import { isErrorCode, RollingDropError } from '../schema/errors.ts'
import type { Problem } from '../schema/http.ts'
import { deviceId } from './device.ts'

/** One HTTP request of ours. With an idempotency `key`, or as a GET, it may be sent again. */
export type ApiRequest = Readonly<{
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string | number | undefined>> | undefined
  body?: unknown
  key?: string
  timeout_ms?: number
}>

/** What came of one attempt. `retryAfter_ms` is what the server asked for, 0 when it named nothing. */
export type Answer =
  | Readonly<{ ok: true; body: unknown }>
  | Readonly<{ ok: false; error: RollingDropError; retryAfter_ms: number }>

/** Sends a request once, to `base`. Never rejects: whoever cannot be reached counts as `matchmaking/unavailable`. */
export type Exchange = (base: string, request: ApiRequest, token: string | null) => Promise<Answer>

export const REQUEST_TIMEOUT_MS = 10_000

export function exchangeOver(fetchWith: typeof fetch): Exchange {
  return async (base, request, token) => {
    try {
      const response = await fetchWith(address(base, request), init(request, token))
      const body: unknown = await read(response)
      if (response.ok) return { ok: true, body }
      return { ok: false, error: errorOf(response, body), retryAfter_ms: retryAfter_ms(response) }
    } catch (cause) {
      const error = new RollingDropError('matchmaking/unavailable', { path: request.path }, cause)
      return { ok: false, error, retryAfter_ms: 0 }
    }
  }
}

function address(base: string, { path, query = {} }: ApiRequest): string {
  const words = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return base + path + (words.length ? `?${new URLSearchParams(words)}` : '')
}

function init(request: ApiRequest, token: string | null): RequestInit {
  const { method, path, body, key, timeout_ms = REQUEST_TIMEOUT_MS } = request
  const device = path.startsWith('/auth/') ? deviceId() : undefined
  return {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(device === undefined ? {} : { 'x-rollingdrop-device': device }),
    },
    signal: AbortSignal.timeout(timeout_ms),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!text || !/[/+]json/.test(response.headers.get('content-type') ?? '')) return undefined
  return JSON.parse(text)
}

/** Our own errors by their code; what a proxy in between answered by its status. */
function errorOf(response: Response, body: unknown): RollingDropError {
  const problem = (body ?? {}) as Partial<Problem>
  if (problem.code && isErrorCode(problem.code)) return new RollingDropError(problem.code, problem.details)
  const known = {
    401: 'auth/token-invalid',
    403: 'auth/forbidden',
    404: 'request/not-found',
    413: 'request/too-large',
  } as const
  const { status } = response
  if (status in known) return new RollingDropError(known[status as keyof typeof known], { status })
  if (status === 429) return new RollingDropError('request/too-many', { status })
  if (status >= 502 && status <= 504) return new RollingDropError('matchmaking/unavailable', { status })
  return new RollingDropError(status >= 500 ? 'server/internal' : 'request/invalid', { status, code: problem.code })
}

function retryAfter_ms(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0
}

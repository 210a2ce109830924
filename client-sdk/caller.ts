import { RollingDropError, type ErrorCode } from '../schema/errors.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { backoff_ms, pause, type Clock } from './clock.ts'
import type { ApiRequest, Exchange } from './exchange.ts'
import type { Identity } from './identity.ts'

type Deps = Readonly<{ base: string; exchange: Exchange; identity: Identity; clock: Clock }>

const RETRIES = 4
const WAIT = { first_ms: 200, most_ms: 3000 }
const RETRY_AFTER_MOST_MS = 10_000

/** Calls the API as somebody: attaches the token, renews it, and tries again where that is safe and can help. */
export class Caller {
  #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  get<T>(path: string, query?: ApiRequest['query']): Promise<T> {
    return this.call({ method: 'GET', path, query })
  }

  /** A POST that may be sent again: one fresh Idempotency-Key for all its attempts. */
  post<T>(path: string, body: unknown): Promise<T> {
    return this.command('POST', path, body)
  }

  /** The same by another method. */
  command<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    return this.call({ method, path, body, key: uuidv7(this.#deps.clock.now()) })
  }

  /** The parsed body of the answer. Rejects with a RollingDropError. `retries` counts attempts after the first one. */
  async call<T>(request: ApiRequest, { retries = RETRIES, base = this.#deps.base } = {}): Promise<T> {
    const { clock } = this.#deps
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#attempt(base, request)
      if (answer.ok) return answer.body as T
      if (attempt >= retries || !answer.error.retry || !isIdempotent(request)) throw answer.error
      if (answer.retryAfter_ms > RETRY_AFTER_MOST_MS) throw answer.error
      await pause(clock, Math.max(answer.retryAfter_ms, backoff_ms(attempt, WAIT, clock)))
    }
  }

  /** One attempt, or two when the first one's token was refused: such a refusal came before anything was done. */
  async #attempt(base: string, request: ApiRequest) {
    const { exchange, identity } = this.#deps
    try {
      const { token } = await identity.current()
      const answer = await exchange(base, request, token)
      if (answer.ok || !isAboutToken(answer.error)) return answer
      if (answer.error.code === 'auth/revoked') {
        identity.forget()
        return answer
      }
      return await exchange(base, request, (await identity.renew(token)).token)
    } catch (error) {
      if (error instanceof RollingDropError) return { ok: false, error, retryAfter_ms: 0 } as const
      throw error
    }
  }
}

function isIdempotent({ method, key }: ApiRequest): boolean {
  return method === 'GET' || key !== undefined
}

const aboutToken: ReadonlySet<ErrorCode> = new Set([
  'auth/token-missing',
  'auth/token-invalid',
  'auth/token-expired',
  'auth/revoked',
])

function isAboutToken({ code }: RollingDropError): boolean {
  return aboutToken.has(code)
}

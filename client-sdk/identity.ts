import { RollingDropError } from '../schema/errors.ts'
import type { Tokens } from '../schema/http.ts'
import type { TokenStore } from './api.ts'
import type { Clock } from './clock.ts'
import type { Exchange } from './exchange.ts'
import type { SharedTokenStore } from './tokens.ts'

type Deps = Readonly<{ base: string; store: TokenStore; exchange: Exchange; clock: Clock }>

/** A token is renewed this long before its end, or at four fifths of a shorter life. */
const MARGIN_MS = 30_000

/**
 * Who the client is. Tokens are asked for once at a time, however many calls wait for them:
 *
 *     none ──guest──▶ fresh ──nearly over, or refused──▶ refresh ──▶ fresh
 *                                                           └─ refused ─▶ none (a guest becomes a new guest; `auth/revoked` rejects)
 */
export class Identity {
  #deps: Deps
  #work: Promise<Tokens> | null = null
  /** When tokens taken by this process end by this process's clock, which may be hours off the server's. */
  #ends = new Map<string, number>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Tokens that are good for a while. Rejects with a RollingDropError. */
  current(): Promise<Tokens> {
    const kept = this.#deps.store.load()
    return kept && this.#isFresh(kept) ? Promise.resolve(kept) : this.#once(() => this.#obtain(null))
  }

  /** Other tokens than `refused`, which the server did not take. */
  renew(refused: string): Promise<Tokens> {
    return this.#once(() => this.#obtain(refused))
  }

  /** The tokens as they are kept, good or not. */
  kept(): Tokens | null {
    return this.#deps.store.load()
  }

  /** Takes over tokens that somebody has just signed in by. */
  adopt(tokens: Tokens): void {
    const { store, clock } = this.#deps
    this.#ends = new Map([[tokens.token, clock.now() + (lifetime_ms(tokens.token) ?? tokens.expiresAt - clock.now())]])
    store.save(tokens)
  }

  forget(): void {
    this.#deps.store.save(null)
  }

  #once(work: () => Promise<Tokens>): Promise<Tokens> {
    const { store } = this.#deps
    const alone = 'exclusive' in store ? () => (store as SharedTokenStore).exclusive(work) : work
    this.#work ??= alone().finally(() => {
      this.#work = null
    })
    return this.#work
  }

  /** Reads the store again first: another tab may have been here while we waited for our turn. */
  async #obtain(refused: string | null): Promise<Tokens> {
    const kept = this.#deps.store.load()
    if (!kept) return this.#take('/auth/guest', {})
    if (kept.token !== refused && this.#isFresh(kept)) return kept
    try {
      return await this.#take('/auth/refresh', { refreshToken: kept.refreshToken })
    } catch (error) {
      if (!(error instanceof RollingDropError) || error.status !== 401) throw error
      const newer = this.#deps.store.load()
      if (newer && newer.refreshToken !== kept.refreshToken) return newer
      this.forget()
      if (error.code === 'auth/revoked' || !kept.user.guest) throw error
      return this.#take('/auth/guest', {})
    }
  }

  async #take(path: string, body: unknown): Promise<Tokens> {
    const { base, exchange } = this.#deps
    const answer = await exchange(base, { method: 'POST', path, body }, null)
    if (!answer.ok) throw answer.error
    const tokens = answer.body as Tokens
    this.adopt(tokens)
    return tokens
  }

  #isFresh({ token, expiresAt }: Tokens): boolean {
    const margin_ms = Math.min(MARGIN_MS, (lifetime_ms(token) ?? Infinity) / 5)
    return this.#deps.clock.now() < (this.#ends.get(token) ?? expiresAt) - margin_ms
  }
}

/** `exp − iat` of a JWT (RFC 7519) in ms; undefined when it cannot be read. */
function lifetime_ms(token: string): number | undefined {
  try {
    const payload = atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'))
    const { iat, exp } = JSON.parse(payload) as { iat: number; exp: number }
    return exp > iat ? (exp - iat) * 1000 : undefined
  } catch {
    return undefined // not a JWT: `expiresAt` will do
  }
}

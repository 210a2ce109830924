import type { Access, Principal, Revocation } from '../access/access.ts'
import type { Clock } from '../entropy/clock.ts'
import { RollingDropError } from '../schema/errors.ts'

/** A socket and whom it speaks for. `end` closes it with the code of what is wrong with its token. */
export type Watched = Readonly<{ principal: Principal; end(error: RollingDropError): void }>

/** How often tokens are looked at: a socket outlives its token by this long at most. */
const LOOK_MS = 1_000

/**
 * Keeps looking at the tokens that opened sockets, all of a node at once: one that has expired, or whose session or user is
 * revoked on any node, closes its socket.
 */
export class TokenWatch {
  readonly #access: Access
  readonly #clock: Clock
  readonly #watched = new Map<object, Watched>()
  readonly #unsubscribe: () => void
  #cancel = () => {}

  constructor(access: Access, clock: Clock) {
    this.#access = access
    this.#clock = clock
    this.#unsubscribe = access.onRevoked((revocation) => this.#revoked(revocation))
    this.#lookLater()
  }

  /** Watches over `socket`, for another principal than before where it is watched already. */
  watch(socket: object, watched: Watched): void {
    this.#watched.set(socket, watched)
  }

  forget(socket: object): void {
    this.#watched.delete(socket)
  }

  close(): void {
    this.#unsubscribe()
    this.#cancel()
    this.#watched.clear()
  }

  #lookLater(): void {
    this.#cancel = this.#clock.at(this.#clock.now() + LOOK_MS, () => {
      const now_ms = this.#clock.now()
      for (const watched of this.#watched.values()) {
        if (watched.principal.expires_ms <= now_ms) watched.end(new RollingDropError('auth/token-expired'))
        else if (this.#access.isRevoked(watched.principal)) watched.end(new RollingDropError('auth/revoked'))
      }
      this.#lookLater()
    })
  }

  #revoked(revocation: Revocation): void {
    for (const watched of this.#watched.values()) {
      const hit =
        'session' in revocation
          ? watched.principal.session === revocation.session
          : watched.principal.user === revocation.user
      if (hit && this.#access.isRevoked(watched.principal)) watched.end(new RollingDropError('auth/revoked'))
    }
  }
}

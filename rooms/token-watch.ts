import type { Access, Principal, Revocation } from '../access/access.ts'
import type { Clock } from '../entropy/clock.ts'
import { RollingDropError } from '../schema/errors.ts'

/** A socket and whom it speaks for. `end` closes it with the code of what is wrong with its token. */
export type Watched = Readonly<{ principal: Principal; end(error: RollingDropError): void }>

/** How often tokens are looked at: a socket outlives its token by this long at most. */
const LOOK_MS = 1_000

/**
 * Keeps looking at the tokens that opened sockets, all of a node at once: one that has expired, whose key has ended, or whose session or
 * user is revoked on any node, closes its socket. It knows therefore how many sockets a user has here.
 */
export class TokenWatch {
  readonly #access: Access
  readonly #clock: Clock
  readonly #sockets_max: number
  readonly #watched = new Map<object, Watched>()
  /** Sockets of each user. */
  readonly #counts = new Map<string, number>()
  readonly #unsubscribe: () => void
  #cancel = () => {}

  constructor(access: Access, clock: Clock, sockets_per_user_max: number) {
    this.#access = access
    this.#sockets_max = sockets_per_user_max
    this.#clock = clock
    this.#unsubscribe = access.onRevoked((revocation) => this.#revoked(revocation))
    this.#lookLater()
  }

  /** Watches over `socket`, for another principal than before where it is watched already. */
  watch(socket: object, watched: Watched): void {
    this.forget(socket)
    this.#watched.set(socket, watched)
    this.#count(watched.principal.user, 1)
  }

  forget(socket: object): void {
    const watched = this.#watched.get(socket)
    if (watched && this.#watched.delete(socket)) this.#count(watched.principal.user, -1)
  }

  /** Throws `request/too-many-sockets` when one more socket of this user would be one too many. */
  admit({ user }: Principal): void {
    if ((this.#counts.get(user) ?? 0) < this.#sockets_max) return
    throw new RollingDropError('request/too-many-sockets', { sockets_max: this.#sockets_max })
  }

  close(): void {
    this.#unsubscribe()
    this.#cancel()
    this.#watched.clear()
    this.#counts.clear()
  }

  #count(user: string, change: 1 | -1): void {
    const count = (this.#counts.get(user) ?? 0) + change
    if (count > 0) this.#counts.set(user, count)
    else this.#counts.delete(user)
  }

  #lookLater(): void {
    this.#cancel = this.#clock.at(this.#clock.now() + LOOK_MS, () => {
      const now_ms = this.#clock.now()
      for (const watched of this.#watched.values()) {
        const { principal } = watched
        if (principal.expires_ms <= now_ms || this.#access.isKeyEnded(principal))
          watched.end(new RollingDropError('auth/token-expired'))
        else if (this.#access.isRevoked(principal)) watched.end(new RollingDropError('auth/revoked'))
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

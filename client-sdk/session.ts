import type { OwnResult, SessionState } from '../schema/session.ts'
import type { LinkStatus, SessionLink } from './api.ts'
import { Listeners } from './listeners.ts'
import type { Link } from './link.ts'
import type { OpenLink } from './open-link.ts'
import type { Wire } from './wire.ts'

/** The signed-in user's own things, live. Each result is told once, also when a reconnect brings it again. */
export class Session implements SessionLink {
  #state: SessionState | null = null
  #changes = new Listeners<SessionState>()
  #results = new Listeners<OwnResult>()
  #told = 0n
  #link: Link

  constructor(open: OpenLink, user: () => Promise<string>) {
    this.#link = open({ kind: 'session', id: user, attach: (wire) => this.#attach(wire) })
  }

  get state(): SessionState | null {
    return this.#state
  }

  get status(): LinkStatus {
    return this.#link.status
  }

  onChange(listen: (state: SessionState) => void): () => void {
    return this.#changes.add(listen)
  }

  onResult(listen: (result: OwnResult) => void): () => void {
    return this.#results.add(listen)
  }

  onStatus(listen: (status: LinkStatus) => void): () => void {
    return this.#link.onStatus(listen)
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  #attach(wire: Wire): void {
    wire.onState((state) => {
      this.#state = state as SessionState
      this.#changes.tell(this.#state)
    })
    wire.onMessage('result', (result) => this.#take(result as OwnResult))
    wire.onMessage('error', () => {}) // nothing but the token is said here, and a bad one closes the wire
  }

  #take(result: OwnResult): void {
    const seq = BigInt(result.seq)
    if (seq <= this.#told) return
    this.#told = seq
    this.#results.tell(result)
  }
}

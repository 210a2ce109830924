import { errorTable, isErrorCode, RollingDropError, toRollingDropError, type ErrorCode } from '../schema/errors.ts'
import type { LinkStatus } from './api.ts'
import { backoff_ms, type Clock } from './clock.ts'
import { Listeners } from './listeners.ts'
import { SilenceWatch } from './silence.ts'
import type { Wire } from './wire.ts'

export type LinkOptions = Readonly<{
  /** Finds the actor and joins it, at `hint` first where one is known. Rejects with a RollingDropError. */
  enter(hint: string | null): Promise<Wire>
  /** Hangs the listeners on a fresh wire, before anything can have come over it. */
  attach(wire: Wire): void
  /** Whether nothing more can come: then an end is the end, and nobody reconnects. */
  isOver?(): boolean
  /** The token as it stands now; a change is told to the room in place. */
  token(): Promise<string>
  /** Gets another token, because the room refused the one it had. */
  renew(): Promise<void>
  suspect(address: string): void
  clock: Clock
  /** See SilenceWatch; both in ms. */
  quiet_ms: number
  answer_ms: number
}>

/** How a wire ended, or that there was none: `lived_ms` is 0 then. */
type End = Readonly<{ code: number; reason: string; lived_ms: number }>

const RETRY = { first_ms: 50, most_ms: 3000 }
/** A wire that held for this long was a good one: the next trouble starts counting anew. */
const STABLE_MS = 2000
const TOKEN_LOOK_MS = 1000
const LEAVE_MS = 1000
const TOKEN_CLOSE = errorTable['auth/token-expired'].close
const MOVED_CLOSE = errorTable['ledger/fenced'].close
/** Not a code of WebSocket: what we note when we gave up a wire ourselves. */
const SILENT = 0

/**
 * A connection to one actor, whatever node has it, for as long as it is wanted.
 *
 *     connecting ──joined──▶ live ──gone, silent──▶ reconnecting ──joined──▶ live
 *         └────── an error that no retry can help, close() ──────▶ closed
 */
export class Link {
  #options: LinkOptions
  #status: LinkStatus = 'connecting'
  #listeners = new Listeners<LinkStatus>()
  #wire: Wire | null = null
  #endWire: (code: number, reason: string) => void = () => {}
  #wake: () => void = () => {}
  #error: RollingDropError | null = null

  constructor(options: LinkOptions) {
    this.#options = options
    void this.#stay()
  }

  get status(): LinkStatus {
    return this.#status
  }

  /** Why it is closed; null while it is not, and after close(). */
  get error(): RollingDropError | null {
    return this.#error
  }

  onStatus(listen: (status: LinkStatus) => void): () => void {
    return this.#listeners.add(listen)
  }

  /** Sends over the wire there is. False when there is none at the moment. */
  send(type: string, message: unknown): boolean {
    this.#wire?.send(type, message)
    return this.#wire !== null
  }

  /** Leaves the wire and joins anew: what came over it has a gap. */
  again(): void {
    if (this.#wire) void this.#leave(this.#wire)
  }

  /** Resolves once the socket is gone, after 1 s at the latest. */
  async close(): Promise<void> {
    const wire = this.#wire
    this.#become('closed')
    this.#wake()
    if (wire) await this.#leave(wire)
  }

  async #stay(): Promise<void> {
    let hint: string | null = null
    let attempt = 0
    while (!this.#isClosed()) {
      const end = await this.#attempt(hint)
      if (this.#isClosed()) return
      if (this.#options.isOver?.()) return this.#become('closed')
      if (this.#status === 'live') this.#become('reconnecting')
      if (end.code === TOKEN_CLOSE) await this.#options.renew().catch((error: unknown) => this.#endFor(error))
      if (end.lived_ms >= STABLE_MS) attempt = 0
      hint = end.code === MOVED_CLOSE ? addressIn(end.reason) : null
      if (hint === null || attempt > 0) await this.#rest(attempt)
      attempt++
    }
  }

  /** Joins and stays until the wire is gone. Never rejects. */
  async #attempt(hint: string | null): Promise<End> {
    try {
      const wire = await this.#options.enter(hint)
      if (this.#isClosed()) {
        wire.leave()
        return { code: SILENT, reason: 'closed', lived_ms: 0 }
      }
      const end = await this.#live(wire)
      const code = finalCode(end)
      if (code) this.#endFor(new RollingDropError(code))
      return end
    } catch (cause) {
      const error = toRollingDropError(cause)
      this.#endFor(error)
      return { code: SILENT, reason: error.code, lived_ms: 0 }
    }
  }

  async #live(wire: Wire): Promise<End> {
    const { clock, quiet_ms, answer_ms, suspect } = this.#options
    const joined_ms = clock.now()
    const gone = new Promise<End>((resolve) => {
      this.#endWire = (code, reason) => resolve({ code, reason, lived_ms: clock.now() - joined_ms })
      wire.onGone(this.#endWire)
    })
    const onSilent = () => {
      wire.drop()
      suspect(wire.address)
      this.#endWire(SILENT, 'silence')
    }
    const watch = new SilenceWatch({ clock, quiet_ms, answer_ms, onSilent, ping: () => wire.ping(() => watch.heard()) })
    const stopLooking = this.#lookAfterToken(wire)
    this.#wire = wire
    this.#options.attach(this.#heardOver(wire, watch))
    this.#become('live')
    const end = await gone
    watch.stop()
    stopLooking()
    this.#wire = null
    return end
  }

  /** The wire, whose every message is a sign of life, and which tells nothing more once we have turned from it. */
  #heardOver(wire: Wire, watch: SilenceWatch): Wire {
    const heard =
      <T>(listen: (value: T) => void) =>
      (value: T) => {
        watch.heard()
        if (this.#wire === wire && !this.#isClosed()) listen(value)
      }
    return {
      ...wire,
      onState: (listen) => wire.onState(heard(listen)),
      onMessage: (type, listen) => wire.onMessage(type, heard(listen)),
    }
  }

  /** A room closes on a token that has run out, so a new one is told in time. */
  #lookAfterToken(wire: Wire): () => void {
    const { clock, token } = this.#options
    let told: string | null = null
    let stopped = false
    let cancel = () => {}
    const look = async () => {
      // Without a token to tell the room will close the wire by itself, and the reason comes with the next try.
      const now = await token().catch(() => told)
      if (stopped) return
      if (told !== null && now !== null && now !== told) wire.send('token', { token: now })
      told = now
      cancel = clock.after(TOKEN_LOOK_MS, () => void look())
    }
    void look()
    return () => {
      stopped = true
      cancel()
    }
  }

  #leave(wire: Wire): Promise<void> {
    this.#wire = null
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(LEAVE_MS, () => {
        wire.drop()
        resolve()
      })
      wire.onGone(() => {
        cancel()
        resolve()
      })
      this.#endWire(SILENT, 'left')
      wire.leave()
    })
  }

  #rest(attempt: number): Promise<void> {
    const { clock } = this.#options
    return new Promise((resolve) => {
      const cancel = clock.after(backoff_ms(attempt, RETRY, clock), resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }

  #endFor(cause: unknown): void {
    const error = toRollingDropError(cause)
    if (error.retry) return
    this.#error = error
    this.#become('closed')
  }

  #isClosed(): boolean {
    return this.#status === 'closed'
  }

  #become(status: LinkStatus): void {
    if (this.#status === status || this.#isClosed()) return
    this.#status = status
    this.#listeners.tell(status)
  }
}

/** The code of an end that no retry can help, by its reason or else by its number; undefined for all others. */
function finalCode({ code, reason }: End): ErrorCode | undefined {
  const same = Object.entries(errorTable).filter(([, { close }]) => close === code)
  if (same.some(([, { retry }]) => retry)) return undefined
  return isErrorCode(reason) && errorTable[reason].close === code ? reason : (same[0]?.[0] as ErrorCode | undefined)
}

/** The address that a node named when it handed the actor over; null when it named none. */
function addressIn(reason: string): string | null {
  return !isErrorCode(reason) && /^[\w-]+[.:][\w.:-]*(\/[\w./-]*)?$/.test(reason) ? reason : null
}

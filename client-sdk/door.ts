import { Client, type SeatReservation, type Room } from '@colyseus/sdk'
import { RollingDropError } from '../schema/errors.ts'
import type { Caller } from './caller.ts'
import type { Clock } from './clock.ts'
import type { Identity } from './identity.ts'
import { wireOf, type Wire } from './wire.ts'

type Seat = SeatReservation | Readonly<{ at: string; take?: boolean }>

/** Which actor is wanted, asked again at every try: the options may say from where on to go on. */
export type Wanted = Readonly<{ kind: 'battle' | 'feed' | 'session'; id: string; options?: unknown }>

type Deps = Readonly<{ base: string; caller: Caller; identity: Identity; clock: Clock }>

const HOPS_MAX = 3
const SUSPECT_MS = 1000
const PATIENCE_MS = { least: 900, most: 5000 }
/** Longer than for an answer: whoever joins has just been answered, and giving up on a busy node makes it only busier. */
const JOIN_LEAST_MS = 2500

/**
 * Finds the node that has an actor and joins it there. Shared by all links of a client, so that what one of them learns
 * about a node's health spares the others the same wait.
 */
export class Door {
  #deps: Deps
  #clients = new Map<string, Client>()
  #suspects = new Map<string, number>()
  /** How long an answer may take: four times the last one, so that a quick network finds a frozen node quickly. */
  #patience_ms = PATIENCE_MS.most

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Asks for a seat, first at `hint` where one is given, follows the way to it and joins. Rejects with a RollingDropError. */
  async enter(wanted: Wanted, hint: string | null): Promise<Wire> {
    let base = hint === null ? this.#deps.base : this.#baseOf(hint)
    let take = false
    for (let hop = 0; hop < HOPS_MAX; hop++) {
      const seat = await this.#ask(base, wanted, take)
      if (!('at' in seat)) return wireOf(await this.#join(base, seat))
      if (!seat.at || this.#isSuspect(seat.at)) break
      base = this.#baseOf(seat.at)
      take = seat.take === true
    }
    throw new RollingDropError('matchmaking/unavailable', { kind: wanted.kind, id: wanted.id })
  }

  /** A node that went silent is left alone for a moment, also when another one, not knowing yet, points to it. */
  suspect(address: string): void {
    const now = this.#deps.clock.now()
    for (const [known, until_ms] of this.#suspects) if (until_ms <= now) this.#suspects.delete(known)
    this.#suspects.set(address, now + SUSPECT_MS)
  }

  /** Sees to it that the next seat is asked for with another token. */
  async renew(): Promise<void> {
    const kept = this.#deps.identity.kept()
    if (kept) await this.#deps.identity.renew(kept.token)
  }

  async #ask(base: string, { kind, id, options = {} }: Wanted, take: boolean): Promise<Seat> {
    const started_ms = this.#deps.clock.now()
    const path = `/actors/${kind}/${encodeURIComponent(id)}/seat${take ? '?take=1' : ''}`
    const request = { method: 'POST', path, body: options, timeout_ms: this.#patience_ms } as const
    try {
      const seat = await this.#deps.caller.call<Seat>(request, { retries: 0, base })
      this.#expect(4 * (this.#deps.clock.now() - started_ms))
      return seat
    } catch (error) {
      if (error instanceof RollingDropError && error.code === 'matchmaking/unavailable') {
        // By less than double: one frozen node behind a balancer may be the one that is asked twice in a row.
        this.#expect(1.5 * this.#patience_ms)
        if (base !== this.#deps.base) this.suspect(base.slice(base.indexOf('//') + 2))
      }
      throw error
    }
  }

  #join(base: string, seat: SeatReservation): Promise<Room> {
    const client = this.#clients.get(base) ?? new Client(base)
    this.#clients.set(base, client)
    return within(Math.max(JOIN_LEAST_MS, this.#patience_ms), client.consumeSeatReservation(seat), this.#deps.clock)
  }

  #expect(ms: number): void {
    this.#patience_ms = Math.min(PATIENCE_MS.most, Math.max(PATIENCE_MS.least, ms))
  }

  #isSuspect(address: string): boolean {
    const now = this.#deps.clock.now()
    return [...this.#suspects].some(([suspect, until_ms]) => until_ms > now && isWithin(suspect, address))
  }

  #baseOf(address: string): string {
    return `${new URL(this.#deps.base).protocol}//${address}`
  }
}

/** Whether `place` is `address` or below it: of a socket we know the process, of a node that is named perhaps only the host. */
function isWithin(place: string, address: string): boolean {
  return place === address || place.startsWith(`${address}/`)
}

/** Colyseus waits for ever on a node that takes the connection and says nothing; a join that comes too late is left again. */
async function within(limit_ms: number, joining: Promise<Room>, clock: Clock): Promise<Room> {
  let late = false
  let cancel = () => {}
  const tooLate = new Promise<never>((_, reject) => {
    cancel = clock.after(limit_ms, () => {
      late = true
      reject(new Error(`not joined within ${limit_ms} ms`))
    })
  })
  const leaveLate = (room: Room) => late && wireOf(room).leave()
  void joining.then(leaveLate, () => {}) // a failure is told by the race below, or came too late to matter
  try {
    return await Promise.race([joining, tooLate])
  } catch (cause) {
    throw new RollingDropError('matchmaking/unavailable', undefined, cause)
  } finally {
    cancel()
  }
}

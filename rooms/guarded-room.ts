import { Room, type Client } from '@colyseus/core'
import { z } from 'zod'
import type { Access, Principal } from '../access/access.ts'
import type { Clock } from '../entropy/clock.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import { commandIn, Inbox, type InboxLimits } from './inbox.ts'
import type { TokenWatch } from './token-watch.ts'

/** What every room of a node is guarded by. */
export type Guard = Readonly<{ access: Access; clock: Clock; limits: RoomLimits; watch: TokenWatch }>

export type RoomLimits = InboxLimits & Readonly<{ spectators_max: number }>

/** What the seat route found out about who takes a seat; null: somebody without a token, who may only watch. */
export type Visitor = Readonly<{ principal: Principal | null }>

export type RoomClient = Client<{ auth: Visitor; userData: Visitor }>

const tokenMessage = z.strictObject({ token: z.string().min(1).max(4096) })

/** Closes that are no error of the client's: it asks for the actor again, at the address that stands in the reason. */
export const MOVED = 4101

/** Patches are sent when something has changed, never by a timer; this one only keeps Colyseus's own clock going. */
const PATCH_MS = 60_000

/**
 * A Colyseus room behind our own door: messages are measured, counted and read by us, so that a mistake is answered and the
 * socket stays open, and tokens are checked for as long as the socket lives.
 *
 *     seat route ──reserves──▶ joined ──{token}──▶ joined, for longer
 *                                └──expired, revoked, bad token──▶ closed with 4401
 */
export abstract class GuardedRoom<State extends object = object> extends Room<{ state: State; client: RoomClient }> {
  override autoDispose = false
  override patchRate = PATCH_MS
  protected guard!: Guard
  readonly #inboxes = new WeakMap<RoomClient, Inbox>()
  /** A token that is being checked: what is said after it waits for it. */
  readonly #renewals = new WeakMap<RoomClient, Promise<void>>()

  constructor() {
    super()
    // Colyseus binds its private reader when a client has joined; ours stands before it.
    const readOn = (Reflect.get(this, '_onMessage') as (client: RoomClient, bytes: Uint8Array) => void).bind(this)
    Reflect.set(this, '_onMessage', (client: RoomClient, bytes: Uint8Array) => this.#read(client, bytes, readOn))
  }

  /** A message of a known size from a client within its rate. What it throws is told to the client. */
  protected abstract hear(client: RoomClient, type: string, payload: unknown): Promise<void> | void

  /** Called when the principal of a client is there or has changed. */
  protected arrived(_client: RoomClient, _before: Principal | null): void {}

  override onJoin(client: RoomClient, _options: unknown, auth: Visitor | undefined): void {
    client.userData = { principal: null }
    try {
      this.#speakFor(client, auth?.principal ?? null)
    } catch (cause) {
      this.end(client, toRollingDropError(cause))
    }
  }

  override onLeave(client: RoomClient): void {
    this.guard.watch.forget(client)
  }

  /** Colyseus's own close code here is one on which clients do not come back. */
  override onBeforeShutdown(): void {
    void this.disconnect(MOVED)
  }

  protected principalOf(client: RoomClient): Principal | null {
    return client.userData?.principal ?? null
  }

  /** Tells the refusal of a message: as the reply to its number, or without one where that could not be read. */
  protected refuse(client: RoomClient, error: RollingDropError, command: number | undefined): void {
    if (command === undefined) client.send('error', error.reply())
    else client.send('reply', { command, ok: false, error: error.reply() })
  }

  protected end(client: RoomClient, error: RollingDropError): void {
    this.guard.watch.forget(client)
    client.leave(error.close, error.code)
  }

  /** Closes every socket, naming the address where the actor will be found, and ends the room. */
  async move(address: string): Promise<void> {
    for (const client of this.clients.slice()) client.leave(MOVED, address)
    // A seat that is given and not yet taken would keep Colyseus from ending the room until it lapses.
    const seats = this.#seats
    for (const session of Object.keys(seats)) delete seats[session]
    await this.disconnect(MOVED)
  }

  /** Sockets that are here, and those that have a seat and are on their way. */
  protected get expected(): number {
    return this.clients.length + Object.keys(this.#seats).length
  }

  get #seats(): Record<string, unknown> {
    return Reflect.get(this, '_reservedSeats')
  }

  #read(client: RoomClient, bytes: Uint8Array, readOn: (client: RoomClient, bytes: Uint8Array) => void): void {
    const now_ms = this.guard.clock.now()
    const inbox = this.#inboxes.get(client) ?? new Inbox(this.guard.limits, now_ms)
    this.#inboxes.set(client, inbox)
    const received = inbox.read(bytes, now_ms)
    switch (received.kind) {
      case 'colyseus':
        return readOn(client, bytes)
      case 'refused':
        return this.refuse(client, received.error, received.command)
      case 'flood':
        return this.end(client, new RollingDropError('request/too-many'))
      case 'message':
        return void this.#answer(client, received.type, received.payload)
      default:
        return received satisfies never
    }
  }

  async #answer(client: RoomClient, type: string, payload: unknown): Promise<void> {
    try {
      if (type !== 'token') {
        await this.#renewals.get(client)
        return await this.hear(client, type, payload)
      }
      const renewal = this.#renew(client, tokenIn(payload))
      this.#renewals.set(client, renewal)
      await renewal
    } catch (cause) {
      this.refuse(client, toRollingDropError(cause), commandIn(payload))
    }
  }

  /** Another token for the same user goes on in place; one that is not good ends the socket. */
  async #renew(client: RoomClient, token: string): Promise<void> {
    try {
      const principal = await this.guard.access.authenticate(token)
      const before = this.principalOf(client)
      if (before && before.user !== principal.user) throw new RollingDropError('auth/forbidden')
      if (this.clients.get(client.sessionId) === client) this.#speakFor(client, principal)
    } catch (cause) {
      this.end(client, toRollingDropError(cause))
    }
  }

  #speakFor(client: RoomClient, principal: Principal | null): void {
    const before = this.principalOf(client)
    if (principal && before === null) this.guard.watch.admit(principal)
    client.userData = { principal }
    if (principal) this.guard.watch.watch(client, { principal, end: (error) => this.end(client, error) })
    this.arrived(client, before)
  }
}

function tokenIn(payload: unknown): string {
  const read = tokenMessage.safeParse(payload)
  if (!read.success) throw new RollingDropError('request/invalid', { type: 'token' })
  return read.data.token
}

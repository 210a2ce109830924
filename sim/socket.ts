import type { CommandReply } from '../schema/battle-message.ts'
import type { ErrorReply } from '../schema/errors.ts'
import type { Machine } from './machine.ts'
import type { Schedule } from './schedule.ts'
import type { Weather } from './weather.ts'
import type { View } from './witness.ts'

/** What a node says to a client. */
export type Told =
  | Readonly<{ type: 'state'; view: View }>
  | Readonly<{ type: 'reply'; reply: CommandReply }>
  | Readonly<{ type: 'error'; error: ErrorReply }>

/** The node's end: the room that the socket is in. */
export interface Room {
  hear(socket: Socket, type: string, payload: unknown): Promise<void>
  leave(socket: Socket): void
}

/** The client's end. */
export type Ear = Readonly<{ told(message: Told): void; closed(code: number): void }>

const BROKEN = 1006

/**
 * A socket between a client and a room. What the node says arrives in order or the socket breaks; what the client says may
 * come late, twice, or in another order, as from a client that says it again.
 */
export class Socket {
  readonly user: string | null
  readonly #schedule: Schedule
  readonly #weather: Weather
  readonly #machine: Machine
  readonly #ear: Ear
  #room: Room | undefined
  #lastArrival_ms = 0
  #hung = false
  #closed = false

  constructor(
    user: string | null,
    machine: Machine,
    network: Readonly<{ schedule: Schedule; weather: Weather }>,
    ear: Ear,
  ) {
    this.user = user
    this.#schedule = network.schedule
    this.#weather = network.weather
    this.#machine = machine
    this.#ear = ear
    machine.onDeath(() => this.#hangUp(BROKEN))
  }

  get isOpen(): boolean {
    return !this.#closed
  }

  entered(room: Room): void {
    this.#room = room
  }

  /** From the node. */
  send(message: Told): void {
    if (this.#hung) return
    if (this.#weather.loses) return this.break()
    this.#inOrder(() => this.#ear.told(message))
  }

  /** From the node. */
  close(code: number): void {
    this.#hangUp(code)
  }

  /** From the client. */
  say(type: string, payload: unknown): void {
    for (let copies = this.#weather.doubles ? 2 : 1; copies > 0; copies--) {
      if (this.#weather.loses) continue
      const hear = () => this.#hung || void this.#room?.hear(this, type, payload)
      this.#schedule.after(this.#weather.far_ms, () => this.#machine.enter(hear))
    }
  }

  /** From the client. */
  hangUp(): void {
    this.#closed = true
    this.#schedule.after(this.#weather.far_ms, () => this.#machine.enter(() => this.#leave()))
  }

  /** The line goes dead: both ends learn of it. */
  break(): void {
    this.#hangUp(BROKEN)
    this.#schedule.after(this.#weather.far_ms, () => this.#machine.enter(() => this.#leave()))
  }

  #leave(): void {
    this.#hung = true
    this.#room?.leave(this)
    this.#room = undefined
  }

  #hangUp(code: number): void {
    if (this.#hung) return
    this.#hung = true
    this.#inOrder(() => {
      this.#closed = true
      this.#ear.closed(code)
    })
  }

  #inOrder(arrive: () => void): void {
    this.#lastArrival_ms = Math.max(this.#lastArrival_ms, this.#schedule.now_ms + this.#weather.far_ms)
    this.#schedule.at(this.#lastArrival_ms, () => this.#closed || arrive())
  }
}

import { matchMaker } from '@colyseus/core'
import type { Clock } from '../entropy/clock.ts'
import type { GuardedRoom } from './guarded-room.ts'
import { IDLE_MS } from './idle.ts'

/** A room of Colyseus and how it stands in the list of rooms. */
export type Opened<R> = Readonly<{ room: R; listing: Awaited<ReturnType<typeof matchMaker.createRoom>> }>

/** Opens a room of a defined kind on this node; `type` is the class it was defined with. */
export async function openRoom<R extends object>(kind: string, type: new () => R, options: object): Promise<Opened<R>> {
  const listing = await matchMaker.createRoom(kind, options)
  const room: object = matchMaker.getLocalRoomById(listing.roomId)
  if (!(room instanceof type)) throw new Error(`room ${listing.roomId} is not on this node`)
  return { listing, room }
}

type Placed<R> = { readonly opened: Promise<Opened<R>>; wanted_ms: number }

/** The rooms of one kind on this node: each opened when it is first asked for, and closed when nobody has been in it for a while. */
export class RoomShelf<R extends GuardedRoom> {
  readonly #clock: Clock
  readonly #rooms = new Map<string, Placed<R>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get count(): number {
    return this.#rooms.size
  }

  /** The room under `key`; `open` makes it when there is none. */
  async place(key: string, open: () => Promise<Opened<R>>): Promise<Opened<R>> {
    const placed = this.#rooms.get(key) ?? this.#add(key, open())
    placed.wanted_ms = this.#clock.now()
    return placed.opened
  }

  async sweep(): Promise<void> {
    for (const [key, { opened, wanted_ms }] of this.#rooms) {
      const { room } = await opened
      if (room.clients.length > 0 || this.#clock.now() - wanted_ms < IDLE_MS) continue
      this.#rooms.delete(key)
      await room.move('')
    }
  }

  /** Closes all rooms and sends their clients to one of `addresses`, where there are any. */
  async drain(addresses: readonly string[]): Promise<void> {
    const all = [...this.#rooms.values()]
    this.#rooms.clear()
    const moved = all.map(async ({ opened }, index) =>
      (await opened).room.move(addresses[index % addresses.length] ?? ''),
    )
    await Promise.allSettled(moved)
  }

  #add(key: string, opened: Promise<Opened<R>>): Placed<R> {
    const placed = { opened, wanted_ms: this.#clock.now() }
    this.#rooms.set(key, placed)
    opened.catch(() => this.#rooms.delete(key))
    return placed
  }
}

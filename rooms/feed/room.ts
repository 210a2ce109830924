import { ClientState, getMessageBytes, Protocol } from '@colyseus/core'
import type { WebSocket } from 'ws'
import { MAIN_TENANT } from '../../schema/account.ts'
import { RollingDropError, toRollingDropError } from '../../schema/errors.ts'
import type { FeedOptions } from '../../schema/feed.ts'
import { parsePosition } from '../../schema/position.ts'
import { GuardedRoom, type Guard, type RoomClient } from '../guarded-room.ts'
import { wishOf } from './filter.ts'
import type { EncodedFrame } from './frame.ts'
import { framed, sendFramed, type Framed } from './framed.ts'
import type { FeedHub } from './hub.ts'
import type { Subscriber } from './subscriber.ts'

export const FEED = 'feed'

export type FeedRoomOptions = Readonly<{ roomId: string; guard: Guard; hub: FeedHub }>

/** The Colyseus door to the node's feed: one room for all, without state, in which nobody says anything. */
export class FeedRoom extends GuardedRoom {
  #hub!: FeedHub
  readonly #subscribers = new WeakMap<RoomClient, Subscriber>()

  override onCreate({ roomId, guard, hub }: FeedRoomOptions): void {
    this.roomId = roomId
    this.guard = guard
    this.#hub = hub
  }

  override onJoin(client: RoomClient, options: FeedOptions, auth: RoomClient['auth'] | undefined): void {
    super.onJoin(client, options, auth)
    const subscriber = this.#subscriberOf(client)
    this.#subscribers.set(client, subscriber)
    const wish = wishOf(auth?.principal?.tenant ?? MAIN_TENANT, options.filter, 'public', auth?.principal?.user)
    const since = options.since === undefined ? undefined : parsePosition(options.since)
    const isThere = () => this.clients.get(client.sessionId) === client
    this.#hub
      .subscribe(subscriber, wish, since, isThere)
      .catch((error: unknown) => this.end(client, toRollingDropError(error)))
  }

  override onLeave(client: RoomClient): void {
    super.onLeave(client)
    const subscriber = this.#subscribers.get(client)
    if (subscriber) this.#hub.unsubscribe(subscriber)
  }

  protected override hear(client: RoomClient, type: string): void {
    this.refuse(client, new RollingDropError('request/invalid', { type, reason: 'unknown type' }), undefined)
  }

  #subscriberOf(client: RoomClient): Subscriber {
    const socket = client.ref as unknown as WebSocket
    return {
      send: (frame) => {
        const message = frame.wired(FeedRoom, wire)
        if (client.state === ClientState.JOINED) sendFramed(socket, message)
        else client.enqueueRaw(message.payload) // Colyseus keeps it until the client says that it has joined.
      },
      buffered: () => socket.bufferedAmount,
      end: (error) => this.end(client, error),
    }
  }
}

/** A frame as Colyseus would send it. */
function wire(frame: EncodedFrame): Framed {
  return framed(getMessageBytes.raw(Protocol.ROOM_DATA_BYTES, frame.type, undefined, frame.msgpack()), 'binary')
}

import type { IncomingMessage } from 'node:http'
import type { Principal } from '../../access/access.ts'
import { MAIN_TENANT } from '../../schema/account.ts'
import type { FeedFilter } from '../../schema/feed.ts'
import { feedProtocols, liveFeedMessages } from '../../schema/live-feed.ts'
import { bearerOf } from '../bearer.ts'
import { wishOf, type Wish } from '../feed/filter.ts'
import type { FeedHub } from '../feed/hub.ts'
import type { Guard } from '../guarded-room.ts'
import type { Crowd } from '../plain/crowd.ts'
import { SocketDoor } from '../plain/door.ts'
import { FeedSocket } from './feed-socket.ts'

/** What every plain door of a node needs. */
export type DoorParts = Readonly<{
  guard: Guard
  hub: FeedHub
  crowd: Crowd
  addressOf(request: IncomingMessage): string
  life_ms: number
  payload_bytes_max: number
}>

/** What the public may read: of the own tenant where somebody is signed in, also what is theirs alone. */
export function publicWish(principal: Principal | null, filter: FeedFilter | undefined): Wish {
  return wishOf(principal?.tenant ?? MAIN_TENANT, filter, 'public', principal?.user)
}

/** `/ws/live-feed`: the public feed over a plain WebSocket, as JSON or msgpack. */
export function openFeedDoor(parts: DoorParts): SocketDoor<string | undefined> {
  return new SocketDoor({
    ...parts,
    path: '/ws/live-feed',
    protocols: feedProtocols,
    admit: (request) => bearerOf(request.headers.authorization),
    open: (opened, token, query) => {
      const socket = new FeedSocket(opened, { ...parts, messages: liveFeedMessages, wish: publicWish })
      if (token !== undefined) socket.identify(token)
      socket.ask(query)
      return socket
    },
  })
}

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { OpenAPIHono } from '@hono/zod-openapi'
import { clientAddressFinder } from '../access/client-address.ts'
import type { PartnerAccess } from '../access/partner.ts'
import type { Sealer } from '../access/seal.ts'
import type { Actors, LedgerReader, Tail } from '../ledger/ledger.ts'
import type { Log } from './actor.ts'
import { bearerOf } from './bearer.ts'
import type { FeedHub, FeedLimits } from './feed/hub.ts'
import type { Guard } from './guarded-room.ts'
import { EventDoor } from './live/event-door.ts'
import { openFeedDoor, type DoorParts } from './live/feed-door.ts'
import { Crowd, type CrowdLimits } from './plain/crowd.ts'
import { PartnerDoor } from './partner/door.ts'
import { streamRoutes } from './partner/stream-route.ts'
import { SocketDoor } from './plain/door.ts'
import { Following } from './plain/follow.ts'
import { PlainSocket } from './plain/socket.ts'

type Parts = Readonly<{
  guard: Guard
  hub: FeedHub
  tail: Tail
  reader: Pick<LedgerReader, 'events' | 'head'>
  actors: Pick<Actors, 'find'>
  partners: PartnerAccess
  sealer: Sealer
  log: Log
  payload_bytes_max: number
  config: Readonly<{
    spectators_max: number
    feed: FeedLimits
    trustedProxies: readonly string[]
    plain: CrowdLimits & Readonly<{ life_ms: number }>
  }>
}>

/** A way in that goes on until it is drained. */
interface Door {
  take?(request: IncomingMessage, stream: Duplex, head: Buffer): boolean
  readonly count: number
  drain(addresses: readonly string[]): void
  close(): void
}

/** All ways into a node for those without the SDK: `/ws/battles`, `/ws/live-feed`, `GET /live-feed`, and those of partners. */
export class PlainDoors {
  /** Those that answer requests, to be mounted at the root. */
  readonly routes = new OpenAPIHono()
  readonly #doors: readonly Door[]
  readonly #following: Following

  constructor({ guard, hub, tail, reader, actors, partners, sealer, log, payload_bytes_max, config }: Parts) {
    const { trustedProxies, plain, feed, spectators_max } = config
    const findAddress = clientAddressFinder(trustedProxies)
    const addressOf = ({ socket, headers }: IncomingMessage) =>
      findAddress({ socket: socket.remoteAddress, forwardedFor: headers['x-forwarded-for']?.toString() })
    const { life_ms } = plain
    const parts: DoorParts = { guard, hub, crowd: new Crowd(plain), addressOf, life_ms, payload_bytes_max }
    this.#following = new Following({ tail, actors, sealer, clock: guard.clock, spectators_max })
    const battles = { guard, hub, following: this.#following, limits: feed }
    const events = new EventDoor({ ...parts, log })
    this.routes.route('/', events.routes)
    this.routes.route('/', streamRoutes({ partners, tail, reader, log }))
    const partnerDoor = new PartnerDoor({ ...parts, partners })
    this.#doors = [openBattlesDoor(parts, battles), openFeedDoor(parts), events, partnerDoor]
  }

  get count(): number {
    return this.#doors.reduce((sum, { count }) => sum + count, 0)
  }

  /** Takes a WebSocket upgrade that is for one of the doors. False: it is not. */
  take(request: IncomingMessage, stream: Duplex, head: Buffer): boolean {
    return this.#doors.some((door) => door.take?.(request, stream, head))
  }

  /** Lets nobody in any more and sends those who are there to one of `addresses`, where there are any. */
  drain(addresses: readonly string[]): void {
    for (const door of this.#doors) door.drain(addresses)
  }

  close(): void {
    this.#following.close()
    for (const door of this.#doors) door.close()
  }
}

/** `/ws/battles`: the lobby and battles over a plain WebSocket, as JSON. Playing needs the SDK. */
function openBattlesDoor(
  parts: DoorParts,
  battles: ConstructorParameters<typeof PlainSocket>[2],
): SocketDoor<string | undefined> {
  return new SocketDoor({
    ...parts,
    path: '/ws/battles',
    protocols: ['rollingdrop.json'],
    admit: (request) => bearerOf(request.headers.authorization),
    open: (opened, token) => new PlainSocket(opened, token, battles),
  })
}

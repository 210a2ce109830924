import { createServer, type Server as HttpServer } from 'node:http'
import { matchMaker, Room, Server } from '@colyseus/core'
import { WebSocketTransport } from '@colyseus/ws-transport'
import { pack } from 'msgpackr'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Access } from '../../access/access.ts'
import { wallClock } from '../../entropy/clock.ts'
import type { LedgerReader } from '../../ledger/ledger.ts'
import { LedgerTail } from '../../ledger/tail.ts'
import { startColyseus } from '../../rooms/colyseus.ts'
import { FeedHub } from '../../rooms/feed/hub.ts'
import { FEED, FeedRoom, type FeedRoomOptions } from '../../rooms/feed/room.ts'
import { publicEvent } from '../../rooms/feed/telling.ts'
import { openRoom } from '../../rooms/shelf.ts'
import { TokenWatch } from '../../rooms/token-watch.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import { loadConfig } from '../../config.ts'
import { roomsConfig } from '../../server/settings.ts'

export type FeedServer = Readonly<{
  http: HttpServer
  tell(events: readonly CommittedEvent[]): void
  /** Paths at which so many sockets are let in. */
  seats(count: number): Promise<readonly string[]>
}>

/** `ws` and nothing else: every event to every socket, encoded once. */
function rawServer(): FeedServer {
  const http = createServer()
  const server = new WebSocketServer({ server: http, perMessageDeflate: false })
  const sockets = new Set<WebSocket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  return {
    http,
    tell(events) {
      for (const event of events) {
        const bytes = pack(publicEvent(event))
        for (const socket of sockets) socket.send(bytes, { binary: true })
      }
    },
    seats: async (count) => Array.from({ length: count }, () => '/'),
  }
}

class BroadcastRoom extends Room {
  override patchRate = null as unknown as number
  override autoDispose = false
  override maxClients = 100_000
}

/** Colyseus as its documentation says: every event is a broadcast. */
async function colyseusServer(): Promise<FeedServer> {
  const http = createServer()
  const server = new Server({
    transport: new WebSocketTransport({ server: http }),
    greet: false,
    gracefullyShutdown: false,
  })
  server.define('feed', BroadcastRoom)
  await server.listen(0, '127.0.0.1')
  const { listing, room } = await openRoom('feed', BroadcastRoom, {})
  return {
    http,
    tell(events) {
      for (const event of events) room.broadcast('event', publicEvent(event))
    },
    seats: (count) => seatsIn(listing, count),
  }
}

/** Ours as a node runs it, but for the database: the tail is offered what would have been committed. */
async function ourServer(): Promise<FeedServer> {
  const log = { info: () => {}, warn: console.error, error: console.error }
  const config = roomsConfig(loadConfig({}), '')
  const colyseus = await startColyseus({ address: '', redisUrl: '', payload_bytes_max: 65_536, log })
  const reader = { events: async () => [], head: async () => ({ lineage: 'benchbench', seq: 0n }) }
  const tail = new LedgerTail({
    lineage: 'benchbench',
    seq: 0n,
    reader: reader as unknown as LedgerReader,
    ring_max: 10_000,
    failed: console.error,
  })
  const hub = new FeedHub({ tail, reader: reader as unknown as LedgerReader, clock: wallClock, limits: config.feed })
  // Nobody here has a token.
  const access = { onRevoked: () => () => {} } as unknown as Access
  const watch = new TokenWatch(access, wallClock, 1)
  const guard = { access, clock: wallClock, limits: config, watch }
  const options: FeedRoomOptions = { roomId: `feed-${matchMaker.processId}`, guard, hub }
  const { listing } = await openRoom(FEED, FeedRoom, options)
  const http = createServer()
  colyseus.attach(http, () => false)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return { http, tell: (events) => tail.offer(events), seats: (count) => seatsIn(listing, count) }
}

type Listing = Parameters<typeof matchMaker.reserveSeatFor>[0]

async function seatsIn(listing: Listing, count: number): Promise<readonly string[]> {
  const paths: string[] = []
  while (paths.length < count) {
    const { sessionId } = await matchMaker.reserveSeatFor(listing, {}, { principal: null })
    paths.push(`/${listing.processId}/${listing.roomId}?sessionId=${sessionId}`)
  }
  return paths
}

export const feedServers = { raw: rawServer, colyseus: colyseusServer, ours: ourServer }
export type FeedServerKind = keyof typeof feedServers

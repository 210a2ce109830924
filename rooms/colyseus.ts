import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { matchMaker, Server } from '@colyseus/core'
import { WebSocketTransport } from '@colyseus/ws-transport'
import { pause, wallClock } from '../entropy/clock.ts'
import type { Log } from './actor.ts'
import { BattleRoom } from './battle/room.ts'
import { BATTLE } from './battle/rules.ts'
import { FEED, FeedRoom } from './feed/room.ts'
import { sharedParts } from './listing.ts'
import { SESSION, SessionRoom } from './session/room.ts'

type Options = Readonly<{
  /** `host[:port][/path]` at which clients reach this node; empty when there is only one. */
  address: string
  /** Empty: the node is alone. */
  redisUrl: string
  /** The hard stop for what comes over a socket; below it messages are measured by the rooms. */
  payload_bytes_max: number
  log: Log
}>

export type ColyseusServer = Readonly<{
  /** Takes the upgrades of an HTTP server that are for a room; `others` takes what else is ours, and says whether it did. */
  attach(server: HttpServer, others: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean): void
  close(): Promise<void>
}>

/** `/<process>/<room>`: what a seat reservation makes of an address, perhaps behind a path of a proxy. */
const ROOM_PATH = /\/[\w-]+\/(?:battle|feed|session)-[\w-]+$/

const CLOSE_MS = 2_000

/** Whether a WebSocket upgrade is for a room. */
function isForRoom(request: Pick<IncomingMessage, 'url'>): boolean {
  return ROOM_PATH.test((request.url ?? '').split('?')[0]!)
}

/**
 * Colyseus without its own matchmaking over HTTP, which nobody is to reach: seats are given by our route, rooms are made on
 * the node that was asked, and signals are the program's to handle.
 */
export async function startColyseus({ address, redisUrl, payload_bytes_max, log }: Options): Promise<ColyseusServer> {
  const transport = new WebSocketTransport({ noServer: true, maxPayload: payload_bytes_max })
  const server = new Server({
    transport,
    greet: false,
    gracefullyShutdown: false,
    logger: loggerOver(log),
    selectProcessIdToCreateRoom: async () => matchMaker.processId,
    ...(address && { publicAddress: address }),
    ...(redisUrl && sharedParts(redisUrl, log)),
  })
  server.define(BATTLE, BattleRoom)
  server.define(FEED, FeedRoom)
  server.define(SESSION, SessionRoom)
  matchMaker.setHealthChecksEnabled(false)
  await matchMaker.onReady
  await matchMaker.accept()
  return {
    attach(httpServer, others) {
      transport.attachToServer(httpServer, { filter: isForRoom })
      httpServer.on('upgrade', (request, socket, head) => {
        if (isForRoom(request) || others(request, socket, head)) return
        // Nobody else is there to take it: left alone the socket would hang for ever.
        if (httpServer.listenerCount('upgrade') <= 2) socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      })
    },
    // With Redis away nobody can be told that this process goes; nor does anybody have to be.
    close: () => Promise.race([server.gracefullyShutdown(false), pause(wallClock, CLOSE_MS)]),
  }
}

/** A process that has gone is taken off the list of rooms. */
export async function forgetProcess(process: string): Promise<void> {
  await matchMaker.stats.excludeProcess(process)
  await matchMaker.driver.cleanup?.(process)
}

function loggerOver(log: Log) {
  const to =
    (level: keyof Log) =>
    (first: unknown, ...rest: unknown[]) =>
      log[level]({ colyseus: rest }, String(first))
  const none = () => {}
  return { debug: none, trace: none, info: none, warn: to('warn'), error: to('error') }
}

import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { matchMaker, Server } from '@colyseus/core'
import { RedisDriver } from '@colyseus/redis-driver'
import { RedisPresence } from '@colyseus/redis-presence'
import { WebSocketTransport } from '@colyseus/ws-transport'
import type { Log } from './actor.ts'
import { BattleRoom } from './battle/room.ts'
import { BATTLE } from './battle/rules.ts'
import { FEED, FeedRoom } from './feed/room.ts'
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
  /** Takes the upgrades of an HTTP server that are for a room, and leaves all others alone. */
  attach(server: HttpServer): void
  close(): Promise<void>
}>

/** `/<process>/<room>`: what a seat reservation makes of an address, perhaps behind a path of a proxy. */
const ROOM_PATH = /\/[\w-]+\/(?:battle|feed|session)-[\w-]+$/

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
    ...(redisUrl && redisParts(redisUrl, log)),
  })
  server.define(BATTLE, BattleRoom)
  server.define(FEED, FeedRoom)
  server.define(SESSION, SessionRoom)
  matchMaker.setHealthChecksEnabled(false)
  await matchMaker.onReady
  await matchMaker.accept()
  return {
    attach(httpServer) {
      transport.attachToServer(httpServer, { filter: isForRoom })
      httpServer.on('upgrade', (request, socket) => {
        // Nobody else is there to take it: left alone the socket would hang for ever.
        if (!isForRoom(request) && httpServer.listenerCount('upgrade') <= 2)
          socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      })
    },
    close: () => server.gracefullyShutdown(false),
  }
}

/** A process that has gone is taken off the list of rooms. */
export async function forgetProcess(process: string): Promise<void> {
  await matchMaker.stats.excludeProcess(process)
  await matchMaker.driver.cleanup?.(process)
}

function redisParts(redisUrl: string, log: Log) {
  const options = redisOptions(redisUrl)
  const driver = new RedisDriver(options)
  const presence = new RedisPresence(options)
  const client = Reflect.get(driver, '_client') as NodeJS.EventEmitter
  client.on('error', (error: unknown) => log.warn({ error }, 'Redis cannot be reached'))
  // Redis that comes back empty knows neither our rooms nor how many they are.
  client.on('ready', () => {
    const restored = matchMaker.onReady
      ?.then(() => matchMaker.restoreMissingRoomCaches())
      .then(() => matchMaker.stats.persist(true))
    restored?.catch((error: unknown) => log.warn({ error }, 'could not restore the list of rooms'))
  })
  return { driver, presence }
}

/** As options, not as a client: the driver brings another version of ioredis, which would take a client for options. */
function redisOptions(redisUrl: string) {
  const { hostname, port, username, password, pathname, protocol } = new URL(redisUrl)
  return {
    host: hostname,
    port: Number(port || 6379),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 && { db: Number(pathname.slice(1)) }),
    ...(protocol === 'rediss:' && { tls: {} }),
    maxRetriesPerRequest: null,
    retryStrategy: () => 200,
  }
}

function loggerOver(log: Log) {
  const to =
    (level: keyof Log) =>
    (first: unknown, ...rest: unknown[]) =>
      log[level]({ colyseus: rest }, String(first))
  const none = () => {}
  return { debug: none, trace: none, info: none, warn: to('warn'), error: to('error') }
}

import type { Server as HttpServer } from 'node:http'
import { matchMaker } from '@colyseus/core'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Pool } from 'pg'
import type { Access } from '../access/access.ts'
import type { PartnerAccess } from '../access/partner.ts'
import type { Sealer } from '../access/seal.ts'
import { wallClock, type NodeClock } from '../entropy/clock.ts'
import type { Entropy } from '../entropy/entropy.ts'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import type { Limits } from '../limits/limits.ts'
import type { Openings } from '../openings/openings.ts'
import type { Log } from './actor.ts'
import { BattleHost } from './battle/host.ts'
import { BattleRoom, type BattleRoomOptions } from './battle/room.ts'
import { BATTLE } from './battle/rules.ts'
import { forgetProcess, startColyseus } from './colyseus.ts'
import { FeedHub, type FeedLimits } from './feed/hub.ts'
import type { FeedRoom } from './feed/room.ts'
import type { Guard } from './guarded-room.ts'
import { ClusterNode } from './node.ts'
import type { CrowdLimits } from './plain/crowd.ts'
import { PlainDoors } from './plain-doors.ts'
import { Placement } from './placement.ts'
import { placesOf } from './places.ts'
import { Rounds } from './rounds.ts'
import { seatRoutes } from './seat.ts'
import { SessionHost } from './session/host.ts'
import { SessionHub } from './session/hub.ts'
import { PersonalLog } from './session/log.ts'
import { SESSION, SessionRoom, type SessionRoomOptions } from './session/room.ts'
import { openRoom, RoomShelf, type Opened } from './shelf.ts'
import { TokenWatch } from './token-watch.ts'

export type RoomsConfig = Readonly<{
  databaseUrl: string
  redisUrl: string
  /** `host[:port][/path]` at which clients reach this very node; empty when there is only one. */
  publicAddress: string
  lease_ms: number
  beat_ms: number
  messages_per_second: number
  message_bytes_max: number
  /** Battles that this node has in memory before it takes no more from those who ask. */
  rooms_max: number
  /** Sockets that may watch one battle, besides those of its players. */
  spectators_max: number
  /** Sockets that one user may have open on this node. */
  sockets_per_user_max: number
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[]
  plain: CrowdLimits & Readonly<{ life_ms: number }>
  /** Days that what happened to a user waits to be acknowledged. */
  session_log_days: number
  /** Commands that may wait for one battle. */
  mailbox_max: number
  feed: FeedLimits
}>

export type RoomsParts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Tail
  access: Access
  partners: PartnerAccess
  entropy: Entropy
  sealer: Sealer
  openings: Openings
  limits: Limits
  config: RoomsConfig
  log: Log
  clock?: NodeClock
}>

export type Rooms = Readonly<{
  /** This node's id among the living. */
  node(): string
  /** The seat route, `GET /live-feed` and the partners' stream, to be mounted at the root. */
  routes: OpenAPIHono
  /** Takes the WebSocket upgrades that are for a room, and those of the plain doors. */
  attach(server: HttpServer): void
  /** Hands everything over: afterwards this node acts for nothing and holds no client. */
  drain(): Promise<void>
  /** Drains, unless that was done, and ends. */
  close(): Promise<void>
  counts(): Readonly<{ battles: number; acting: number; sessions: number; feed: number; plain: number }>
}>

/** Four times the largest message we would read, and room for one that is too large to be told so. */
const PAYLOAD_BYTES_MAX = 65_536
/** So many sessions are counted as the work of one battle when nodes compare what they have to do. */
const SESSIONS_PER_BATTLE = 10

/** Everything live on this node: battles, the feed and sessions, and the node itself among the others. */
export async function createRooms(parts: RoomsParts): Promise<Rooms> {
  const { ledger, tail, access, sealer, config, log, clock = wallClock } = parts
  const { publicAddress: address, redisUrl } = config
  const colyseus = await startColyseus({ address, redisUrl, payload_bytes_max: PAYLOAD_BYTES_MAX, log })
  const watch = new TokenWatch(access, clock, config.sockets_per_user_max)
  const guard: Guard = { access, clock, limits: config, watch }
  const node: ClusterNode = await joinNode(parts, {
    load: () => load(),
    lost: () => [battles, sessions].forEach((each) => each.abandon()),
  })
  const placement: Placement = new Placement({
    node,
    load: () => load(),
    held: () => battles.count,
    rooms_max: config.rooms_max,
  })
  const battles = hostBattles(parts, { guard, node, placement, clock })
  const feed = new FeedHub({ tail, reader: ledger.reader, clock, limits: config.feed })
  const plain = openPlain(parts, guard, feed)
  const hub = new SessionHub({ tail, actors: ledger.actors, clock, log })
  const sessions = hostSessions(parts, { guard, hub, node, placement, clock })
  const load = () => battles.acting + Math.floor(sessions.count / SESSIONS_PER_BATTLE)
  const feedShelf = new RoomShelf<FeedRoom>(clock)
  const rounds = new Rounds({ node, battles, sessions, placement, shelves: [feedShelf], forgetProcess, clock, log })

  const places = placesOf({ sealer, battles, feed, sessions, feedShelf, guard })

  let draining: Promise<void> | undefined
  async function handOver(): Promise<void> {
    await rounds.stop()
    await node.drain()
    const others = await node.others()
    plain.drain(others)
    await Promise.all([battles, feedShelf, sessions].map((each) => each.drain(others)))
    await node.leave()
  }
  const drain = () => (draining ??= handOver())

  return {
    node: () => node.id,
    routes: new OpenAPIHono().route('/', plain.routes).route(
      '/',
      seatRoutes({
        access,
        admit: (principal) => watch.admit(principal),
        places,
        body_bytes_max: config.message_bytes_max,
        isDraining: () => draining !== undefined,
        log,
      }),
    ),
    attach: (server) => colyseus.attach(server, (request, socket, head) => plain.take(request, socket, head)),
    drain,
    async close() {
      await drain()
      for (const part of [plain, feed, hub, watch]) part.close()
      await colyseus.close()
    },
    counts: () => ({
      battles: battles.count,
      acting: battles.acting,
      sessions: sessions.count,
      feed: feed.count,
      plain: plain.count,
    }),
  }
}

/** The doors for those without the SDK, over the same feed as the rooms. */
function openPlain(parts: RoomsParts, guard: Guard, hub: FeedHub): PlainDoors {
  const { actors, reader } = parts.ledger
  return new PlainDoors({ ...parts, guard, hub, actors, reader, payload_bytes_max: PAYLOAD_BYTES_MAX })
}

type Hosting = Readonly<{ guard: Guard; node: ClusterNode; placement: Placement; clock: NodeClock }>

/** The battles of this node. */
function hostBattles(
  { ledger, entropy, sealer, limits, config, log }: RoomsParts,
  { guard, ...hosting }: Hosting,
): BattleHost<Opened<BattleRoom>> {
  return new BattleHost<Opened<BattleRoom>>({
    ...hosting,
    ledger,
    entropy,
    sealer,
    mailbox_max: config.mailbox_max,
    log,
    process: matchMaker.processId,
    openRoom: (screening) =>
      openRoom(BATTLE, BattleRoom, { ...screening, guard, entropy, limits } satisfies BattleRoomOptions),
  })
}

/** The sessions of this node's users, over one hub. */
function hostSessions(
  { pool, ledger, openings, limits, config, log }: RoomsParts,
  { guard, hub, ...hosting }: Hosting & Readonly<{ hub: SessionHub }>,
): SessionHost<Opened<SessionRoom>> {
  const personalLog = new PersonalLog(pool, config.session_log_days)
  const { reader } = ledger
  return new SessionHost({
    ...hosting,
    ledger,
    log,
    openRoom: ({ tenant, user, name }, roomId) => {
      const own = { roomId, guard, owner: { tenant, user }, name, hub, personalLog, reader, openings, limits, log }
      return openRoom(SESSION, SessionRoom, own satisfies SessionRoomOptions)
    },
  })
}

function joinNode(
  { pool, config, log, clock = wallClock }: RoomsParts,
  battles: Readonly<{ load(): number; lost(): void }>,
): Promise<ClusterNode> {
  const { databaseUrl, lease_ms, beat_ms, publicAddress: address } = config
  const process = matchMaker.processId
  return ClusterNode.join({ databaseUrl, lease_ms, beat_ms, pool, clock, log, process, address, ...battles })
}

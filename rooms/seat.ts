import { matchMaker } from '@colyseus/core'
import { Hono, type Context } from 'hono'
import type { Access, Principal } from '../access/access.ts'
import { pathWithoutKey, readBattleRef, type BattleRef } from '../schema/battle-ref.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import type { FeedOptions } from '../schema/feed.ts'
import { sessionOptions, type SessionOptions } from '../schema/session.ts'
import type { Log } from './actor.ts'
import { bearerOf } from './bearer.ts'
import { readFeedOptions } from './feed-options.ts'
import type { Visitor } from './guarded-room.ts'
import { respond } from './problem.ts'
import type { Opened } from './shelf.ts'

/** Where an actor is found: in a room of this node, or at the address of another one. */
export type Place = Readonly<{ here: Pick<Opened<unknown>, 'listing'> } | { at: string; take?: true }>

/** Finds the rooms that seats are given in. */
export interface Places {
  /** `take`: this node was chosen for it, and is not to choose again. */
  battle(ref: BattleRef, principal: Principal | null, take: boolean): Promise<Place>
  feed(options: FeedOptions, principal: Principal | null): Promise<Place>
  session(principal: Principal, take: boolean): Promise<Place>
}

type Options = Readonly<{
  access: Pick<Access, 'authenticate'>
  /** Throws when this user may open no more sockets here. */
  admit(principal: Principal): void
  places: Places
  body_bytes_max: number
  isDraining(): boolean
  log: Log
}>

/**
 * `POST /actors/:kind/:id/seat`: a seat in the room of an actor, activated here when nobody has it, or `{at: address}` of the
 * node that does. `{at, take: true}`: nobody has it, and that node has less to do; it is to be asked with `?take=1`. Battles and the feed may be watched without a token; a token that is given must be good. Errors are
 * problem documents with our codes. `GET /actors` tells a balancer which process this is, as long as it takes anyone in.
 */
export function seatRoutes({ access, admit, places, body_bytes_max, isDraining, log }: Options): Hono {
  const routes = new Hono()
  routes.onError((thrown, c) => {
    const error = toRollingDropError(thrown)
    if (error.status === 500) log.error({ error: thrown, path: pathWithoutKey(c.req.path) }, 'no seat could be given')
    return respond(c, error)
  })
  routes.get('/actors', (c) => {
    if (isDraining()) throw new RollingDropError('server/draining')
    return c.json({ process: matchMaker.processId }, 200, { 'cache-control': 'no-store' })
  })
  routes.post('/actors/:kind/:id/seat', async (c) => {
    if (isDraining()) throw new RollingDropError('server/draining')
    const principal = await authenticated(access, c.req.header('authorization'))
    if (principal) admit(principal)
    const wanted = {
      kind: c.req.param('kind'),
      id: c.req.param('id'),
      body: await bodyOf(c, body_bytes_max),
      take: c.req.query('take') === '1',
    }
    return c.json(await seat(places, wanted, principal), 200, { 'cache-control': 'no-store' })
  })
  return routes
}

type Wanted = Readonly<{ kind: string; id: string; body: unknown; take: boolean }>

async function seat(places: Places, { kind, id, body, take }: Wanted, principal: Principal | null): Promise<unknown> {
  switch (kind) {
    case 'battle': {
      const ref = readBattleRef(id)
      if (ref === undefined) throw new RollingDropError('battle/unknown')
      return reserve(await places.battle(ref, principal, take), {}, principal)
    }
    case 'feed': {
      if (id !== 'main') throw new RollingDropError('request/not-found')
      const options = readFeedOptions(body)
      return reserve(await places.feed(options, principal), options, principal)
    }
    case 'session':
      if (!principal) throw new RollingDropError('auth/token-missing')
      if (id !== principal.user) throw new RollingDropError('auth/forbidden')
      return reserve(await places.session(principal, take), readSessionOptions(body), principal)
    default:
      throw new RollingDropError('request/not-found')
  }
}

function readSessionOptions(body: unknown): SessionOptions {
  const read = sessionOptions.safeParse(body)
  if (read.success) return read.data
  const issues = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new RollingDropError(issues[0]?.path === 'since' ? 'session/ack' : 'request/invalid', { issues })
}

async function reserve(place: Place, options: object, principal: Principal | null): Promise<unknown> {
  if ('at' in place) return place
  try {
    return await matchMaker.reserveSeatFor(place.here.listing, options, { principal } satisfies Visitor)
  } catch (cause) {
    // The room was closing: whoever asks again gets the next one.
    throw new RollingDropError('matchmaking/unavailable', undefined, cause)
  }
}

async function authenticated(access: Options['access'], header: string | undefined): Promise<Principal | null> {
  const token = bearerOf(header)
  return token === undefined ? null : access.authenticate(token)
}

async function bodyOf(c: Context, bytes_max: number): Promise<unknown> {
  const text = await c.req.text()
  if (Buffer.byteLength(text) > bytes_max) throw new RollingDropError('request/too-large', { bytes_max })
  if (text === '') return {}
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new RollingDropError('request/invalid', { reason: 'the body is not JSON' })
  }
}

import { IncomingMessage, ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import type { Principal } from '../../access/access.ts'
import { RollingDropError, toRollingDropError } from '../../schema/errors.ts'
import { feedQuery } from '../../schema/live-feed.ts'
import type { Position } from '../../schema/position.ts'
import type { Log } from '../actor.ts'
import { bearerOf } from '../bearer.ts'
import type { Wish } from '../feed/filter.ts'
import { readFeedOptions, readPosition } from '../feed-options.ts'
import { respond } from '../problem.ts'
import { EventStream } from './event-stream.ts'
import { publicWish, type DoorParts } from './feed-door.ts'

type Env = { Bindings: Partial<HttpBindings> }
type Parts = Omit<DoorParts, 'payload_bytes_max'> & Readonly<{ log: Log }>
type Wanted = Readonly<{ principal: Principal | null; wish: Wish; since: Position | undefined }>

const BEAT_MS = 5_000

/** `GET /live-feed`: the public feed as Server-Sent Events. `Last-Event-ID` goes before `since`: it is the newer one. */
export class EventDoor {
  readonly routes = new Hono<Env>()
  readonly #parts: Parts
  readonly #streams = new Set<EventStream>()
  readonly #timers: readonly NodeJS.Timeout[]
  #isOpen = true

  constructor(parts: Parts) {
    this.#parts = parts
    const every = (wait_ms: number, run: (stream: EventStream) => void) =>
      setInterval(() => this.#streams.forEach((stream) => run(stream)), wait_ms)
    this.#timers = [every(BEAT_MS, (stream) => stream.beat()), every(parts.life_ms, (stream) => this.#look(stream))]
    this.routes.onError((thrown, c) => {
      const error = toRollingDropError(thrown)
      if (error.status === 500) parts.log.error({ error: thrown, path: c.req.path }, 'no events could be told')
      return respond(c, error)
    })
    this.routes.get('/live-feed', (c) => this.#answer(c))
  }

  get count(): number {
    return this.#streams.size
  }

  /** Lets nobody in any more and ends those who are there: they come back by themselves, to whichever node is asked then. */
  drain(): void {
    this.#isOpen = false
    for (const stream of this.#streams) stream.end(new RollingDropError('server/draining'))
  }

  close(): void {
    this.drain()
    for (const timer of this.#timers) clearInterval(timer)
  }

  async #answer(c: Context<Env>): Promise<Response> {
    const { incoming, outgoing } = c.env
    if (!(incoming instanceof IncomingMessage) || !(outgoing instanceof ServerResponse))
      throw new Error('events are told over a connection of HTTP/1.1')
    if (!this.#isOpen) throw new RollingDropError('server/draining')
    const { crowd, addressOf, guard } = this.#parts
    const leave = crowd.enter(addressOf(incoming))
    outgoing.once('close', leave)
    const stream = new EventStream(outgoing)
    try {
      const wanted = await this.#wanted(c)
      if (wanted.principal) guard.watch.admit(wanted.principal)
      outgoing.once('close', () => this.#forget(stream))
      await this.#tell(stream, wanted)
      return RESPONSE_ALREADY_SENT.clone()
    } catch (cause) {
      this.#forget(stream)
      leave()
      throw cause
    }
  }

  async #wanted({ req }: Context<Env>): Promise<Wanted> {
    const token = bearerOf(req.header('authorization'))
    const principal = token === undefined ? null : await this.#parts.guard.access.authenticate(token)
    const { since, filter } = readFeedOptions(feedQuery(new URL(req.url).searchParams))
    const from = req.header('last-event-id') ?? since
    return { principal, wish: publicWish(principal, filter), since: readPosition(from) }
  }

  async #tell(stream: EventStream, { principal, wish, since }: Wanted): Promise<void> {
    const { hub, guard } = this.#parts
    this.#streams.add(stream)
    if (principal) guard.watch.watch(stream, { principal, end: (error) => stream.end(error) })
    await hub.subscribe(stream, wish, since, () => stream.isOpen)
  }

  #look(stream: EventStream): void {
    if (stream.isStuck()) stream.end(new RollingDropError('feed/too-slow'))
  }

  #forget(stream: EventStream): void {
    this.#streams.delete(stream)
    this.#parts.hub.unsubscribe(stream)
    this.#parts.guard.watch.forget(stream)
  }
}

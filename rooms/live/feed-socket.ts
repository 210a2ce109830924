import type { Principal } from '../../access/access.ts'
import { RollingDropError, toRollingDropError } from '../../schema/errors.ts'
import type { FeedFilter, FeedOptions } from '../../schema/feed.ts'
import { feedQuery, type LiveFeedFrame, type LiveFeedMessage, type LiveFeedMessages } from '../../schema/live-feed.ts'
import type { Wish } from '../feed/filter.ts'
import type { FeedHub } from '../feed/hub.ts'
import type { Subscriber } from '../feed/subscriber.ts'
import { readFeedOptions, readPosition } from '../feed-options.ts'
import type { Guard } from '../guarded-room.ts'
import { Conversation, type OpenedSocket } from '../plain/conversation.ts'
import type { DoorSocket } from '../plain/door.ts'
import type { z } from 'zod'

export type FeedSocketParts = Readonly<{
  guard: Guard
  hub: FeedHub
  /** What may be said here; of `liveFeedMessages` whatever this door hears. */
  messages: Readonly<Partial<Record<LiveFeedMessage['type'], z.ZodType<LiveFeedMessage>>>>
  /** What a filter means to whoever is there: of which tenant, in which view. What it throws is told to the client. */
  wish(principal: Principal | null, filter: FeedFilter | undefined): Wish
  /** Stands between feed and socket, where more than the reader sets the pace. */
  pace?(subscriber: Subscriber): PacedSubscriber
}>

/** A subscriber that is told at somebody's pace. `forget` drops what waits, where the subscription it is of has ended. */
export type PacedSubscriber = Subscriber & Readonly<{ forget(): void }>

/**
 * One socket on which the feed is read, in whatever encoding and view. It has one subscription at most; a second one is refused
 * and the first goes on.
 *
 *     open ──subscribe──▶ recovering ──welcome──▶ subscribed ──frame, frame, …──▶ closed
 *       ▲                     │ unsubscribe            │
 *       └─────────────────────┴────────────────────────┘
 */
export class FeedSocket implements DoorSocket {
  readonly #parts: FeedSocketParts
  readonly #conversation: Conversation<LiveFeedMessage>
  readonly #subscriber: Subscriber & Partial<PacedSubscriber>
  /** Another object for each subscription, so that one that is given up while it recovers comes to nothing. */
  #subscription: object | undefined

  constructor(opened: OpenedSocket, parts: FeedSocketParts) {
    this.#parts = parts
    const conversation = new Conversation<LiveFeedMessage>({
      opened,
      guard: parts.guard,
      messages: parts.messages,
      answer: (message) => this.#do(message),
      gone: () => this.#drop(),
    })
    this.#conversation = conversation
    const { encoding } = opened
    const direct: Subscriber = {
      send: (frame) => conversation.sendFramed(frame.wired(encoding, (each) => encoding.wire(each))),
      buffered: () => conversation.buffered,
      end: (error) => conversation.end(error),
    }
    this.#subscriber = parts.pace?.(direct) ?? direct
  }

  look(): void {
    this.#conversation.look()
  }

  move(address: string): void {
    this.#conversation.move(address)
  }

  /** Tells why it has to end, and ends it. */
  end(error: RollingDropError): void {
    this.#conversation.end(error)
  }

  /** Tells the token that came with the request for the socket. */
  identify(token: string): void {
    this.#conversation.identify(token)
  }

  /** Subscribes to what a query asks for, after who asks is known. An empty one asks for nothing yet. */
  ask(query: URLSearchParams): void {
    if (query.size > 0) this.#conversation.after('subscribe', () => this.#subscribe(readFeedOptions(feedQuery(query))))
  }

  #do(said: Exclude<LiveFeedMessage, LiveFeedMessages['token']>): void {
    switch (said.type) {
      case 'subscribe':
        return this.#subscribe(said)
      case 'unsubscribe':
        this.#drop()
        return this.#tell({ type: 'unsubscribed' })
      case 'ping':
        return this.#tell({ type: 'pong' })
      default:
        return said satisfies never
    }
  }

  /** Does not wait for what was missed: whoever recovers may still say something, such as that it is not wanted any more. */
  #subscribe({ since, filter }: FeedOptions): void {
    if (this.#subscription) throw new RollingDropError('feed/already-subscribed')
    const position = readPosition(since)
    const wish = this.#parts.wish(this.#conversation.principal, filter)
    const subscription = (this.#subscription = {})
    const isThere = () => this.#subscription === subscription && this.#conversation.isOpen
    this.#parts.hub.subscribe(this.#subscriber, wish, position, isThere).catch((cause: unknown) => {
      if (!isThere()) return
      this.#subscription = undefined
      this.#conversation.refuse(toRollingDropError(cause), 'subscribe')
    })
  }

  #drop(): void {
    this.#subscription = undefined
    this.#parts.hub.unsubscribe(this.#subscriber)
    this.#subscriber.forget?.()
  }

  #tell(frame: LiveFeedFrame): void {
    this.#conversation.tell(frame)
  }
}

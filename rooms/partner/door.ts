import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Partner, PartnerAccess } from '../../access/partner.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { feedProtocols, liveFeedMessages } from '../../schema/live-feed.ts'
import type { PartnerTopic } from '../../schema/topic.ts'
import { wishOf } from '../feed/filter.ts'
import type { DoorParts } from '../live/feed-door.ts'
import { FeedSocket } from '../live/feed-socket.ts'
import type { OpenedSocket } from '../plain/conversation.ts'
import { SocketDoor } from '../plain/door.ts'
import { signedRequestOf } from './caller.ts'
import { PartnerPace } from './pace.ts'
import { topicFor } from './topic.ts'

type Parts = DoorParts & Readonly<{ partners: PartnerAccess }>

type Admitted = Readonly<{ partner: Partner; topic: PartnerTopic }>

/** One partner's open feeds, by the keys that opened them, and what they may be told together. */
type Present = Readonly<{ pace: PartnerPace; sockets: Map<FeedSocket, string> }>

// Whose feed it is was signed with the request; no token of a user's changes that.
const { subscribe, unsubscribe, ping } = liveFeedMessages
const messages = { subscribe, unsubscribe, ping }

/**
 * `/partner/ws/live-feed?topic=…`: one topic of one partner's tenant, opened by a signed request.
 *
 *     signed request ──▶ open, as /ws/live-feed ──key ends──▶ closed with 4401
 *          └── wrong key, signature, time, nonce, topic, one too many ──▶ closed with its code
 */
export class PartnerDoor {
  readonly #parts: Parts
  readonly #door: SocketDoor<Admitted>
  readonly #present = new Map<string, Present>()
  readonly #unsubscribe: () => void

  constructor(parts: Parts) {
    this.#parts = parts
    this.#door = new SocketDoor({
      ...parts,
      path: '/partner/ws/live-feed',
      protocols: feedProtocols,
      admit: (request) => this.#admit(request),
      open: (opened, admitted, query) => this.#open(opened, admitted, query),
    })
    this.#unsubscribe = parts.partners.onEnded((key) => this.#ended(key))
  }

  get count(): number {
    return this.#door.count
  }

  take(request: IncomingMessage, stream: Duplex, head: Buffer): boolean {
    return this.#door.take(request, stream, head)
  }

  drain(addresses: readonly string[]): void {
    this.#door.drain(addresses)
  }

  close(): void {
    this.#unsubscribe()
    this.#door.close()
    for (const { pace } of this.#present.values()) pace.close()
  }

  async #admit(request: IncomingMessage): Promise<Admitted> {
    const partner = await this.#parts.partners.authenticate(signedRequestOf(request))
    const query = new URL(request.url ?? '/', 'ws://door').searchParams
    return {
      partner,
      topic: topicFor(partner, { topic: query.get('topic'), tenant: query.get('tenant') ?? undefined }),
    }
  }

  #open(opened: OpenedSocket, { partner, topic }: Admitted, query: URLSearchParams): FeedSocket {
    const present = this.#presentOf(partner)
    const socket = new FeedSocket(opened, {
      ...this.#parts,
      messages,
      wish: (_principal, filter) => wishOf(partner.tenant, filter, topic),
      pace: (subscriber) => present.pace.pace(subscriber),
    })
    const refusal = this.#refusalOf(partner, present)
    if (refusal) {
      socket.end(refusal)
      return socket
    }
    present.sockets.set(socket, partner.key)
    opened.socket.on('close', () => present.sockets.delete(socket))
    const asked = new URLSearchParams(query)
    for (const name of ['topic', 'tenant']) asked.delete(name)
    socket.ask(asked)
    return socket
  }

  /** What may have changed between the check of the signature and now, or is only known now. */
  #refusalOf({ key, quota: { connections_max } }: Partner, { sockets }: Present): RollingDropError | undefined {
    if (!this.#parts.partners.isLive(key)) return new RollingDropError('partner/key-unknown')
    return sockets.size < connections_max ? undefined : new RollingDropError('partner/quota', { connections_max })
  }

  #presentOf({ id, quota: { messages_per_s } }: Partner): Present {
    let present = this.#present.get(id)
    // Kept when the last feed closes: whoever comes back at once has not got a new allowance.
    if (!present) {
      present = { pace: new PartnerPace(this.#parts.guard.clock, messages_per_s), sockets: new Map() }
      this.#present.set(id, present)
    }
    present.pace.per_s = messages_per_s
    return present
  }

  #ended(key: string): void {
    for (const { sockets } of this.#present.values())
      for (const [socket, opener] of sockets)
        if (opener === key) socket.end(new RollingDropError('partner/key-unknown'))
  }
}

import { unpack } from 'msgpackr'
import type { FeedFilter, FeedFrame, FeedOptions, FeedWelcome } from '../schema/feed.ts'
import type { FeedLink, FeedUpdate, LinkStatus } from './api.ts'
import { FeedOrder, type Step } from './feed-order.ts'
import type { Link } from './link.ts'
import type { OpenLink } from './open-link.ts'
import type { Wire } from './wire.ts'

type Options = Readonly<{ since?: string; filter?: FeedFilter }>

/** A subscription that closes its own gaps: after every drop, and whenever a frame is missing, it joins anew by `since`. */
export class Feed implements FeedLink {
  #order: FeedOrder
  #link: Link
  #listen: (update: FeedUpdate) => void

  constructor(open: OpenLink, { since, filter }: Options, listen: (update: FeedUpdate) => void) {
    this.#order = new FeedOrder(since ?? null)
    this.#listen = listen
    const options = (): FeedOptions => {
      const from = this.#order.position ?? since
      return { ...(from === undefined ? {} : { since: from }), ...(filter === undefined ? {} : { filter }) }
    }
    this.#link = open({ kind: 'feed', id: async () => 'main', options, attach: (wire) => this.#attach(wire) })
  }

  get position(): string | null {
    return this.#order.position
  }

  get status(): LinkStatus {
    return this.#link.status
  }

  onStatus(listen: (status: LinkStatus) => void): () => void {
    return this.#link.onStatus(listen)
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  #attach(wire: Wire): void {
    wire.onMessage('welcome', (bytes) => this.#take(this.#order.welcome(unpack(bytes as Uint8Array) as FeedWelcome)))
    wire.onMessage('frame', (bytes) => this.#take(this.#order.frame(unpack(bytes as Uint8Array) as FeedFrame)))
    wire.onMessage('error', () => {}) // a feed is only listened to: what the room refused was the token, and it closes on that
  }

  #take(step: Step): void {
    if (step.type === 'gap') this.#link.again()
    else if (step.update) this.#listen(step.update)
  }
}

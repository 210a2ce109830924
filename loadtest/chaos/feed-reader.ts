import type { FeedUpdate } from '../../client-sdk/api.ts'
import type { FeedEvent, FeedFilter, FeedFrame, FeedWelcome } from '../../schema/feed.ts'
import { parsePosition } from '../../schema/position.ts'
import type { PartnerTopic } from '../../schema/topic.ts'

/** What a reader does with a frame: go on, or join anew from where it stands, because something lies between. */
export type Taken = 'on' | 'gap'

/**
 * Somebody who follows the feed by any door and keeps what they were told, so that it can be held against the database. It
 * mends nothing by itself: what comes twice or in the wrong order stays in the list.
 */
export class Reader {
  readonly door: string
  readonly filter: FeedFilter
  /** What a partner follows; undefined: what is public. */
  readonly topic: PartnerTopic | undefined
  /** Every seq in the order in which it was told, without those of the first snapshot. */
  readonly seqs: bigint[] = []
  /** Events that were left out and said to be. */
  conflated = 0
  /** Welcomes, after the first one, that did not bring what was missed. */
  unrecovered = 0
  /** How often it was welcomed. */
  joins = 0
  #lineage = ''
  #start: bigint | undefined
  #at = 0n

  constructor(door: string, filter: FeedFilter, topic?: PartnerTopic) {
    this.door = door
    this.filter = filter
    this.topic = topic
  }

  /** Where the first welcome put the reader: everything after it is theirs. Undefined before it. */
  get start(): bigint | undefined {
    return this.#start
  }

  /** Everything up to here was told. */
  get at(): bigint {
    return this.#at
  }

  /** The position to join by; undefined the first time. */
  get position(): string | undefined {
    return this.#start === undefined ? undefined : `${this.#lineage}:${this.#at}`
  }

  welcome({ lineage, from, to, recovered, events, conflated }: FeedWelcome): Taken {
    if (recovered && this.#start !== undefined && BigInt(from) !== this.#at) return 'gap'
    this.#lineage = lineage
    this.#join(recovered, events, BigInt(to))
    this.conflated += conflated ?? 0
    return 'on'
  }

  frame({ lineage, from, to, events, conflated }: FeedFrame): Taken {
    if (lineage !== this.#lineage || BigInt(from) !== this.#at) return 'gap'
    this.#keep(events)
    this.conflated += conflated ?? 0
    this.#at = BigInt(to)
    return 'on'
  }

  /** What the SDK tells, which closes gaps by itself. */
  update({ type, position, events }: FeedUpdate): void {
    const to = parsePosition(position)!.seq
    if (type !== 'events') return this.#join(type === 'recovered', events, to)
    this.#keep(events)
    this.#at = to
  }

  /** Where the SDK stands, also after frames that held nothing for this reader. */
  reached(position: string | null): void {
    const parsed = position === null ? undefined : parsePosition(position)
    if (parsed && parsed.seq > this.#at) this.#at = parsed.seq
  }

  #join(recovered: boolean, events: readonly FeedEvent[], to: bigint): void {
    this.joins++
    if (this.#start === undefined) this.#start = to
    else if (recovered) this.#keep(events)
    else this.unrecovered++
    this.#at = to
  }

  #keep(events: readonly FeedEvent[]): void {
    this.seqs.push(...events.map(({ seq }) => BigInt(seq)))
  }
}

import type { Clock } from '../../entropy/clock.ts'
import type { LedgerReader, Tail } from '../../ledger/ledger.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { FeedEvent, FeedFrame, FeedWelcome } from '../../schema/feed.ts'
import type { Position } from '../../schema/position.ts'
import { wants, type Wish } from './filter.ts'
import { EncodedFrame } from './frame.ts'
import { FeedHistory, type Run } from './history.ts'
import type { Subscriber } from './subscriber.ts'
import { publicEvent, tell } from './telling.ts'

export type FeedLimits = Readonly<{
  /** The longest time between an event and its frame; when it was quiet before, less. */
  tick_ms: number
  /** More missed events than this are not recovered. */
  recovery_max: number
  /** Different filters that are served at once. */
  filters_max: number
  /** Past this many buffered bytes a reader's frames are skipped. */
  skip_bytes: number
  /** Past this many for `slow_ms` the reader is sent away. */
  slow_bytes: number
  slow_ms: number
}>

type Options = Readonly<{ tail: Tail; reader: LedgerReader; clock: Clock; limits: FeedLimits }>

/** Those who want the same: up to `to` they have been told, `pending` is what comes next. */
type Group = {
  readonly wish: Wish
  readonly members: Set<Subscriber>
  readonly pending: FeedEvent[]
  to: bigint
  told_ms: number
}

const QUIET_TICK_MS = 10
const HEARTBEAT_MS = 5_000
const LOOK_MS = 1_000
/** How long somebody who is ahead of this node (they come from one that is quicker) is waited for. */
const AHEAD_MS = 1_000
const SNAPSHOT_EVENTS = 50
/** Events kept for snapshots; filters that match fewer than one in twenty get fewer than fifty. */
const LATEST_EVENTS = 1_000
/** Welcomes kept for those who come next with the same filter and position. */
const WELCOMES_MAX = 100

/**
 * The node's public feed: everything the tail brings, for whoever wants which part of it. A frame is made once for a filter
 * and tick, and says which range of seq it covers, so that "nothing for you" differs from "lost".
 *
 *     subscribe ──what was missed, or the latest──▶ welcomed ──frame, frame, …──▶ unsubscribe
 *                                                      └── reads too slowly: frames skipped ──▶ sent away with 4010
 */
export class FeedHub {
  readonly #options: Options
  readonly #history: FeedHistory
  readonly #groups = new Map<string, Group>()
  readonly #groupOf = new Map<Subscriber, Group>()
  readonly #slowSince = new Map<Subscriber, number>()
  readonly #welcomes = new Map<string, EncodedFrame>()
  readonly #unsubscribe: () => void
  #latest: CommittedEvent[] = []
  #flushed_ms = 0
  #cancelTick: (() => void) | undefined
  #cancelLook = () => {}

  constructor(options: Options) {
    this.#options = options
    const { tail, reader, limits } = options
    this.#history = new FeedHistory({ tail, reader, recovery_max: limits.recovery_max })
    this.#unsubscribe = tail.subscribe((events) => this.#take(events))
    this.#lookLater()
  }

  get count(): number {
    return this.#groupOf.size
  }

  /** Throws `feed/too-many-filters` when one more filter would be one too many. */
  admit(wish: Wish): void {
    if (this.#groups.has(wish.key) || this.#groups.size < this.#options.limits.filters_max) return
    throw new RollingDropError('feed/too-many-filters', { filters_max: this.#options.limits.filters_max })
  }

  /**
   * Welcomes a subscriber with all that was missed `since`, or where that is too much or not given with the latest events, and
   * goes on from there without gap or repetition. `isThere` says whether the subscriber still is when the reading is done.
   */
  async subscribe(
    subscriber: Subscriber,
    wish: Wish,
    since: Position | undefined,
    isThere: () => boolean,
  ): Promise<void> {
    this.admit(wish)
    const { tail } = this.#options
    const from = since && since.lineage === tail.lineage && (await this.#reached(since.seq)) ? since.seq : undefined
    const missed = from === undefined ? undefined : await this.#missed(from)
    const before = missed === undefined && this.#latest.length < LATEST_EVENTS ? await this.#history.beforeStart() : []
    if (!isThere()) return
    const group = this.#group(wish)
    // From here on nothing waits: whatever the tail brings next is for the group's next frame.
    if (from !== undefined && from > group.to) this.#tell(group)
    subscriber.send(this.#welcome(group, from, missed, before))
    group.members.add(subscriber)
    this.#groupOf.set(subscriber, group)
  }

  unsubscribe(subscriber: Subscriber): void {
    const group = this.#groupOf.get(subscriber)
    this.#groupOf.delete(subscriber)
    this.#slowSince.delete(subscriber)
    group?.members.delete(subscriber)
    if (group?.members.size === 0) this.#groups.delete(group.wish.key)
  }

  close(): void {
    this.#unsubscribe()
    this.#cancelTick?.()
    this.#cancelLook()
  }

  #group(wish: Wish): Group {
    this.admit(wish)
    const known = this.#groups.get(wish.key)
    if (known) return known
    const { tail, clock } = this.#options
    const group: Group = { wish, members: new Set(), pending: [], to: tail.seq, told_ms: clock.now() }
    this.#groups.set(wish.key, group)
    return group
  }

  #take(events: readonly CommittedEvent[]): void {
    for (const event of events) {
      if (event.audience === 'internal') continue
      this.#latest.push(event)
      const publicly = publicEvent(event)
      for (const { wish, pending } of this.#groups.values()) {
        if (!wants(wish, event)) continue
        const told = wish.view === 'public' && wish.user === undefined ? publicly : tell(wish, event)
        if (told) pending.push(told)
      }
    }
    if (this.#latest.length > 2 * LATEST_EVENTS) this.#latest = this.#latest.slice(-LATEST_EVENTS)
    if (this.#groups.size > 0) this.#tickLater()
  }

  #tickLater(): void {
    if (this.#cancelTick) return
    const { clock, limits } = this.#options
    const now_ms = clock.now()
    const wasQuiet = now_ms - this.#flushed_ms >= limits.tick_ms
    this.#cancelTick = clock.at(now_ms + (wasQuiet ? Math.min(QUIET_TICK_MS, limits.tick_ms) : limits.tick_ms), () => {
      this.#cancelTick = undefined
      this.#flushed_ms = clock.now()
      for (const group of this.#groups.values()) if (group.pending.length > 0) this.#tell(group)
    })
  }

  /** Once a second: a sign of life for groups that had none for long, and a look at those who read slowly. */
  #lookLater(): void {
    const { clock } = this.#options
    this.#cancelLook = clock.at(clock.now() + LOOK_MS, () => {
      const now_ms = clock.now()
      for (const group of this.#groups.values()) if (now_ms - group.told_ms >= HEARTBEAT_MS) this.#tell(group)
      for (const subscriber of this.#slowSince.keys()) this.#isTooSlow(subscriber, now_ms)
      this.#lookLater()
    })
  }

  /** One frame for all of the group, encoded once. */
  #tell(group: Group): void {
    const { tail, clock } = this.#options
    const now_ms = clock.now()
    const events = group.pending.splice(0)
    const frame: FeedFrame = { lineage: tail.lineage, from: group.to.toString(), to: tail.seq.toString(), events }
    group.to = tail.seq
    group.told_ms = now_ms
    const encoded = new EncodedFrame('frame', frame)
    for (const subscriber of group.members) if (!this.#isTooSlow(subscriber, now_ms)) subscriber.send(encoded)
  }

  /** Whether this frame is skipped: the next one's `from` tells the reader, who then asks for what is missing. */
  #isTooSlow(subscriber: Subscriber, now_ms: number): boolean {
    const { skip_bytes, slow_bytes, slow_ms } = this.#options.limits
    const buffered = subscriber.buffered()
    if (buffered <= slow_bytes) this.#slowSince.delete(subscriber)
    else {
      const since_ms = this.#slowSince.get(subscriber) ?? now_ms
      this.#slowSince.set(subscriber, since_ms)
      if (now_ms - since_ms >= slow_ms) this.#sendAway(subscriber)
    }
    return buffered > skip_bytes
  }

  #sendAway(subscriber: Subscriber): void {
    this.unsubscribe(subscriber)
    subscriber.end(new RollingDropError('feed/too-slow'))
  }

  /** Whether the tail has come as far as `seq`, which it may a moment later. */
  async #reached(seq: bigint): Promise<boolean> {
    const { tail, clock } = this.#options
    if (seq <= tail.seq) return true
    return new Promise((resolve) => {
      const end = (reached: boolean) => {
        stop()
        cancel()
        resolve(reached)
      }
      const stop = tail.subscribe(() => tail.seq >= seq && end(true))
      const cancel = clock.at(clock.now() + AHEAD_MS, () => end(tail.seq >= seq))
    })
  }

  /** Reads until memory reaches the rest, so that what comes after the last read is not lost. */
  async #missed(since: bigint): Promise<Run | undefined> {
    let run = await this.#history.missed(since)
    while (run && this.#history.remembered(run.to) === undefined) {
      const more: Run | undefined = await this.#history.missed(run.to)
      run = more && { to: more.to, events: [...run.events, ...more.events] }
    }
    return run
  }

  /** Encoded once for all who come with the same filter from the same position before the group's next frame. */
  #welcome(
    group: Group,
    from: bigint | undefined,
    missed: Run | undefined,
    before: readonly CommittedEvent[],
  ): EncodedFrame {
    const recovers = from !== undefined && missed !== undefined
    const key = `${group.to} ${recovers ? from : ''} ${group.wish.key}`
    const known = this.#welcomes.get(key)
    if (known) return known
    const welcome = (recovers && this.#recovered(group, from, missed)) || this.#snapshot(group, before)
    const encoded = new EncodedFrame('welcome', welcome)
    if (this.#welcomes.size >= WELCOMES_MAX) this.#welcomes.clear()
    this.#welcomes.set(key, encoded)
    return encoded
  }

  /** Undefined when memory has moved on meanwhile. What lies beyond the group's last frame comes with its next one. */
  #recovered({ wish, to }: Group, since: bigint, missed: Run): FeedWelcome | undefined {
    const rest = this.#history.remembered(missed.to)
    if (!rest) return undefined
    const events = chosen([...missed.events, ...rest.events], wish, to)
    return { lineage: this.#options.tail.lineage, from: since.toString(), to: to.toString(), recovered: true, events }
  }

  #snapshot({ wish, to }: Group, before: readonly CommittedEvent[]): FeedWelcome {
    const events = chosen([...before, ...this.#latest], wish, to).slice(-SNAPSHOT_EVENTS)
    return { lineage: this.#options.tail.lineage, from: to.toString(), to: to.toString(), recovered: false, events }
  }
}

function chosen(events: readonly CommittedEvent[], wish: Wish, to: bigint): readonly FeedEvent[] {
  return events.flatMap((event) => (event.seq <= to && wants(wish, event) ? (tell(wish, event) ?? []) : []))
}

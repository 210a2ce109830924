import type { Clock } from '../../entropy/clock.ts'
import type { LedgerReader, Tail } from '../../ledger/ledger.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { FeedWelcome } from '../../schema/feed.ts'
import type { Position } from '../../schema/position.ts'
import { wants, type Wish } from './filter.ts'
import { EncodedFrame } from './frame.ts'
import { FeedGroup, type SlowLimits } from './group.ts'
import { FeedHistory } from './history.ts'
import { LatestEvents } from './latest.ts'
import { Pace } from './pace.ts'
import { partOf } from './part.ts'
import type { Subscriber } from './subscriber.ts'
import { publicEvent, tell } from './telling.ts'

export type FeedLimits = SlowLimits &
  Readonly<{
    /** The longest time between an event and its frame; while there is little to do, less. */
    tick_ms: number
    /** More missed events than this are not recovered. */
    recovery_max: number
    /** Different filters that are served at once. */
    filters_max: number
  }>

type Options = Readonly<{
  tail: Tail
  reader: Pick<LedgerReader, 'events' | 'head'>
  clock: Clock
  limits: FeedLimits
}>

const HEARTBEAT_MS = 5_000
const LOOK_MS = 1_000
const RECOVERING_LOOK_MS = 50
/** How long somebody who is ahead of this node (they come from one that is quicker) is waited for. */
const AHEAD_MS = 1_000
/** Welcomes kept for those who come next with the same filter and position. */
const WELCOMES_MAX = 100

/**
 * The node's feed: everything the tail brings, for whoever wants which part of it. A frame is made once for a filter and tick,
 * and says which range of seq it covers, so that "nothing for you" differs from "lost".
 *
 *     subscribe ──what was missed, or the latest──▶ welcomed ──frame, frame, …──▶ unsubscribe
 *                                                      └── reads too slowly ──▶ sent away with 4010
 */
export class FeedHub {
  readonly #options: Options
  readonly #history: FeedHistory
  readonly #latest: LatestEvents
  readonly #pace: Pace
  readonly #groups = new Map<string, FeedGroup>()
  readonly #groupOf = new Map<Subscriber, FeedGroup>()
  readonly #welcomes = new Map<string, EncodedFrame>()
  readonly #unsubscribe: () => void
  #head: Promise<bigint> | undefined
  #cancelTick: (() => void) | undefined
  #look_ms = Infinity
  #cancelLook = () => {}

  constructor(options: Options) {
    this.#options = options
    const { tail, reader, clock, limits } = options
    this.#history = new FeedHistory({ tail, reader, clock, recovery_max: limits.recovery_max })
    this.#latest = new LatestEvents(tail, reader)
    this.#pace = new Pace(limits.tick_ms)
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
   * Welcomes a subscriber with all that was missed `since`, or where that is too much, of another lineage or not given with the
   * latest events, and goes on from there without gap or repetition. `isThere` says whether the subscriber still is when the
   * reading is done. Throws `feed/position` for a position that has not been reached.
   */
  async subscribe(
    subscriber: Subscriber,
    wish: Wish,
    since: Position | undefined,
    isThere: () => boolean,
  ): Promise<void> {
    this.admit(wish)
    if (since?.lineage === this.#options.tail.lineage) {
      await this.#reached(since.seq)
      while (await this.#history.reach(since.seq)) {
        if (!isThere() || this.#recover(subscriber, wish, since.seq)) return
      }
    }
    const before = await this.#latest.beforeStart()
    if (isThere()) this.#show(subscriber, wish, before)
  }

  unsubscribe(subscriber: Subscriber): void {
    const group = this.#groupOf.get(subscriber)
    this.#groupOf.delete(subscriber)
    group?.remove(subscriber)
    if (group?.size === 0) this.#groups.delete(group.wish.key)
  }

  close(): void {
    this.#unsubscribe()
    this.#history.close()
    this.#cancelTick?.()
    this.#cancelLook()
  }

  #take(events: readonly CommittedEvent[]): void {
    for (const event of events) {
      if (event.audience === 'internal') continue
      this.#latest.add(event)
      const publicly = publicEvent(event)
      for (const group of this.#groups.values()) {
        if (!wants(group.wish, event)) continue
        const told = isEveryones(group.wish) ? publicly : tell(group.wish, event)
        if (told) group.push(told)
      }
    }
    if (this.#groups.size > 0) this.#tickLater()
  }

  #tickLater(): void {
    if (this.#cancelTick) return
    const { clock } = this.#options
    this.#cancelTick = clock.at(this.#pace.next(clock.now()), () => {
      this.#cancelTick = undefined
      const now_ms = clock.now()
      const began_ms = performance.now()
      for (const group of this.#groups.values()) if (group.isPending) group.tell(now_ms)
      this.#pace.told(now_ms, performance.now() - began_ms)
    })
  }

  /**
   * A look at those who read slowly, more often while somebody is still told what was missed; and a sign of life for groups that
   * had none for long.
   */
  #lookLater(isRecovering = false): void {
    const { clock } = this.#options
    const due_ms = clock.now() + (isRecovering ? RECOVERING_LOOK_MS : LOOK_MS)
    if (due_ms >= this.#look_ms) return
    this.#cancelLook()
    this.#look_ms = due_ms
    this.#cancelLook = clock.at(due_ms, () => {
      this.#look_ms = Infinity
      const now_ms = clock.now()
      for (const group of this.#groups.values()) {
        if (now_ms - group.told_ms >= HEARTBEAT_MS) group.tell(now_ms)
        group.look(now_ms)
      }
      this.#lookLater([...this.#groups.values()].some((group) => group.isRecovering))
    })
  }

  /**
   * Waits for the tail, which may come as far as `seq` a moment later. Throws `feed/position` when the ledger has not, so that
   * nobody can have been told of it, `ledger/unavailable` when it has and only this node is behind.
   */
  async #reached(seq: bigint): Promise<void> {
    const { tail, clock, reader } = this.#options
    if (seq <= tail.seq) return
    await new Promise<void>((resolve) => {
      const end = () => {
        stop()
        cancel()
        resolve()
      }
      const stop = tail.subscribe(() => tail.seq >= seq && end())
      const cancel = clock.at(clock.now() + AHEAD_MS, end)
    })
    if (seq <= tail.seq) return
    this.#head ??= reader
      .head()
      .then((head) => head.seq)
      .finally(() => (this.#head = undefined))
    const head = await this.#head
    throw new RollingDropError(seq > head ? 'feed/position' : 'ledger/unavailable')
  }

  /**
   * Welcomes with what was missed, or the first part of it; false when memory has moved on meanwhile. Nothing in it waits: what
   * lies beyond the group's last frame comes with its next one.
   */
  #recover(subscriber: Subscriber, wish: Wish, since: bigint): boolean {
    const { tail, clock } = this.#options
    const group = this.#groupFor(wish)
    if (since > group.to) group.tell(clock.now())
    const { to } = group
    const key = `${to} ${since} ${wish.key}`
    let welcome = this.#welcomes.get(key)
    if (!welcome) {
      const missed = this.#history.after(since)
      if (!missed) return false
      const part = partOf(wish, missed, to)
      const range = { lineage: tail.lineage, from: since.toString(), to: part.to.toString() }
      welcome = this.#kept(key, { ...range, recovered: true, events: part.events })
    }
    this.#join(subscriber, group, welcome)
    return true
  }

  #show(subscriber: Subscriber, wish: Wish, before: readonly CommittedEvent[]): void {
    const group = this.#groupFor(wish)
    const to = group.to.toString()
    const key = `${to} ${wish.key}`
    const events = () => this.#latest.snapshot(wish, group.to, before)
    const make = () => ({ lineage: this.#options.tail.lineage, from: to, to, recovered: false, events: events() })
    this.#join(subscriber, group, this.#welcomes.get(key) ?? this.#kept(key, make()))
  }

  /** Encoded once for all who come with the same filter from the same position before the group's next frame. */
  #kept(key: string, welcome: FeedWelcome): EncodedFrame {
    const encoded = new EncodedFrame('welcome', welcome)
    if (this.#welcomes.size >= WELCOMES_MAX) this.#welcomes.clear()
    this.#welcomes.set(key, encoded)
    return encoded
  }

  #join(subscriber: Subscriber, group: FeedGroup, welcome: EncodedFrame): void {
    this.#groups.set(group.wish.key, group)
    this.#groupOf.set(subscriber, group)
    subscriber.send(welcome)
    group.add(subscriber, BigInt(welcome.value.to))
    if (group.isRecovering) this.#lookLater(true)
  }

  #groupFor(wish: Wish): FeedGroup {
    this.admit(wish)
    const { tail, clock, limits } = this.#options
    const sendAway = (subscriber: Subscriber, error: RollingDropError) => {
      this.unsubscribe(subscriber)
      subscriber.end(error)
    }
    const parts = { wish, tail, history: this.#history, limits, now_ms: clock.now(), sendAway }
    return this.#groups.get(wish.key) ?? new FeedGroup(parts)
  }
}

function isEveryones({ view, user }: Wish): boolean {
  return view === 'public' && user === undefined
}

import type { Tail } from '../../ledger/ledger.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { FeedEvent, FeedFrame } from '../../schema/feed.ts'
import type { Wish } from './filter.ts'
import { EncodedFrame } from './frame.ts'
import type { FeedHistory } from './history.ts'
import { partOf } from './part.ts'
import { conflatedFrame } from './settlement.ts'
import type { Subscriber } from './subscriber.ts'

export type SlowLimits = Readonly<{
  /** Past this many buffered bytes a reader's frames are skipped, until half of them are taken. */
  skip_bytes: number
  /** Past this many, buffered and skipped, for `slow_ms` the reader is sent away. */
  slow_bytes: number
  slow_ms: number
}>

type Options = Readonly<{
  wish: Wish
  tail: Tail
  history: FeedHistory
  limits: SlowLimits
  now_ms: number
  /** Takes a member out, and tells it why. */
  sendAway(subscriber: Subscriber, error: RollingDropError): void
}>

/**
 * A reader that stands behind the others, and where: it had frames skipped, so many bytes of them, or (`isWhole`) it is still
 * being told what it missed before it came, of which nothing is left out.
 */
type Lag = {
  from: bigint
  readonly isWhole: boolean
  bytes: number
  far_since_ms: number | undefined
  isReading: boolean
}

/** Frames kept for those who stand where somebody stood a moment ago. */
const CATCHING_MAX = 100

type Member = { readonly subscriber: Subscriber; lag: Lag | undefined }

/**
 * Those who want the same: up to `to` they have been told, what comes next is pending. A frame is made once for all of them.
 *
 *     recovering ──as it takes it, part by part──▶ told
 *     told ──more unread than allowed──▶ skipped ──half of it taken──▶ told what may not be missed and how much was left out, and on
 *                                           └──far behind for too long, or too much was missed──▶ sent away
 */
export class FeedGroup {
  readonly wish: Wish
  readonly #options: Options
  readonly #members = new Map<Subscriber, Member>()
  readonly #behind = new Set<Member>()
  #pending: FeedEvent[] = []
  #to: bigint
  #told_ms: number
  /** Frames for those who catch up, by where they stood: a hiccup of the network makes many slow at once. */
  readonly #catching = new Map<string, EncodedFrame>()

  constructor(options: Options) {
    this.wish = options.wish
    this.#options = options
    this.#to = options.tail.seq
    this.#told_ms = options.now_ms
  }

  get to(): bigint {
    return this.#to
  }

  get told_ms(): number {
    return this.#told_ms
  }

  get size(): number {
    return this.#members.size
  }

  get isPending(): boolean {
    return this.#pending.length > 0
  }

  /** Whether somebody waits for more of what was missed. */
  get isRecovering(): boolean {
    for (const { lag } of this.#behind) if (lag?.isWhole) return true
    return false
  }

  /** `from`: up to where the subscriber has been told. */
  add(subscriber: Subscriber, from: bigint): void {
    const member: Member = { subscriber, lag: undefined }
    this.#members.set(subscriber, member)
    if (from < this.#to) this.#catchUp(member, this.#fallBehind(member, from, true))
  }

  remove(subscriber: Subscriber): void {
    const member = this.#members.get(subscriber)
    this.#members.delete(subscriber)
    if (member) this.#behind.delete(member)
  }

  push(event: FeedEvent): void {
    this.#pending.push(event)
  }

  /** One frame for all of the group. */
  tell(now_ms: number): void {
    const { tail, limits } = this.#options
    const from = this.#to
    const to = tail.seq
    const events = this.#pending
    for (const member of this.#behind) if (member.lag) this.#catchUp(member, member.lag)
    const frame = new EncodedFrame('frame', { lineage: tail.lineage, from: `${from}`, to: `${to}`, events })
    this.#pending = []
    this.#to = to
    this.#told_ms = now_ms
    this.#catching.clear()
    for (const member of this.#members.values()) {
      if (member.lag === undefined && member.subscriber.buffered() <= limits.skip_bytes) member.subscriber.send(frame)
      else this.#skip(member, from, frame)
    }
  }

  /** Sees to those who read slowly while nothing else is told. */
  look(now_ms: number): void {
    for (const member of this.#behind) {
      if (member.lag && !this.#catchUp(member, member.lag)) this.#judge(member, member.lag, now_ms)
    }
  }

  #skip(member: Member, from: bigint, frame: EncodedFrame): void {
    const lag = member.lag ?? this.#fallBehind(member, from, false)
    if (!lag.isWhole) lag.bytes += frame.bytes
  }

  #fallBehind(member: Member, from: bigint, isWhole: boolean): Lag {
    this.#behind.add(member)
    return (member.lag = { from, isWhole, bytes: 0, far_since_ms: undefined, isReading: false })
  }

  /** Tells a member as much as it takes; whether it stands where the others do then. */
  #catchUp(member: Member, lag: Lag): boolean {
    while (lag.from < this.#to) {
      if (lag.isReading || member.subscriber.buffered() > this.#options.limits.skip_bytes / 2) return false
      const frame = this.#frameFrom(lag)
      if (!frame) {
        void this.#readUp(member, lag)
        return false
      }
      lag.from = BigInt(frame.value.to)
      member.subscriber.send(frame)
    }
    member.lag = undefined
    this.#behind.delete(member)
    return true
  }

  /** Undefined: memory does not reach back that far. */
  #frameFrom({ from, isWhole }: Lag): EncodedFrame | undefined {
    const key = `${isWhole ? 'whole' : 'conflated'} ${from}`
    const known = this.#catching.get(key)
    if (known) return known
    const { tail, history } = this.#options
    const missed = history.after(from)
    if (!missed) return undefined
    const frame = new EncodedFrame('frame', this.#valueFrom(from, isWhole, missed, tail.lineage))
    if (this.#catching.size >= CATCHING_MAX) this.#catching.clear()
    this.#catching.set(key, frame)
    return frame
  }

  #valueFrom(from: bigint, isWhole: boolean, missed: readonly CommittedEvent[], lineage: string): FeedFrame {
    if (!isWhole) return conflatedFrame(this.wish, { lineage, from, to: this.#to }, missed)
    const { to, events } = partOf(this.wish, missed, this.#to)
    return { lineage, from: `${from}`, to: `${to}`, events }
  }

  async #readUp(member: Member, lag: Lag): Promise<void> {
    lag.isReading = true
    try {
      if (!(await this.#options.history.reach(lag.from))) return this.#sendAway(member)
    } catch {
      // It comes back by its position, and is told then what keeps the past from being read.
      return this.#sendAway(member)
    }
    lag.isReading = false
    if (this.#members.get(member.subscriber) === member) this.#catchUp(member, lag)
  }

  #judge(member: Member, lag: Lag, now_ms: number): void {
    const { slow_bytes, slow_ms } = this.#options.limits
    if (member.subscriber.buffered() + lag.bytes <= slow_bytes) return
    lag.far_since_ms ??= now_ms
    if (now_ms - lag.far_since_ms >= slow_ms) this.#sendAway(member)
  }

  #sendAway(member: Member): void {
    const { subscriber } = member
    if (this.#members.get(subscriber) === member)
      this.#options.sendAway(subscriber, new RollingDropError('feed/too-slow'))
  }
}

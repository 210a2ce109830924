import type { LedgerReader, Tail } from '../../ledger/ledger.ts'
import type { CommittedEvent } from '../../schema/event.ts'

/** All events with `since` < seq ≤ `to`, which is at least where the tail stood when they were asked for. */
export type Run = Readonly<{ to: bigint; events: readonly CommittedEvent[] }>

type Options = Readonly<{
  tail: Tail
  reader: LedgerReader
  /** More than this is not recovered. */
  recovery_max: number
}>

const PAGE_EVENTS = 2_000
/** Events from before the start that are looked through for the latest ones. */
const LATEST_EVENTS = 2_000

/** What was missed: from the tail's memory where it reaches, else from Postgres, one read for all who missed the same. */
export class FeedHistory {
  readonly #options: Options
  readonly #reads = new Map<bigint, Promise<Run>>()
  readonly #started: bigint
  #latest: Promise<readonly CommittedEvent[]> | undefined

  constructor(options: Options) {
    this.#options = options
    this.#started = options.tail.seq
  }

  /** What is in memory already, without waiting; undefined when memory does not reach back to `since`. */
  remembered(since: bigint): Run | undefined {
    const { tail } = this.#options
    const events = tail.recent(since)
    return events && { to: tail.seq, events }
  }

  /** Undefined: too much was missed. */
  async missed(since: bigint): Promise<Run | undefined> {
    const { tail, recovery_max } = this.#options
    if (tail.seq - since > BigInt(recovery_max)) return undefined
    return this.remembered(since) ?? (await this.#read(since))
  }

  /** The last events before this node started, for snapshots of a node that has seen little yet; read once. */
  beforeStart(): Promise<readonly CommittedEvent[]> {
    const until = this.#started
    const since = until > BigInt(LATEST_EVENTS) ? until - BigInt(LATEST_EVENTS) : 0n
    this.#latest ??= this.#options.reader.events({ since, until, limit: LATEST_EVENTS })
    this.#latest.catch(() => (this.#latest = undefined))
    return this.#latest
  }

  #read(since: bigint): Promise<Run> {
    const under = this.#reads.get(since)
    if (under) return under
    const reading = this.#readPages(since, this.#options.tail.seq).finally(() => this.#reads.delete(since))
    this.#reads.set(since, reading)
    return reading
  }

  async #readPages(since: bigint, to: bigint): Promise<Run> {
    const events: CommittedEvent[] = []
    for (let at = since; at < to; at = events.at(-1)!.seq) {
      const page = await this.#options.reader.events({ since: at, until: to, limit: PAGE_EVENTS })
      if (page.length === 0) throw new Error(`events after ${at} up to ${to} are not in the ledger`)
      events.push(...page)
    }
    return { to, events }
  }
}

import type { Clock } from '../../entropy/clock.ts'
import type { LedgerReader, Tail } from '../../ledger/ledger.ts'
import type { CommittedEvent } from '../../schema/event.ts'

type Options = Readonly<{
  tail: Tail
  reader: Pick<LedgerReader, 'events'>
  clock: Clock
  /** More than this is not recovered. */
  recovery_max: number
}>

/** Older events than memory holds: all with `from` < seq ≤ `to`. */
type Block = Readonly<{ from: bigint; to: bigint; events: readonly CommittedEvent[] }>

const PAGE_EVENTS = 2_000
/** A herd that comes back takes seconds to get in; what was read for its first is kept for its last. */
const KEEP_MS = 10_000

/**
 * What was missed: from the tail's memory where it reaches, else from Postgres. What was read is kept for a while as one block,
 * which later readings only lengthen, at either end: however many come back, each event is read once.
 */
export class FeedHistory {
  readonly #options: Options
  #block: Block | undefined
  #reading: Promise<void> | undefined
  /** The lowest position that somebody waits for. */
  #lowest: bigint | undefined
  #forget = () => {}

  constructor(options: Options) {
    this.#options = options
  }

  /** All events after `since`, without waiting; undefined when memory and what was read do not reach back to it. */
  after(since: bigint): readonly CommittedEvent[] | undefined {
    const block = this.#block
    const recent = this.#options.tail.recent(since)
    if (recent || !block || since < block.from || since >= block.to) return recent
    const rest = this.#options.tail.recent(block.to)
    return rest && [...block.events.slice(Number(since - block.from)), ...rest]
  }

  /** Reads what `after` needs. False: too much was missed. It may be that memory has moved on already: then ask again. */
  async reach(since: bigint): Promise<boolean> {
    const { tail, recovery_max } = this.#options
    if (tail.seq - since > BigInt(recovery_max)) return false
    if (!this.#covers(since)) await this.#read(since)
    return true
  }

  close(): void {
    this.#forget()
    this.#block = undefined
  }

  #covers(since: bigint): boolean {
    const { tail } = this.#options
    if (tail.recent(since)) return true
    const block = this.#block
    return block !== undefined && block.from <= since && since < block.to && tail.recent(block.to) !== undefined
  }

  /** One reading at a time: those who come meanwhile and lie below it share the next. */
  #read(since: bigint): Promise<void> {
    if (this.#lowest === undefined || since < this.#lowest) this.#lowest = since
    this.#reading ??= this.#lengthen().finally(() => (this.#reading = undefined))
    return this.#reading
  }

  async #lengthen(): Promise<void> {
    await Promise.resolve() // for those who come in the same breath
    const { tail, clock, recovery_max } = this.#options
    const since = this.#lowest!
    this.#lowest = undefined
    const block = this.#block ?? { from: since, to: since, events: [] }
    const [from, to] = since < block.from ? [since, block.from] : [block.to, tail.seq]
    const read = await this.#pages(from, to)
    const events = from === block.to ? [...block.events, ...read] : [...read, ...block.events]
    const end = from === block.to ? to : block.to
    const kept = events.slice(-recovery_max)
    this.#block = { from: end - BigInt(kept.length), to: end, events: kept }
    this.#forget()
    this.#forget = clock.at(clock.now() + KEEP_MS, () => (this.#block = undefined))
  }

  async #pages(since: bigint, to: bigint): Promise<readonly CommittedEvent[]> {
    const events: CommittedEvent[] = []
    for (let at = since; at < to; at = events.at(-1)!.seq) {
      const page = await this.#options.reader.events({ since: at, until: to, limit: PAGE_EVENTS })
      if (page.length === 0) throw new Error(`events after ${at} up to ${to} are not in the ledger`)
      events.push(...page)
    }
    return events
  }
}

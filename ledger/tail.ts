import type { CommittedEvent } from '../schema/event.ts'
import type { LedgerReader, Tail } from './ledger.ts'

/** How long the tail waits for a missing run of events, or for any at all, before it looks in the database. */
const LOOK_MS = 250
/** Events read at once when catching up. */
const READ_MAX = 2_000
/** Runs kept that lie beyond a gap; those further ahead are read again. */
const EARLY_MAX = 1_000

type Listener = (events: readonly CommittedEvent[]) => void

/**
 * The node's ordered stream of committed events. Runs are offered as they become known (own commits in this process, those of other nodes over Redis), in any
 * order and any number of times; they are delivered in order of seq, each once. What nobody offered is read from the database:
 * at the latest 250 ms after a gap showed, and by a look at the head when nothing came for as long.
 *
 *     following ──run beyond the next seq──▶ waiting ──the missing run, or read from the database──▶ following
 */
export class LedgerTail implements Tail {
  readonly lineage: string
  readonly #reader: LedgerReader
  readonly #ring_max: number
  readonly #failed: (error: unknown) => void
  readonly #listeners = new Set<Listener>()
  #ring: CommittedEvent[] = []
  #early: (readonly CommittedEvent[])[] = []
  #seq: bigint
  #timer: NodeJS.Timeout | undefined
  #reading = false
  #closed = false

  constructor(
    options: Readonly<{
      lineage: string
      /** The seq from which on events are delivered. */
      seq: bigint
      reader: LedgerReader
      /** Events kept in memory for those who come back. */
      ring_max: number
      /** Told of a listener that threw, or of a read that failed and will be tried again. */
      failed: (error: unknown) => void
    }>,
  ) {
    this.lineage = options.lineage
    this.#seq = options.seq
    this.#reader = options.reader
    this.#ring_max = options.ring_max
    this.#failed = options.failed
    this.#lookLater()
  }

  get seq(): bigint {
    return this.#seq
  }

  recent(since: bigint): readonly CommittedEvent[] | undefined {
    const oldest = this.#ring[0]?.seq ?? this.#seq + 1n
    if (since < oldest - 1n || since > this.#seq) return undefined
    return this.#ring.slice(Number(since - oldest + 1n))
  }

  subscribe(listen: Listener): () => void {
    this.#listeners.add(listen)
    return () => this.#listeners.delete(listen)
  }

  /** A run of consecutive events that have committed. */
  offer(run: readonly CommittedEvent[]): void {
    if (run.length === 0 || run.at(-1)!.seq <= this.#seq) return
    this.#early.push(run)
    if (this.#early.length > 1) this.#early.sort((a, b) => Number(a[0]!.seq - b[0]!.seq))
    if (this.#early.length > EARLY_MAX) this.#early.pop()
    while (this.#early.length > 0 && this.#early[0]![0]!.seq <= this.#seq + 1n) this.#deliver(this.#early.shift()!)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#listeners.clear()
  }

  #deliver(run: readonly CommittedEvent[]): void {
    const fresh = run[0]!.seq > this.#seq ? run : run.filter((event) => event.seq > this.#seq)
    if (fresh.length === 0) return
    this.#seq = fresh.at(-1)!.seq
    this.#ring.push(...fresh)
    // Trimmed by halves, so that keeping the ring costs nothing per event.
    if (this.#ring.length > 2 * this.#ring_max) this.#ring = this.#ring.slice(-this.#ring_max)
    for (const listen of this.#listeners) {
      try {
        listen(fresh)
      } catch (error) {
        this.#failed(error)
      }
    }
    this.#lookLater()
  }

  #lookLater(): void {
    if (this.#closed || this.#reading) return
    if (this.#early.length > 0 && this.#timer !== undefined) return // the clock of a gap is not wound back by what precedes it
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  /** Reads whatever has committed beyond the last seq delivered. */
  async #look(): Promise<void> {
    this.#timer = undefined
    this.#reading = true
    try {
      for (;;) {
        const events = await this.#reader.events({ since: this.#seq, limit: READ_MAX })
        if (this.#closed) return
        this.offer(events)
        if (events.length < READ_MAX) break
      }
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#reading = false
      this.#lookLater()
    }
  }
}

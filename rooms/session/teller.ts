import { LOG_PAGE_MAX, type LogPage, type OwnResult } from '../../schema/session.ts'
import type { LogEntry } from './log.ts'

/** What has happened of late, in order, and how many messages before that are forgotten. */
export type Recent = Readonly<{ forgotten: number; entries: readonly LogEntry[] }>

type Options = Readonly<{
  /** The last message this device has seen. */
  since: bigint
  lineage: string
  read(since: bigint, limit: number): Promise<readonly LogEntry[]>
  recent(): Recent
  send(page: LogPage): void
}>

/**
 * Tells one device its log: what it missed page by page as it asks for it, then what happens. Each message once, in order,
 * whatever happens while the database is being read.
 *
 *     reading ──page is full──▶ waiting ──next()──▶ reading ──page is not full, joined to what came meanwhile──▶ live
 */
export class Teller {
  readonly #options: Options
  #cursor: bigint
  #phase: 'waiting' | 'reading' | 'live' = 'waiting'

  constructor(options: Options) {
    this.#options = options
    this.#cursor = options.since
  }

  /** The last message that this device was told. */
  get cursor(): bigint {
    return this.#cursor
  }

  /** Tells the next page. Nothing happens when one is on its way, or when everything was told. */
  async next(): Promise<void> {
    if (this.#phase !== 'waiting') return
    this.#phase = 'reading'
    try {
      const { read, recent } = this.#options
      for (;;) {
        const before = recent().forgotten
        const page = await read(this.#cursor, LOG_PAGE_MAX)
        const told = this.#advance(page)
        if (page.length === LOG_PAGE_MAX) return this.#send('waiting', told)
        // What the reading did not see has come since, unless so much came that the first of it is forgotten again.
        const { forgotten, entries } = recent()
        if (forgotten === before) return this.#send('live', [...told, ...this.#advance(entries)])
        if (told.length > 0) this.#send('reading', told)
      }
    } catch (error) {
      this.#phase = 'waiting'
      throw error
    }
  }

  /** Something has happened just now. */
  happened(entry: LogEntry): void {
    if (this.#phase !== 'live') return
    const told = this.#advance([entry])
    if (told.length > 0) this.#send('live', told)
  }

  /** Those of the entries that this device has not been told. */
  #advance(entries: readonly LogEntry[]): readonly OwnResult[] {
    return entries.flatMap((entry) => {
      const seq = BigInt(entry.seq)
      if (seq <= this.#cursor) return []
      const prev = this.#cursor.toString()
      this.#cursor = seq
      return [{ ...entry, prev }]
    })
  }

  #send(phase: 'waiting' | 'reading' | 'live', entries: readonly OwnResult[]): void {
    this.#phase = phase
    this.#options.send({ lineage: this.#options.lineage, entries, more: phase !== 'live' })
  }
}

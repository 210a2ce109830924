import type { LogPage, OwnResult } from '../schema/session.ts'
import { pause, type Clock } from './clock.ts'

/** Acknowledgements are this far apart at least: what one may say in a second is for what one does. */
const ACK_MS = 500

type Options = Readonly<{
  clock: Clock
  tell(result: OwnResult): void
  /** Joins anew: something is missing. */
  again(): void
  /** Says to the room that messages were seen, or that the next page is wanted. */
  ask: {
    (type: 'ack', payload: { seq: string }): Promise<null>
    (type: 'page', payload: object): Promise<null>
  }
}>

/**
 * Turns what the room tells of the log into each message exactly once, in order, and acknowledges it once it was told. What comes
 * before somebody listens waits here, and no more of it is asked for.
 */
export class LogOrder {
  #options: Options
  #lineage: string | null = null
  #told: bigint | null = null
  #waiting: LogPage[] = []
  #isHeard = false
  #acked = 0n
  #isAcking = false

  constructor(options: Options) {
    this.#options = options
  }

  /** `lineage:seq` of the last message told; null before the first. */
  get position(): string | null {
    return this.#lineage === null || this.#told === null ? null : `${this.#lineage}:${this.#told}`
  }

  /** Somebody listens from now on. */
  begin(): void {
    if (this.#isHeard) return
    this.#isHeard = true
    for (const page of this.#waiting.splice(0)) this.#tell(page)
  }

  /** A fresh wire: the room tells everything after `position` over it, also what waits here. */
  joined(): void {
    this.#waiting = []
  }

  take(page: LogPage): void {
    if (this.#isHeard) this.#tell(page)
    else this.#waiting.push(page)
  }

  #tell({ lineage, entries, more }: LogPage): void {
    // Another history: its numbers mean something else.
    if (lineage !== this.#lineage) [this.#told, this.#acked] = [null, 0n]
    this.#lineage = lineage
    for (const entry of entries) {
      const seq = BigInt(entry.seq)
      if (this.#told !== null && seq <= this.#told) continue
      if (this.#told !== null && BigInt(entry.prev) > this.#told) return this.#options.again()
      this.#told = seq
      this.#options.tell(entry)
    }
    void this.#ack()
    if (more) this.#options.ask('page', {}).catch(() => {}) // what did not come is told on joining anew
  }

  /** One acknowledgement at a time: those that come meanwhile go as one. */
  async #ack(): Promise<void> {
    if (this.#isAcking) return
    this.#isAcking = true
    try {
      while (this.#told !== null && this.#told > this.#acked) {
        const seq = this.#told
        await this.#options.ask('ack', { seq: seq.toString() })
        this.#acked = seq
        await pause(this.#options.clock, ACK_MS)
      }
    } catch {
      // Not acknowledged is told again to the next device, and acknowledged with the next message.
    } finally {
      this.#isAcking = false
    }
  }
}

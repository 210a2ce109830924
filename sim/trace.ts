import { createHash } from 'node:crypto'

/** How much of what happened last a failure shows. */
const LAST = 120

/** Everything that happened, as a hash, and the last of it as text. What breaks a promise is noted here, and ends the run. */
export class Trace {
  readonly #now: () => number
  readonly #hash = createHash('sha256')
  readonly #last: string[] = []
  readonly broken: string[] = []

  /** `now` is in ms since the run began. */
  constructor(now: () => number) {
    this.#now = now
  }

  note(text: string): void {
    const line = `${String(this.#now()).padStart(6)} ms  ${text}`
    this.#hash.update(line)
    this.#last.push(line)
    if (this.#last.length > 2 * LAST) this.#last.splice(0, LAST)
  }

  /** Something is not as it was promised. */
  broke(promise: string): void {
    this.note(`BROKEN: ${promise}`)
    this.broken.push(promise)
  }

  get last(): readonly string[] {
    return this.#last.slice(-LAST)
  }

  /** Of everything noted; ends the trace. */
  digest(): string {
    return this.#hash.digest('hex')
  }
}

/** The shortest time between an event and its frame: what follows it closely shares that. */
const QUIET_MS = 10
/** Telling may take one part in so many of the node's time before it waits for more to tell at once. */
const SHARE = 20
/** How much of the last measurement goes into the average. */
const WEIGHT = 0.25

/**
 * How long events wait for each other. A frame costs per socket, not per event, so the fewer frames the less work; while telling
 * takes little of the node's time they go out quickly, and as it takes more they wait longer, up to a limit.
 */
export class Pace {
  readonly #tick_ms: number
  #took_ms = 0
  #told_ms = -Infinity

  constructor(tick_ms: number) {
    this.#tick_ms = tick_ms
  }

  /** When what comes now is to be told. */
  next(now_ms: number): number {
    const quiet_ms = Math.min(QUIET_MS, this.#tick_ms)
    const wait_ms = Math.min(this.#tick_ms, Math.max(quiet_ms, this.#took_ms * SHARE))
    return Math.max(now_ms + quiet_ms, this.#told_ms + wait_ms)
  }

  told(now_ms: number, took_ms: number): void {
    this.#told_ms = now_ms
    this.#took_ms += (took_ms - this.#took_ms) * WEIGHT
  }
}

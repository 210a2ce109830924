import type { Clock } from './clock.ts'

type Options = Readonly<{
  clock: Clock
  /** Asks the other end for a sign of life. */
  ping: () => void
  onSilent: () => void
  /** After this long without hearing anything, in ms, it is asked. */
  quiet_ms: number
  /** After this long without an answer, in ms, it is taken for gone. */
  answer_ms: number
}>

const TICK_MS = 100
/** A tick this much late says that nobody looked at the socket meanwhile. */
const LATE_MS = 150

/**
 * Notices that a socket is open but nobody is there: a frozen process closes none.
 *
 *     hearing ──quiet_ms──▶ asked ──answer_ms──▶ silent (told once)
 *        ▲──────heard───────┘
 *
 * When our own ticks come late (a sleeping laptop, a tab in the background, a busy process) the time they were late by is not
 * held against the other end, and nothing is concluded before what it said meanwhile has been read.
 */
export class SilenceWatch {
  #options: Options
  #heard_ms: number
  #asked_ms: number | null = null
  #ticked_ms: number
  #cancel: () => void = () => {}

  constructor(options: Options) {
    this.#options = options
    this.#heard_ms = this.#ticked_ms = options.clock.now()
    this.#schedule()
  }

  heard(): void {
    this.#heard_ms = this.#options.clock.now()
    this.#asked_ms = null
  }

  stop(): void {
    this.#cancel()
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(TICK_MS, () => this.#tick())
  }

  #tick(): void {
    const { clock, ping, onSilent, quiet_ms, answer_ms } = this.#options
    const now = clock.now()
    const late_ms = now - this.#ticked_ms - TICK_MS
    this.#ticked_ms = now
    if (this.#asked_ms !== null && late_ms > LATE_MS) this.#asked_ms += late_ms
    else if (this.#asked_ms !== null && now - this.#asked_ms >= answer_ms) return onSilent()
    if (this.#asked_ms === null && now - this.#heard_ms >= quiet_ms) {
      this.#asked_ms = now
      ping()
    }
    this.#schedule()
  }
}

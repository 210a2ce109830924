import { AlignedClock, type Steady } from '../entropy/aligned-clock.ts'
import type { NodeClock } from '../entropy/clock.ts'
import type { Schedule } from './schedule.ts'

/** `goesByWall`: what it does at a time, it does by its clock on the wall. */
type MachineOptions = Readonly<{ drift_ppm: number; goesByWall: boolean }>

/**
 * A process: whatever reaches it (an answer, a message, a timer) comes in by `enter`.
 *
 *     running ──pause──▶ standing still (what comes in waits) ──resume──▶ running, none the wiser
 *        └──kill──▶ dead (what comes in is dropped; nothing it began goes on)
 */
export class Machine {
  readonly name: string
  readonly #schedule: Schedule
  readonly #deaths: (() => void)[] = []
  #phase: 'running' | 'still' | 'dead' = 'running'
  #waiting: (() => void)[] = []
  /** How far its clock on the wall is ahead of the true time. */
  skew_ms = 0
  /** A time that nobody sets, from an origin of its own, a little too fast or too slow; a machine that sleeps loses some of it. */
  readonly steady: Steady
  readonly clock: NodeClock
  #asleep_ms = 0
  #asleepSince: number | undefined

  constructor(name: string, schedule: Schedule, { drift_ppm, goesByWall }: MachineOptions) {
    this.name = name
    this.#schedule = schedule
    const born_ms = schedule.now_ms
    this.steady = {
      now: () => ((this.#asleepSince ?? schedule.now_ms) - born_ms - this.#asleep_ms) * (1 + drift_ppm / 1e6),
      after: (wait_ms, run) => schedule.after(Math.ceil(wait_ms), () => this.enter(run)),
    }
    this.clock = goesByWall ? this.#wallClock() : new AlignedClock(this.steady)
  }

  #wallClock(): NodeClock {
    const schedule = this.#schedule
    const now = () => schedule.now_ms + this.skew_ms
    // Like a timer of an operating system: a jump of the clock changes nothing of when it fires, only what is seen then.
    const at = (at_ms: number, run: () => void): (() => void) => {
      let isOff = false
      let cancel = () => {}
      const fire = () => {
        if (isOff) return
        if (now() >= at_ms) run()
        else wait()
      }
      const wait = () => {
        cancel = schedule.after(Math.max(0, at_ms - now()), () => this.enter(fire))
      }
      wait()
      return () => {
        isOff = true
        cancel()
      }
    }
    return { now, at }
  }

  get isRunning(): boolean {
    return this.#phase === 'running'
  }

  get isDead(): boolean {
    return this.#phase === 'dead'
  }

  enter(run: () => void): void {
    if (this.#phase === 'running') run()
    else if (this.#phase === 'still') this.#waiting.push(run)
  }

  /** `sleeps`: the whole machine does, and no time passes for it. */
  pause({ sleeps = false } = {}): void {
    if (this.#phase !== 'running') return
    this.#phase = 'still'
    if (sleeps) this.#asleepSince = this.#schedule.now_ms
  }

  resume(): void {
    if (this.#phase !== 'still') return
    this.#phase = 'running'
    if (this.#asleepSince !== undefined) this.#asleep_ms += this.#schedule.now_ms - this.#asleepSince
    this.#asleepSince = undefined
    const waiting = this.#waiting
    this.#waiting = []
    for (const run of waiting) this.#schedule.after(0, () => this.enter(run))
  }

  kill(): void {
    if (this.isDead) return
    this.#phase = 'dead'
    this.#waiting = []
    for (const told of this.#deaths) told()
  }

  /** The kernel's doing: sockets and sessions of a dead process end. */
  onDeath(told: () => void): void {
    if (this.isDead) told()
    else this.#deaths.push(told)
  }

  /** Resolves once the timer has fired here; its clock's jumps do not matter. */
  wait(wait_ms: number): Promise<void> {
    return new Promise((resolve) => this.#schedule.after(wait_ms, () => this.enter(resolve)))
  }
}

import type { Clock } from './clock.ts'

/** A clock that stands until it is moved. `chance` is always one half. */
export class FakeClock implements Clock {
  #now = 1_000_000
  #due: { at: number; run: () => void }[] = []

  now = (): number => this.#now
  chance = (): number => 0.5

  after = (ms: number, run: () => void): (() => void) => {
    const entry = { at: this.#now + ms, run }
    this.#due.push(entry)
    return () => {
      this.#due = this.#due.filter((other) => other !== entry)
    }
  }

  /** Lets `ms` pass, running what falls due in order and letting promises settle after each. */
  async pass(ms: number): Promise<void> {
    await settled()
    const end = this.#now + ms
    for (;;) {
      const next = this.#due.toSorted((a, b) => a.at - b.at)[0]
      if (!next || next.at > end) break
      this.#due = this.#due.filter((other) => other !== next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
      await settled()
    }
    this.#now = end
    await settled()
  }

  /** Lets `ms` pass unseen, as for a sleeping computer: what fell due runs late, at the next pass. */
  sleep(ms: number): void {
    this.#now += ms
  }
}

/** Resolves after all promises that can settle now have done so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

import type pg from 'pg'
import type { Tail } from './ledger.ts'

/**
 * Does what is due of an actor: moves the alarm on or finishes the actor. `now_ms` is the database's time, which the alarm went by: this
 * node's own may be behind.
 */
export type Ring = (actor: string, now_ms: number) => Promise<void>

type Options = Readonly<{
  pool: pg.Pool
  tail: Pick<Tail, 'subscribe'>
  /** What to do for each kind of actor; ids of a kind begin with it and a hyphen. */
  kinds: Readonly<Record<string, Ring>>
  /** Told of errors that no caller hears of; the alarm is tried again later. */
  failed: (error: unknown) => void
}>

/** At the latest it looks again after this long, for what a tail cannot tell: a node's clock that was set, a restored backup. */
const LOOK_MAX_MS = 60_000
/** At the soonest: changes that come one upon the other are looked at together. */
const LOOK_MIN_MS = 20
/** Actors rung at once. */
const BATCH_MAX = 64
/** Waits after an alarm that failed, doubled each time. */
const BACKOFF_MS = { first: 500, most: 60_000 }

type Due = Readonly<{ actor: string; kind: string; wake_ms: number; wait_ms: number; now_ms: number }>

/**
 * Rings the durable alarms of actors that have no room, by the database's clock. Several nodes may ring one at once: what is done is
 * fenced by the actor's version, so it is done once.
 *
 *     asleep ──next alarm, or the tail tells of such an actor──▶ looking ──some due──▶ ringing ──▶ looking
 *        ▲                                                          └────none due────▶ asleep
 */
export class Alarms {
  readonly #options: Options
  readonly #unsubscribe: () => void
  readonly #failures = new Map<string, Readonly<{ count: number; again_at: number }>>()
  #timer: NodeJS.Timeout | undefined
  #wakesAt = Infinity
  #working: Promise<void> | undefined
  #isNoticed = false
  #isClosed = false

  /** Starts at once. */
  constructor(options: Options) {
    this.#options = options
    const kinds = Object.keys(options.kinds).map((kind) => `${kind}-`)
    this.#unsubscribe = options.tail.subscribe((events) => {
      if (events.some(({ actor }) => actor !== null && kinds.some((kind) => actor.startsWith(kind)))) this.#notice()
    })
    this.#wakeIn(0)
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#unsubscribe()
    clearTimeout(this.#timer)
    await this.#working
  }

  #notice(): void {
    this.#isNoticed = true
    this.#wakeIn(LOOK_MIN_MS)
  }

  #wakeIn(ms: number): void {
    const at = performance.now() + ms
    if (this.#isClosed || at >= this.#wakesAt) return
    clearTimeout(this.#timer)
    this.#wakesAt = at
    this.#timer = setTimeout(() => {
      this.#wakesAt = Infinity
      this.#working ??= this.#work()
    }, Math.ceil(ms))
    this.#timer.unref()
  }

  async #work(): Promise<void> {
    let next_ms: number = BACKOFF_MS.first
    this.#isNoticed = false
    try {
      next_ms = await this.#look()
    } catch (error) {
      this.#options.failed(error)
    }
    this.#working = undefined
    this.#wakeIn(this.#isNoticed ? LOOK_MIN_MS : next_ms)
  }

  /** Rings all that are due. Returns in how many ms to look again. */
  async #look(): Promise<number> {
    const rung = new Map<string, number>()
    for (;;) {
      const found = await this.#read()
      const due = found.filter(({ wait_ms }) => wait_ms <= 0)
      if (due.length === 0 || this.#isClosed) return this.#sleep_ms(found)
      await Promise.all(due.map((each) => this.#ring(each, rung.get(each.actor) === each.wake_ms)))
      for (const { actor, wake_ms } of due) rung.set(actor, wake_ms)
    }
  }

  /** The next alarms, earliest first, without those that have failed a moment ago. */
  async #read(): Promise<readonly Due[]> {
    const now = performance.now()
    for (const [actor, { again_at }] of this.#failures)
      if (again_at < now - BACKOFF_MS.most) this.#failures.delete(actor) // done by another node meanwhile
    const resting = [...this.#failures].flatMap(([actor, { again_at }]) => (again_at > now ? [actor] : []))
    const { rows } = await this.#options.pool.query<{ actor: string; kind: string; wake_ms: string; now_ms: string }>(
      `select actor, kind, extract(epoch from wake_at) * 1000 as wake_ms, extract(epoch from now()) * 1000 as now_ms
       from actor_alarm where kind = any($1) and not actor = any($2) order by wake_at limit $3`,
      [Object.keys(this.#options.kinds), resting, BATCH_MAX],
    )
    return rows.map(({ actor, kind, wake_ms, now_ms }) => {
      const [wake, at] = [Number(wake_ms), Number(now_ms)]
      return { actor, kind, wake_ms: wake, wait_ms: wake - at, now_ms: Math.floor(at) }
    })
  }

  #sleep_ms([first]: readonly Due[]): number {
    const now = performance.now()
    const resting = [...this.#failures.values()].map(({ again_at }) => again_at - now).filter((ms) => ms > 0)
    return Math.max(LOOK_MIN_MS, Math.min(first?.wait_ms ?? LOOK_MAX_MS, LOOK_MAX_MS, ...resting))
  }

  /** `isAgain`: it was rung just now, and that left its alarm as it was. */
  async #ring({ actor, kind, now_ms }: Due, isAgain: boolean): Promise<void> {
    try {
      if (isAgain) throw new Error(`the alarm of ${actor} was rung and is still due`)
      await this.#options.kinds[kind]!(actor, now_ms)
      this.#failures.delete(actor)
    } catch (error) {
      const count = (this.#failures.get(actor)?.count ?? 0) + 1
      const wait_ms = Math.min(BACKOFF_MS.first * 2 ** (count - 1), BACKOFF_MS.most)
      this.#failures.set(actor, { count, again_at: performance.now() + wait_ms })
      this.#options.failed(error)
    }
  }
}

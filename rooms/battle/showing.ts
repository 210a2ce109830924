import type { Clock } from '../../entropy/clock.ts'
import type { BattleState } from '../../schema/battle-state.ts'
import type { WatchedBattle } from './activation.ts'
import { newView, nextReveal, show, type Shown } from './view.ts'

type Options = Readonly<{
  watched: WatchedBattle
  clock: Clock
  /** Whether somebody is there to see the rounds. */
  isWatched(): boolean
  /** Called when the state has changed and is to be sent. */
  changed(): void
}>

/**
 * What one room shows of its battle, and when: what a commit changed, the rounds each at its time as long as somebody
 * watches, and which players are there. The one place that decides what a client is told; it knows no sockets.
 */
export class Showing {
  readonly state: BattleState
  readonly #options: Options
  readonly #connected = new Map<string, number>()
  readonly #stopListening: () => void
  #cancelReveal = () => {}
  #cancelCount: (() => void) | undefined

  constructor(options: Options) {
    this.#options = options
    this.state = newView(this.#shown())
    this.#stopListening = options.watched.onChange(() => this.refresh())
  }

  /** Shows what stands now and sets out for the next reveal. Called after commits, at reveals and when somebody comes. */
  refresh(): void {
    const { clock, isWatched, changed } = this.#options
    this.#cancelCount?.()
    this.#cancelCount = undefined
    const shown = this.#shown()
    show(this.state, shown)
    changed()
    this.#cancelReveal()
    const next_ms = isWatched() ? nextReveal(shown.battle, shown.now_ms) : null
    this.#cancelReveal = next_ms === null ? () => {} : clock.at(next_ms, () => this.refresh())
  }

  /** A socket of `user` has come or gone. Many may come and go at once: they are shown together. */
  count(user: string, change: 1 | -1): void {
    const { watched, clock } = this.#options
    const count = (this.#connected.get(user) ?? 0) + change
    if (count > 0) this.#connected.set(user, count)
    else this.#connected.delete(user)
    if (this.#cancelCount || !watched.battle.seats.some((seat) => seat?.user === user)) return
    this.#cancelCount = clock.at(clock.now(), () => this.refresh())
  }

  close(): void {
    this.#cancelReveal()
    this.#cancelCount?.()
    this.#stopListening()
  }

  #shown(): Shown {
    const { watched, clock } = this.#options
    return { battle: watched.battle, result: watched.result, connected: this.#connected, now_ms: clock.now() }
  }
}

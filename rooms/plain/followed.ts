import type { Sealer } from '../../access/seal.ts'
import { pause, type Clock } from '../../entropy/clock.ts'
import type { Battle, Result } from '../../game/battle/state.ts'
import { battleFromJson } from '../../game/battle/stored.ts'
import type { ActorRow, Actors } from '../../ledger/ledger.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { PlainFrame } from '../../schema/plain-battles.ts'
import type { WatchedBattle } from '../battle/activation.ts'
import { resultOf } from '../battle/rules.ts'
import { Showing } from '../battle/showing.ts'

type Options = Readonly<{
  row: ActorRow
  actors: Pick<Actors, 'find'>
  sealer: Sealer
  clock: Clock
}>

/** Told of each change, encoded once for all. */
type Listener = (frame: Uint8Array) => void

const RETRY_MS = 250

/**
 * A battle as it can be watched from any node: what stands in the ledger, read again after every event of it, and its rounds,
 * each at its time. It acts for nothing and needs no node that does. What is shown, and when, is decided where rooms decide it.
 */
export class FollowedBattle implements WatchedBattle {
  readonly #options: Options
  readonly #listeners = new Set<Listener>()
  readonly #showing: Showing
  #battle: Battle
  #version: number
  #result: Result | null = null
  #refresh = () => {}
  #isStale = false
  #isReading = false
  #isClosed = false
  #told = { revealed: 0, drops: 0 }

  constructor(options: Options) {
    this.#options = options
    this.#battle = battleFromJson(options.row.state)
    this.#version = options.row.version
    const isWatched = () => !this.#isClosed
    this.#showing = new Showing({ watched: this, clock: options.clock, isWatched, changed: () => this.#tellRounds() })
    this.#showing.refresh()
  }

  get battle(): Battle {
    return this.#battle
  }

  get result(): Result | null {
    const { phase } = this.#battle
    if (phase !== 'revealing' && phase !== 'settled') return null
    return (this.#result ??= resultOf(this.#battle, this.#options.sealer))
  }

  get count(): number {
    return this.#listeners.size
  }

  async ask(): Promise<never> {
    throw new RollingDropError('auth/forbidden')
  }

  onChange(listen: () => void): () => void {
    this.#refresh = listen
    return () => (this.#refresh = () => {})
  }

  /** Calls `listen` with every frame that follows the snapshot of this moment. Returns how to stop. */
  listen(listen: Listener): () => void {
    this.#listeners.add(listen)
    return () => void this.#listeners.delete(listen)
  }

  /** All that may be seen now. */
  snapshot(): Uint8Array {
    const { state } = this.#showing
    state.now = this.#options.clock.now()
    const { seats, ...rest } = state.toJSON()
    const known = seats.map(({ connected: _connected, ...seat }) => seat)
    return encode({ type: 'battle', battle: this.#battle.id, state: { ...rest, seats: known } })
  }

  /** Something has been committed for this battle: it is read until nothing more has. */
  changed(): void {
    this.#isStale = true
    if (!this.#isReading) void this.#read()
  }

  close(): void {
    this.#isClosed = true
    this.#showing.close()
  }

  async #read(): Promise<void> {
    this.#isReading = true
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false
      try {
        this.#take(await this.#options.actors.find(this.#options.row.id))
      } catch {
        this.#isStale = true // The database is away: what it holds is shown when it is back.
        await pause(this.#options.clock, RETRY_MS)
      }
    }
    this.#isReading = false
  }

  #take(row: ActorRow | undefined): void {
    if (row === undefined || row.version <= this.#version || this.#isClosed) return
    this.#version = row.version
    this.#battle = battleFromJson(row.state)
    this.#refresh()
    this.#tell(this.snapshot())
  }

  /** Called whenever the state has been brought up to date; what a commit changed is told by the one who read it. */
  #tellRounds(): void {
    const { state } = this.#showing
    const from = this.#told
    this.#told = { revealed: state.revealed, drops: state.drops.length }
    if (state.revealed <= from.revealed || state.phase !== 'revealing') return
    const drops = state.drops.toJSON().slice(from.drops)
    const totals = state.seats.map(({ total }) => total)
    const rounds = { from: from.revealed, revealed: state.revealed, drops, totals }
    this.#tell(encode({ type: 'rounds', battle: this.#battle.id, ...rounds }))
  }

  #tell(frame: Uint8Array): void {
    for (const listen of this.#listeners) listen(frame)
  }
}

export function encode(frame: PlainFrame): Uint8Array {
  return Buffer.from(JSON.stringify(frame))
}

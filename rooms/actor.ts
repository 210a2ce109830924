import { pause, type Clock } from '../entropy/clock.ts'
import type { ActorRow, Ledger } from '../ledger/ledger.ts'
import { RollingDropError, toRollingDropError, type ErrorCode } from '../schema/errors.ts'
import type { EventDraft } from '../schema/event.ts'
import type { Outcome, Receipt, Transfer } from '../schema/outcome.ts'
import { derivedId } from '../schema/uuid.ts'

/** What a decision asks to commit: the next state and everything that goes with it. */
export type Step<State> = Readonly<{
  state: State
  kind: string
  transfers: readonly Transfer[]
  events: readonly EventDraft[]
  wake_at_ms: number | null
  finished: boolean
}>

export type Verdict<State> = Readonly<
  { ok: true; step: Step<State> } | { ok: false; code: ErrorCode; details?: unknown }
>

/**
 * Something an actor is asked to do. `decide` is pure; `request` is the digest of the command as it was received. `word`
 * names what an actor does once in its life: its outcome's id follows from the word alone, on whichever node it is decided.
 */
export type Command<State> = Readonly<{
  request: string
  word?: string
  decide(state: State, now_ms: number): Verdict<State>
}>

/** What makes an actor of one kind. */
export interface Rules<State> {
  readonly kind: string
  /** The UUID of what it is about, from which the ids of its outcomes are derived. */
  root(state: State): string
  parse(text: string): State
  format(state: State): string
  /** What is to be done when the alarm rings. What it waits for (a late entropy value) holds up no other command. */
  wake(state: State, now_ms: number): Promise<Command<State> | undefined>
}

export type ActorOptions<State> = Readonly<{
  row: ActorRow
  rules: Rules<State>
  ledger: Ledger
  clock: Clock
  /** Commands that may wait; past it a caller hears `ledger/overloaded` at once. */
  mailbox_max: number
  /** Called after each commit, before its caller hears of it. */
  told(state: State, receipt: Receipt): void
  /** Called once when this activation no longer acts: another has taken over. */
  gone(error: RollingDropError): void
  log: Log
}>

export type Log = Readonly<Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>>

/** An outcome in doubt is submitted again after this long, then after twice as long, up to the most. */
const DOUBT_MS = { first: 50, most: 1_000 }
/** An alarm that could not be served rings again after this long. */
const ALARM_RETRY_MS = 1_000

type Letter<State> = Readonly<{
  command: Command<State>
  resolve(receipt: Receipt): void
  reject(error: RollingDropError): void
}>

/**
 * One activation of a durable actor: decides one command after the other, commits, and only then tells. It knows the ledger,
 * a clock and nobody who listens.
 *
 *     active ──outcome with finished──▶ finished (commands are still decided, and refused by the rules)
 *       ├──release()──▶ leaving ──mailbox empty, given back──▶ closed
 *       └──ledger/fenced, newer epoch seen──▶ closed (`gone` is called)
 *
 * An outcome's id follows from the actor and its version, so that one whose answer was lost is the same outcome when it is
 * submitted again; until it is settled nothing else is decided and nothing is told.
 */
export class Actor<State> {
  readonly id: string
  readonly epoch: number
  readonly #options: ActorOptions<State>
  #version: number
  #state: State
  #wake_at_ms: number | null
  #phase: 'active' | 'leaving' | 'closed' = 'active'
  #finished: boolean
  #mailbox: Letter<State>[] = []
  #serving: Promise<void> | undefined
  #cancelAlarm = () => {}

  constructor(options: ActorOptions<State>) {
    const { row, rules } = options
    this.#options = options
    this.id = row.id
    this.epoch = row.epoch
    this.#version = row.version
    this.#state = rules.parse(row.state)
    this.#wake_at_ms = row.wake_at_ms
    this.#finished = row.finished
    this.#setAlarm(this.#wake_at_ms)
  }

  get state(): State {
    return this.#state
  }

  get version(): number {
    return this.#version
  }

  get finished(): boolean {
    return this.#finished
  }

  get closed(): boolean {
    return this.#phase === 'closed'
  }

  /** Whether a command is being served or waits. */
  get busy(): boolean {
    return this.#serving !== undefined
  }

  /**
   * Resolves with the receipt once the command is committed and told. Rejects with the refusal of the rules or the ledger,
   * with `ledger/overloaded` when too many wait, `server/draining` or `ledger/fenced` when this activation is ending.
   */
  ask(command: Command<State>): Promise<Receipt> {
    if (this.#phase === 'closed') return Promise.reject(new RollingDropError('ledger/fenced'))
    if (this.#phase === 'leaving') return Promise.reject(new RollingDropError('server/draining'))
    if (this.#mailbox.length >= this.#options.mailbox_max)
      return Promise.reject(new RollingDropError('ledger/overloaded'))
    return this.#post(command)
  }

  /** Serves what waits, then gives the actor back. False when somebody else has taken it already. */
  async release(): Promise<boolean> {
    if (this.#phase !== 'active') return false
    this.#phase = 'leaving'
    this.#cancelAlarm()
    await this.#serving
    if (this.closed) return false
    this.#phase = 'closed'
    if (this.#finished) return true
    return this.#options.ledger.actors.release({ id: this.id, epoch: this.epoch, version: this.#version })
  }

  /** Ends this activation because `epoch` is acting. Nothing happens when that is this one or an older one. */
  supersededBy(epoch: number): void {
    if (epoch > this.epoch) this.#close(new RollingDropError('ledger/fenced'))
  }

  /** Ends this activation without giving the actor back: its node is no longer taken for alive. */
  abandon(): void {
    this.#close(new RollingDropError('ledger/fenced'))
  }

  #post(command: Command<State>): Promise<Receipt> {
    const answer = new Promise<Receipt>((resolve, reject) => this.#mailbox.push({ command, resolve, reject }))
    this.#serving ??= this.#serve()
    return answer
  }

  async #serve(): Promise<void> {
    for (let letter = this.#mailbox.shift(); letter; letter = this.#mailbox.shift()) {
      try {
        letter.resolve(await this.#handle(letter.command))
      } catch (cause) {
        const error = toRollingDropError(cause)
        if (error.code === 'ledger/fenced') this.#close(error)
        if (error.code === 'server/internal') this.#options.log.error({ actor: this.id, error }, 'a command failed')
        letter.reject(error)
      }
    }
    // Not a turn later: whoever asks again on hearing the last answer would find nobody serving.
    this.#serving = undefined
  }

  async #handle(command: Command<State>): Promise<Receipt> {
    if (this.closed) throw new RollingDropError('ledger/fenced')
    const verdict = command.decide(this.#state, this.#options.clock.now())
    if (!verdict.ok) throw new RollingDropError(verdict.code, verdict.details)
    const receipt = await this.#commit(this.#outcomeOf(command, verdict.step))
    this.#accept(verdict.step, receipt)
    return receipt
  }

  #outcomeOf(
    { request, word }: Command<State>,
    { state, kind, transfers, events, wake_at_ms, finished }: Step<State>,
  ): Outcome {
    const { row, rules } = this.#options
    const version = this.#version
    return {
      id: derivedId(rules.root(this.#state), word ?? `version ${version}`),
      kind,
      tenant: row.tenant,
      request,
      actor: {
        id: this.id,
        kind: rules.kind,
        epoch: this.epoch,
        version,
        state: rules.format(state),
        wake_at_ms,
        finished,
      },
      transfers,
      events,
    }
  }

  /** Until the outcome is settled one way or the other; after a first attempt in doubt not even a full queue is an answer. */
  async #commit(outcome: Outcome): Promise<Receipt> {
    const { ledger, clock } = this.#options
    for (let wait_ms = DOUBT_MS.first, inDoubt = false; ; wait_ms = Math.min(2 * wait_ms, DOUBT_MS.most)) {
      try {
        return await ledger.commit(outcome)
      } catch (cause) {
        const { code } = toRollingDropError(cause)
        inDoubt ||= code === 'ledger/unavailable'
        if (this.closed || !(code === 'ledger/unavailable' || (inDoubt && code === 'ledger/overloaded'))) throw cause
      }
      await pause(clock, wait_ms)
    }
  }

  #accept({ state, wake_at_ms, finished }: Step<State>, receipt: Receipt): void {
    if (this.closed) return // Superseded meanwhile: what was committed is for the successor to tell.
    this.#state = state
    this.#version += 1
    this.#finished = finished
    this.#wake_at_ms = wake_at_ms
    this.#setAlarm(wake_at_ms)
    this.#options.told(state, receipt)
  }

  #setAlarm(at_ms: number | null): void {
    this.#cancelAlarm()
    this.#cancelAlarm = () => {}
    if (at_ms === null || this.#finished || this.#phase !== 'active') return
    this.#cancelAlarm = this.#options.clock.at(at_ms, () => void this.#ring())
  }

  async #ring(): Promise<void> {
    const { rules, clock, log } = this.#options
    const version = this.#version
    const isStill = () => this.#phase === 'active' && version === this.#version
    try {
      const command = await rules.wake(this.#state, clock.now())
      if (command && isStill()) await this.#post(command)
    } catch (error) {
      if (!isStill()) return
      log.warn({ actor: this.id, error }, 'an alarm could not be served')
      this.#setAlarm(clock.now() + ALARM_RETRY_MS)
    }
  }

  #close(error: RollingDropError): void {
    if (this.closed) return
    this.#phase = 'closed'
    this.#cancelAlarm()
    this.#options.gone(error)
  }
}

import { RollingDropError, type ErrorReply } from '../schema/errors.ts'
import type { Sold } from '../schema/http.ts'
import type { OwnLimit } from '../schema/limits.ts'
import type { Opened, OpeningOpened, OwnSeeds } from '../schema/opening.ts'
import type {
  LogPage,
  OwnResult,
  SessionAnswers,
  SessionMessages,
  SessionOptions,
  SessionReply,
  SessionState,
} from '../schema/session.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { LinkStatus, SessionLink } from './api.ts'
import type { Clock } from './clock.ts'
import { Commands } from './command.ts'
import { Listeners } from './listeners.ts'
import type { Link } from './link.ts'
import { LogOrder } from './log-order.ts'
import type { OpenLink } from './open-link.ts'
import type { OpeningNotes } from './opening-notes.ts'
import { freshSeed } from './seed.ts'
import type { Wire } from './wire.ts'

type Deps = Readonly<{ open: OpenLink; clock: Clock; notes: OpeningNotes; user: () => Promise<string> }>

/** A session shows the user's things within this time after it was joined, and what a command has done after it was answered. */
const SHOWN_MS = 5_000

/**
 * The signed-in user's own things, live: their state, the log of what has happened to them, and what they do alone. A command
 * that was under way when the wire broke is asked again under the id that it has, so that it is done once.
 */
export class Session implements SessionLink {
  #deps: Deps
  #state: SessionState | null = null
  #changes = new Listeners<SessionState>()
  #results = new Listeners<OwnResult>()
  #log: LogOrder
  #commands: Commands<SessionReply, SessionState>
  #link: Link
  /** A first pair of seeds that is being begun. */
  #beginning: Promise<OwnSeeds> | null = null

  constructor(deps: Deps) {
    this.#deps = deps
    this.#commands = new Commands(deps.clock, (type, message) => this.#link.send(type, message))
    this.#log = new LogOrder({
      clock: deps.clock,
      tell: (result) => this.#results.tell(result),
      again: () => this.#link.again(),
      ask: (type, payload) => this.#ask(type, payload),
    })
    this.#link = deps.open({
      kind: 'session',
      id: deps.user,
      options: () => (this.#log.position === null ? {} : { since: this.#log.position }) satisfies SessionOptions,
      attach: (wire) => this.#attach(wire),
    })
    this.#link.onStatus((status) => {
      if (status === 'live') this.#commands.resend()
      if (status === 'closed') this.#commands.refuseAll(this.#closedError())
    })
  }

  get state(): SessionState | null {
    return this.#state
  }

  get status(): LinkStatus {
    return this.#link.status
  }

  onChange(listen: (state: SessionState) => void): () => void {
    return this.#changes.add(listen)
  }

  onResult(listen: (result: OwnResult) => void): () => void {
    const stop = this.#results.add(listen)
    this.#log.begin()
    return stop
  }

  onOpened(listen: (opened: OpeningOpened) => void): () => void {
    return this.onResult(({ type, payload }) => {
      if (type === 'opening.opened') listen(payload as OpeningOpened)
    })
  }

  onStatus(listen: (status: LinkStatus) => void): () => void {
    return this.#link.onStatus(listen)
  }

  async open(box: string, count = 1, boxHash?: string): Promise<Opened> {
    const id = this.#id()
    const { seeds } = await this.#shown(() => true)
    if (seeds.seeds === '') {
      this.#beginning ??= this.rotateSeeds().finally(() => (this.#beginning = null))
      await this.#beginning
    }
    return this.#ask('open', { id, box, count, ...(boxHash !== undefined && { boxHash }) })
  }

  sell(asset: string, count: number): Promise<Sold> {
    return this.#ask('sell', { id: this.#id(), asset, count })
  }

  rotateSeeds(): Promise<OwnSeeds> {
    return this.setClientSeed(freshSeed())
  }

  async setClientSeed(clientSeed: string): Promise<OwnSeeds> {
    const { seeds: known } = await this.#shown(() => true)
    // The hash of this pair has been told us: only now do we say what it is to be mixed with.
    const seeds = known.nextSeeds
    this.#deps.notes.saw(known)
    const answer = await this.#ask('begin', { seeds, clientSeed })
    this.#deps.notes.gave(seeds, clientSeed)
    await this.#shown((state) => state.seeds.nextSeeds !== seeds)
    return answer
  }

  setLimit(asset: string, amount: string | null): Promise<readonly OwnLimit[]> {
    return this.#ask('limit', { id: this.#id(), asset, amount })
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  async #ask<T extends keyof SessionMessages>(
    type: T,
    payload: Omit<SessionMessages[T], 'command'>,
  ): Promise<SessionAnswers[T]> {
    if (this.#link.status === 'closed') throw this.#closedError()
    const { value } = await this.#commands.ask(type, payload, () => false)
    return value as SessionAnswers[T]
  }

  #id(): string {
    return uuidv7(this.#deps.clock.now())
  }

  /** The state as soon as it is as wanted. Rejects with `matchmaking/unavailable` when it does not become so in time. */
  #shown(isWanted: (state: SessionState) => boolean): Promise<SessionState> {
    const state = this.#state
    if (state?.seeds && isWanted(state)) return Promise.resolve(state)
    if (this.#link.status === 'closed') return Promise.reject(this.#closedError())
    return new Promise((resolve, reject) => {
      const cancel = this.#deps.clock.after(SHOWN_MS, () => {
        stop()
        reject(new RollingDropError('matchmaking/unavailable'))
      })
      const stop = this.#changes.add((changed) => {
        if (!changed.seeds || !isWanted(changed)) return
        stop()
        cancel()
        resolve(changed)
      })
    })
  }

  #attach(wire: Wire): void {
    wire.onState((state) => {
      this.#state = state as SessionState
      if (this.#state.seeds) this.#deps.notes.saw(this.#state.seeds)
      this.#changes.tell(this.#state)
    })
    wire.onMessage('log', (page) => this.#log.take(page as LogPage))
    wire.onMessage('reply', (reply) => this.#commands.reply(reply as SessionReply, this.#state))
    wire.onMessage('error', (error) => this.#commands.refuseLast(error as ErrorReply))
    this.#log.joined()
  }

  #closedError(): RollingDropError {
    return this.#link.error ?? new RollingDropError('matchmaking/unavailable')
  }
}

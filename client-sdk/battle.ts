import type { BattleMessages, CommandReply } from '../schema/battle-message.ts'
import { readBattleRef } from '../schema/battle-ref.ts'
import type { BattleState } from '../schema/battle-state.ts'
import { RollingDropError, type ErrorReply } from '../schema/errors.ts'
import type { BattleLink, LinkStatus } from './api.ts'
import type { Clock } from './clock.ts'
import { Commands } from './command.ts'
import { Listeners } from './listeners.ts'
import type { Link } from './link.ts'
import type { Notes } from './notes.ts'
import type { OpenLink } from './open-link.ts'
import { freshSeed } from './seed.ts'
import type { Wire } from './wire.ts'

type Deps = Readonly<{ open: OpenLink; clock: Clock; notes: Notes; user: () => string | undefined }>

/** Somebody waits for this one to move: a frozen node is noticed within 1.7 s. */
const SILENCE = { quiet_ms: 500, answer_ms: 1000 }

/** A battle one watches and may play in. What is known of it stays in `state` while the connection is away. */
export class Battle implements BattleLink {
  readonly id: string
  #state: BattleState | null = null
  #changes = new Listeners<BattleState>()
  #commands: Commands
  #link: Link
  #notes: Notes
  #user: () => string | undefined

  /** `ref` is the battle's id, or its id and key. */
  constructor({ open, clock, notes, user }: Deps, ref: string) {
    this.id = readBattleRef(ref)?.id ?? ref
    this.#notes = notes
    this.#user = user
    this.#commands = new Commands(clock, (type, message) => this.#link.send(type, message))
    const attach = (wire: Wire) => this.#attach(wire)
    this.#link = open({ kind: 'battle', id: async () => ref, attach, isOver: () => this.#isOver(), silence: SILENCE })
    this.#link.onStatus((status) => {
      if (status === 'live') this.#commands.resend()
      if (status === 'closed') this.#commands.refuseAll(this.#closedError())
    })
  }

  get state(): BattleState | null {
    return this.#state
  }

  get status(): LinkStatus {
    return this.#link.status
  }

  onChange(listen: (state: BattleState) => void): () => void {
    return this.#changes.add(listen)
  }

  onStatus(listen: (status: LinkStatus) => void): () => void {
    return this.#link.onStatus(listen)
  }

  /** Takes a seat. A seat that shows our own seed is ours, whatever became of the reply. */
  async join(seat: number, clientSeed = freshSeed(), borrow = 0): Promise<CommandReply> {
    const isOurs = (state: BattleState) => state.seats[seat]?.clientSeed === clientSeed
    const reply = await this.#ask('join', { seat, clientSeed, ...(borrow > 0 && { borrow }) }, isOurs)
    this.#notes.gave(this.id, seat, clientSeed)
    return reply
  }

  async leave(): Promise<CommandReply> {
    const user = this.#user()
    const reply = await this.#ask('leave', {}, (state) => !state.seats.some((seat) => seat.user === user))
    this.#notes.leftSeats(this.id)
    return reply
  }

  callBot(seat: number): Promise<CommandReply> {
    return this.#ask('callBot', { seat }, (state) => state.seats[seat]?.bot === true)
  }

  cancel(): Promise<CommandReply> {
    return this.#ask('cancel', {}, (state) => state.phase === 'cancelled')
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  async #ask<T extends keyof BattleMessages>(
    type: T,
    payload: Omit<BattleMessages[T], 'command'>,
    isDone: (state: BattleState) => boolean,
  ): Promise<CommandReply> {
    if (this.#link.status === 'closed') throw this.#closedError()
    return this.#commands.ask(type, payload, isDone)
  }

  #attach(wire: Wire): void {
    wire.onState((state) => {
      this.#state = state as BattleState
      this.#notes.saw(this.#state)
      this.#changes.tell(this.#state)
    })
    wire.onMessage('reply', (reply) => this.#commands.reply(reply as CommandReply, this.#state))
    wire.onMessage('error', (error) => this.#commands.refuseLast(error as ErrorReply))
  }

  #isOver(): boolean {
    return this.#state?.phase === 'settled' || this.#state?.phase === 'cancelled'
  }

  #closedError(): RollingDropError {
    return this.#link.error ?? new RollingDropError(this.#isOver() ? 'battle/finished' : 'matchmaking/unavailable')
  }
}

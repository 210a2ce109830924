import type { CommandReply } from '../schema/battle-message.ts'
import type { BattleState } from '../schema/battle-state.ts'
import { RollingDropError, type ErrorReply } from '../schema/errors.ts'
import type { Clock } from './clock.ts'

/** What a room answers a command with. */
type AnyReply = Readonly<{ command: number; ok: true } | { command: number; ok: false; error: ErrorReply }>
type Done<Reply extends AnyReply> = Extract<Reply, { ok: true }>

type Pending<Reply extends AnyReply, State> = Readonly<{
  type: string
  message: { command: number }
  /** Whether the state shows that it was done: what an earlier copy of it did, whose reply was lost. */
  isDone: (state: State) => boolean
  resolve: (reply: Done<Reply>) => void
  reject: (error: RollingDropError) => void
}> & { sent: number }

/** A command is given up after this long without a reply. */
const REPLY_MS = 15_000

/**
 * The commands that wait for their reply. One that was under way when the wire broke is sent again over the next one; a
 * refusal of that copy counts as success when the state shows that the first copy was done.
 */
export class Commands<Reply extends AnyReply = CommandReply, State = BattleState> {
  #pending = new Map<number, Pending<Reply, State>>()
  #last = 0
  #clock: Clock
  #send: (type: string, message: unknown) => boolean

  constructor(clock: Clock, send: (type: string, message: unknown) => boolean) {
    this.#clock = clock
    this.#send = send
  }

  /** Resolves with the committed reply. Rejects with the RollingDropError of the refusal, or after 15 s without a reply. */
  ask(type: string, payload: object, isDone: (state: State) => boolean): Promise<Done<Reply>> {
    const command = ++this.#last
    return new Promise<Done<Reply>>((resolve, reject) => {
      const cancel = this.#clock.after(REPLY_MS, () => {
        this.#end(command)?.reject(new RollingDropError('matchmaking/unavailable', { command: type }))
      })
      const pending: Pending<Reply, State> = {
        type,
        message: { command, ...payload },
        isDone,
        resolve: (reply) => (cancel(), resolve(reply)),
        reject: (error) => (cancel(), reject(error)),
        sent: 0,
      }
      this.#pending.set(command, pending)
      this.#dispatch(pending)
    })
  }

  /** Over a fresh wire: what still waits is sent, again or for the first time. */
  resend(): void {
    for (const pending of this.#pending.values()) this.#dispatch(pending)
  }

  reply(reply: Reply, state: State | null): void {
    const pending = this.#end(reply.command)
    if (!pending) return
    if (reply.ok) return pending.resolve(reply as Done<Reply>)
    if (pending.sent > 1 && state && pending.isDone(state))
      return pending.resolve({ command: reply.command, ok: true } as Done<Reply>)
    pending.reject(errorOf(reply.error))
  }

  /** An error without a number: of what was said last, since a room that cannot read a message cannot number its reply. */
  refuseLast(error: ErrorReply): void {
    const last = [...this.#pending.keys()].at(-1)
    if (last !== undefined) this.#end(last)?.reject(errorOf(error))
  }

  refuseAll(error: RollingDropError): void {
    for (const command of this.#pending.keys()) this.#end(command)?.reject(error)
  }

  #dispatch(pending: Pending<Reply, State>): void {
    if (this.#send(pending.type, pending.message)) pending.sent++
  }

  #end(command: number): Pending<Reply, State> | undefined {
    const pending = this.#pending.get(command)
    this.#pending.delete(command)
    return pending
  }
}

function errorOf({ code, details }: ErrorReply): RollingDropError {
  return new RollingDropError(code, details)
}

import type { Clock } from '../entropy/clock.ts'
import type { Entropy } from '../entropy/entropy.ts'
import { commandOf, readMessage } from '../rooms/battle/command.ts'
import type { Screening } from '../rooms/battle/host.ts'
import { Showing } from '../rooms/battle/showing.ts'
import type { CommandReply } from '../schema/battle-message.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import type { Room, Socket } from './socket.ts'
import { viewOf, type Witness } from './witness.ts'

type Options = Readonly<{ screening: Screening; clock: Clock; entropy: Entropy; witness: Witness; machine: string }>

const MOVED = 4101

/** A battle's room over simulated sockets: shows what the real one shows and answers as it does. */
export class SimRoom implements Room {
  readonly clients: Socket[] = []
  readonly #options: Options
  readonly #showing: Showing
  #isClosed = false

  constructor(options: Options) {
    this.#options = options
    this.#showing = new Showing({
      watched: options.screening.watched,
      clock: options.clock,
      isWatched: () => this.clients.length > 0,
      changed: () => this.#show(this.clients),
    })
  }

  join(socket: Socket): void {
    if (this.#isClosed) return socket.close(MOVED)
    this.clients.push(socket)
    socket.entered(this)
    if (socket.user !== null) this.#showing.count(socket.user, 1)
    if (this.clients.length === 1) return this.#showing.refresh()
    this.#showing.state.now = this.#options.clock.now()
    this.#show([socket])
  }

  leave(socket: Socket): void {
    const index = this.clients.indexOf(socket)
    if (index < 0) return
    this.clients.splice(index, 1)
    if (socket.user !== null) this.#showing.count(socket.user, -1)
  }

  async hear(socket: Socket, type: string, payload: unknown): Promise<void> {
    const { command } = payload as { command: number }
    try {
      const { screening, entropy } = this.#options
      const said = readMessage(type, payload)
      if (!said) throw new RollingDropError('request/invalid')
      if (socket.user === null) throw new RollingDropError('auth/token-missing')
      const { battle } = screening.watched
      const by = { user: socket.user, name: socket.user, level: 0 }
      await screening.watched.ask(commandOf(battle.id, by, said, entropy))
      socket.send({ type: 'reply', reply: { command, ok: true } })
    } catch (cause) {
      const reply: CommandReply = { command, ok: false, error: toRollingDropError(cause).reply() }
      socket.send({ type: 'reply', reply })
    }
  }

  async move(): Promise<void> {
    this.#isClosed = true
    this.#showing.close()
    for (const socket of this.clients.splice(0)) socket.close(MOVED)
  }

  #show(sockets: readonly Socket[]): void {
    if (sockets.length === 0) return
    const view = viewOf(this.#showing.state)
    const { screening, witness, machine } = this.#options
    witness.told(screening.watched.battle.id, machine, view)
    for (const socket of sockets) socket.send({ type: 'state', view })
  }
}

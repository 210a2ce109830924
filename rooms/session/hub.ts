import { pause, type Clock } from '../../entropy/clock.ts'
import { battleFromJson } from '../../game/battle/stored.ts'
import type { Actors, Tail } from '../../ledger/ledger.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { Log } from '../actor.ts'
import type { Owner } from './log.ts'

type Listener = (event: CommittedEvent) => void

type Options = Readonly<{ tail: Tail; actors: Pick<Actors, 'find'>; clock: Clock; log: Log }>

/** Until the database answers, who sat in a cancelled battle is asked again after this long. */
const ASK_AGAIN_MS = 200

/**
 * Brings to each user who is here the committed events that concern them: as the one user of the event, or by a seat in the
 * battle it is about. In the order of the tail; an event that does not name its users holds up those after it until they are known.
 */
export class SessionHub {
  readonly #options: Options
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #unsubscribe: () => void
  #telling: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: Options) {
    this.#options = options
    this.#unsubscribe = options.tail.subscribe((events) => {
      if (this.#listeners.size === 0) return
      this.#telling = this.#telling.then(() => this.#tellAll(events))
    })
  }

  /** Calls `listen` with every event from now on that concerns the user. Returns how to stop. */
  listen(owner: Owner, listen: Listener): () => void {
    const key = keyOf(owner)
    const all = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, all.add(listen))
    return () => {
      all.delete(listen)
      if (all.size === 0 && this.#listeners.get(key) === all) this.#listeners.delete(key)
    }
  }

  close(): void {
    this.#closed = true
    this.#unsubscribe()
  }

  async #tellAll(events: readonly CommittedEvent[]): Promise<void> {
    for (const event of events) {
      const users = event.type === 'battle.cancelled' ? await this.#seated(event) : usersIn(event)
      for (const user of users) {
        for (const listen of this.#listeners.get(keyOf({ tenant: event.tenant, user })) ?? []) listen(event)
      }
    }
  }

  /** A cancellation names nobody: who sat in the battle stands in its last state. Nothing after it is told before that is known. */
  async #seated({ actor }: CommittedEvent): Promise<ReadonlySet<string>> {
    const { actors, clock, log } = this.#options
    for (; !this.#closed; await pause(clock, ASK_AGAIN_MS)) {
      try {
        const row = actor === null ? undefined : await actors.find(actor)
        const seats = row ? battleFromJson(row.state).seats : []
        return new Set(seats.flatMap((seat) => seat?.user ?? []))
      } catch (error) {
        log.warn({ actor, error }, 'could not tell the players of a cancelled battle yet')
      }
    }
    return new Set()
  }
}

function keyOf({ tenant, user }: Owner): string {
  return `${tenant} ${user}`
}

function usersIn({ user, payload }: CommittedEvent): ReadonlySet<string> {
  const seats: unknown = payload['seats']
  const seated = Array.isArray(seats) ? seats.map((seat: { user?: unknown }) => seat.user) : []
  const all = [user, payload['user'], payload['creator'], payload['buyer'], ...seated]
  return new Set(all.filter((each): each is string => typeof each === 'string'))
}

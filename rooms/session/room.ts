import type { LedgerReader } from '../../ledger/ledger.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Openings } from '../../openings/openings.ts'
import { RollingDropError, toRollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import { parsePosition } from '../../schema/position.ts'
import type { SessionOptions, SessionReply, SessionState } from '../../schema/session.ts'
import type { Log } from '../actor.ts'
import { GuardedRoom, type Guard, type RoomClient } from '../guarded-room.ts'
import { ownPatches } from '../patches.ts'
import { perform, readMessage, type Said } from './command.ts'
import type { SessionHub } from './hub.ts'
import { entryOf, isTold, type LogEntry, type Owner, type PersonalLog } from './log.ts'
import { Teller } from './teller.ts'
import { emptyState, readOwn, show } from './view.ts'

export const SESSION = 'session'

/** A hundred kinds of items; with more the buffer grows. */
const STATE_BYTES = 8_192
/** Messages kept in memory, so that a device whose log is just being read misses none. */
const RECENT_MAX = 200

export type SessionRoomOptions = Readonly<{
  roomId: string
  guard: Guard
  owner: Owner
  name: string
  hub: SessionHub
  personalLog: PersonalLog
  reader: LedgerReader
  openings: Openings
  limits: Limits
  log: Log
}>

/**
 * A user's own things, live, for any number of devices: what they have as state, what happens to them as a log that they
 * acknowledge, and what they do alone as commands. It holds nothing that cannot be read again: a room that is gone costs nothing.
 */
export class SessionRoom extends GuardedRoom<SessionState> {
  #options!: SessionRoomOptions
  #stopListening = () => {}
  readonly #tellers = new Map<RoomClient, Teller>()
  #recent: LogEntry[] = []
  #forgotten = 0
  /** Something has happened since the state was last read. */
  #isStale = false
  #isReading = false

  override async onCreate(options: SessionRoomOptions): Promise<void> {
    this.roomId = options.roomId
    this.guard = options.guard
    this.#options = options
    this.state = emptyState(options.owner.user, options.name)
    ownPatches(this, STATE_BYTES)
    // Listens first and reads after, so that nothing falls between.
    this.#stopListening = options.hub.listen(options.owner, (event) => this.#take(event))
    await this.#refresh()
  }

  override onJoin(client: RoomClient, options: SessionOptions, auth: RoomClient['auth'] | undefined): void {
    super.onJoin(client, options, auth)
    this.#tellFrom(client, options.since).catch((error: unknown) => this.end(client, toRollingDropError(error)))
  }

  override onLeave(client: RoomClient): void {
    super.onLeave(client)
    this.#tellers.delete(client)
  }

  override onDispose(): void {
    this.#stopListening()
  }

  protected override async hear(client: RoomClient, type: string, payload: unknown): Promise<void> {
    const said = readMessage(type, payload)
    if (!said)
      return this.refuse(client, new RollingDropError('request/invalid', { type, reason: 'unknown type' }), undefined)
    const value = await this.#answer(client, said)
    client.send('reply', { command: said.message.command, ok: true, value: value ?? null } satisfies SessionReply)
  }

  #answer(client: RoomClient, said: Said) {
    if (said.type === 'page') return this.#tellers.get(client)?.next()
    if (said.type === 'ack') return this.#ack(client, BigInt(said.message.seq))
    const principal = this.principalOf(client)
    if (!principal) throw new RollingDropError('auth/token-missing')
    return perform(this.#options, principal, said)
  }

  /** What this device was never told cannot be acknowledged by it. */
  async #ack(client: RoomClient, seq: bigint): Promise<void> {
    const told = this.#tellers.get(client)?.cursor ?? 0n
    if (seq > told) throw new RollingDropError('session/ack', { told: told.toString() })
    await this.#options.personalLog.ack(this.#options.owner, seq)
  }

  /** After the last message the device has seen; where it names none, or one of another history, after what is acknowledged. */
  async #tellFrom(client: RoomClient, since: string | undefined): Promise<void> {
    const { personalLog, owner } = this.#options
    const { acked, head, lineage } = await personalLog.acked(owner)
    const seen = since === undefined ? undefined : parsePosition(since)
    const isOurs = seen !== undefined && seen.lineage === lineage && seen.seq <= head
    const teller = new Teller({
      since: isOurs ? seen.seq : acked,
      lineage,
      read: (after, limit) => personalLog.read(owner, after, limit),
      recent: () => ({ forgotten: this.#forgotten, entries: this.#recent }),
      send: (page) => client.send('log', page),
    })
    if (!this.clients.includes(client)) return
    this.#tellers.set(client, teller)
    await teller.next()
  }

  #take(event: CommittedEvent): void {
    const { owner, log } = this.#options
    if (isTold(event, owner)) this.#tell(entryOf(event, owner.user))
    this.#isStale = true
    if (this.#isReading) return
    this.#refresh().catch((error: unknown) => log.warn({ error }, 'could not read what a user has'))
  }

  #tell(entry: LogEntry): void {
    this.#recent.push(entry)
    if (this.#recent.length > RECENT_MAX) {
      this.#recent = this.#recent.slice(RECENT_MAX / 2)
      this.#forgotten += 1
    }
    for (const teller of this.#tellers.values()) teller.happened(entry)
  }

  /** Reads until nothing has happened meanwhile: however many events come at once, one read follows the last of them. */
  async #refresh(): Promise<void> {
    const { owner } = this.#options
    this.#isReading = true
    try {
      do {
        this.#isStale = false
        show(this.state, await readOwn(this.#options, owner))
        this.broadcastPatch()
      } while (this.#isStale)
    } finally {
      this.#isReading = false
    }
  }
}

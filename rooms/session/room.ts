import type { LedgerReader } from '../../ledger/ledger.ts'
import { userOwner } from '../../schema/account.ts'
import { skuOf } from '../../schema/asset.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { Balance } from '../../schema/outcome.ts'
import { SessionState, type OwnResult } from '../../schema/session.ts'
import type { Log } from '../actor.ts'
import { GuardedRoom, type Guard, type RoomClient } from '../guarded-room.ts'
import { ownPatches } from '../patches.ts'
import type { SessionHub } from './hub.ts'
import { lastResults, resultOf, RESULTS_MAX, type Owner } from './results.ts'

export const SESSION = 'session'

/** A hundred kinds of items; with more the buffer grows. */
const STATE_BYTES = 8_192

export type SessionRoomOptions = Readonly<{
  roomId: string
  guard: Guard
  owner: Owner
  name: string
  hub: SessionHub
  reader: LedgerReader
  log: Log
}>

/** A user's own things, live, for any number of devices: balances as state, results as messages, the last ones on joining. */
export class SessionRoom extends GuardedRoom<SessionState> {
  #options!: SessionRoomOptions
  #results: readonly OwnResult[] = []
  #stopListening = () => {}
  /** Something has happened since the balances were last read. */
  #isStale = false
  #isReading = false

  override async onCreate(options: SessionRoomOptions): Promise<void> {
    this.roomId = options.roomId
    this.guard = options.guard
    this.#options = options
    this.state = new SessionState()
    this.state.user = options.owner.user
    this.state.name = options.name
    ownPatches(this, STATE_BYTES)
    // Listens first and reads after, so that nothing falls between.
    this.#stopListening = options.hub.listen(options.owner, (event) => this.#take(event))
    const [results] = await Promise.all([lastResults(options.reader, options.owner), this.#refresh()])
    this.#results = joined(results, this.#results)
  }

  override onJoin(client: RoomClient, options: unknown, auth: RoomClient['auth'] | undefined): void {
    super.onJoin(client, options, auth)
    for (const result of this.#results) client.send('result', result)
  }

  override onDispose(): void {
    this.#stopListening()
  }

  protected override hear(client: RoomClient, type: string): void {
    this.refuse(client, new RollingDropError('request/invalid', { type, reason: 'unknown type' }), undefined)
  }

  #take(event: CommittedEvent): void {
    const result = resultOf(event, this.#options.owner.user)
    if (result) {
      this.#results = joined(this.#results, [result])
      this.broadcast('result', result)
    }
    this.#isStale = true
    if (this.#isReading) return
    this.#refresh().catch((error: unknown) => this.#options.log.warn({ error }, 'could not read balances'))
  }

  /** Reads until nothing has happened meanwhile: however many events come at once, one read follows the last of them. */
  async #refresh(): Promise<void> {
    const { reader, owner } = this.#options
    this.#isReading = true
    try {
      do {
        this.#isStale = false
        this.#show(await reader.balances(owner.tenant, userOwner(owner.user)))
      } while (this.#isStale)
    } finally {
      this.#isReading = false
    }
  }

  #show(balances: readonly Balance[]): void {
    const there = new Set<string>()
    for (const { asset, balance, held } of balances) {
      if (balance === 0n && held === 0n && skuOf(asset) !== undefined) continue
      there.add(asset)
      setWhenChanged(this.state.balances, asset, balance.toString())
      setWhenChanged(this.state.held, asset, held.toString())
    }
    for (const asset of Array.from(this.state.balances.keys())) {
      if (there.has(asset)) continue
      this.state.balances.delete(asset)
      this.state.held.delete(asset)
    }
    this.broadcastPatch()
  }
}

type Amounts = SessionState['balances']

function setWhenChanged(amounts: Amounts, asset: string, amount: string): void {
  if (amounts.get(asset) !== amount) amounts.set(asset, amount)
}

/** Older and newer results as one run without repetition, the last ones of it. */
function joined(older: readonly OwnResult[], newer: readonly OwnResult[]): readonly OwnResult[] {
  const known = new Set(older.map(({ seq }) => seq))
  return [...older, ...newer.filter(({ seq }) => !known.has(seq))].slice(-RESULTS_MAX)
}

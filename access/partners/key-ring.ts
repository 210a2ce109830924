import type { Pool } from 'pg'
import { z } from 'zod'
import type { Tail } from '../../ledger/ledger.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { Partner, PartnerQuota } from '../partner.ts'
import type { Sealer } from '../seal.ts'
import { findKeys, secretContext, type StoredKey } from './store.ts'

/** A key in memory, its secret in the clear. */
type Key = {
  readonly partner: Partner
  readonly secret: string
  readonly ends_ms: number | null
  readonly suspended: boolean
  told: boolean
}

type Parts = Readonly<{
  pool: Pool
  tail: Pick<Tail, 'subscribe'>
  sealer: Sealer
  /** What a partner has for which nothing else is set. */
  quota: PartnerQuota
  /** Unix ms. */
  clock: () => number
  /** Told of a key whose secret cannot be read, as after a change of the secret key; the others are good all the same. */
  failed: (error: unknown) => void
}>

export const keysEnded = z.object({ keys: z.array(z.string()), ends_ms: z.number() })

/** The longest wait of Node's timers, and more, is cut into waits of this. */
const WAIT_MAX_MS = 86_400_000

/**
 * Every API key in the memory of every node. What changes is written to its table and then told by an event, which the tail
 * brings, also with Redis down:
 *
 *     fresh ──`partner.changed`──▶ stale ──the next call reads the table──▶ fresh
 *       ├── `partner.keys-ended`: in force at once, or when the time has come
 *       └── `partner.stage-changed`: read again at once; keys of a suspended partner are as good as ended
 */
export class KeyRing {
  readonly #parts: Parts
  readonly #listeners = new Set<(key: string) => void>()
  readonly #unsubscribe: () => void
  #keys: ReadonlyMap<string, Key> = new Map()
  /** Ends that have been heard, so that what was read before them does not bring a key back. */
  readonly #ends = new Map<string, number>()
  #isStale = true
  #reading: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  /** Listens from now on; it reads when it is first asked. */
  constructor(parts: Parts) {
    this.#parts = parts
    this.#unsubscribe = parts.tail.subscribe((events) => this.#follow(events))
  }

  /** The key's partner and secret. Throws `partner/key-unknown`. */
  async find(id: string): Promise<Readonly<{ partner: Partner; secret: string }>> {
    while (this.#isStale || this.#reading) await (this.#reading ??= this.#read())
    const key = this.#keys.get(id)
    if (!key || this.#hasEnded(key)) throw new RollingDropError('partner/key-unknown')
    return key
  }

  isLive(id: string): boolean {
    const key = this.#keys.get(id)
    return key !== undefined && !this.#hasEnded(key)
  }

  onEnded(listen: (key: string) => void): () => void {
    this.#listeners.add(listen)
    return () => this.#listeners.delete(listen)
  }

  close(): void {
    this.#unsubscribe()
    clearTimeout(this.#timer)
    this.#listeners.clear()
  }

  #hasEnded({ ends_ms, suspended }: Key): boolean {
    return suspended || (ends_ms !== null && ends_ms <= this.#parts.clock())
  }

  async #read(): Promise<void> {
    this.#isStale = false
    try {
      const stored = await findKeys(this.#parts.pool)
      this.#keys = new Map(stored.flatMap((key) => this.#open(key)))
      this.#tellEnded()
    } catch (error) {
      this.#isStale = true
      throw error
    } finally {
      this.#reading = undefined
    }
  }

  /** A suspension ends open feeds, for which nobody asks about a key. */
  #readSoon(): void {
    this.#isStale = true
    const read = async () => {
      while (this.#isStale || this.#reading) await (this.#reading ??= this.#read())
    }
    // What cannot be read now is read with the next call: the keys stay stale.
    read().catch((error: unknown) => this.#parts.failed(error))
  }

  #open(stored: StoredKey): readonly (readonly [string, Key])[] {
    const { id, sealed_secret } = stored
    try {
      const secret = this.#parts.sealer.open(sealed_secret, secretContext(id))
      const ends_ms = sooner(stored.ends_ms, this.#ends.get(id))
      const suspended = stored.partner.stage === 'suspended'
      const partner = this.#partnerOf(stored)
      const key = { partner, secret, ends_ms, suspended, told: false }
      // Of one that comes back from a suspension the next end is told again.
      return [[id, { ...key, told: this.#hasEnded(key) && (this.#keys.get(id)?.told ?? false) }]]
    } catch (error) {
      this.#parts.failed(new Error(`the secret of the API key ${id} cannot be read`, { cause: error }))
      return []
    }
  }

  #partnerOf({ id: key, world, sandbox, partner: { id, name, ...own } }: StoredKey): Partner {
    const { quota } = this.#parts
    return {
      id,
      name,
      tenant: world,
      sandbox,
      key,
      quota: {
        connections_max: own.connections_max ?? quota.connections_max,
        requests_per_minute: own.requests_per_minute ?? quota.requests_per_minute,
        messages_per_s: own.messages_per_s ?? quota.messages_per_s,
      },
    }
  }

  #follow(events: readonly CommittedEvent[]): void {
    for (const { type, payload } of events) {
      if (type === 'partner.changed') this.#isStale = true
      if (type === 'partner.stage-changed') this.#readSoon()
      if (type === 'partner.keys-ended') this.#end(keysEnded.parse(payload))
    }
  }

  #end({ keys, ends_ms }: z.infer<typeof keysEnded>): void {
    const changed = new Map(this.#keys)
    for (const id of keys) {
      const end_ms = sooner(ends_ms, this.#ends.get(id))!
      this.#ends.set(id, end_ms)
      const key = changed.get(id)
      if (key) changed.set(id, { ...key, ends_ms: sooner(key.ends_ms, end_ms) })
    }
    this.#keys = changed
    this.#tellEnded()
  }

  /** Tells of each key whose end has come, once, and waits for the next end. */
  #tellEnded(): void {
    clearTimeout(this.#timer)
    let next_ms = Infinity
    for (const [id, key] of this.#keys) {
      if (key.told) continue
      if (this.#hasEnded(key)) {
        key.told = true
        for (const listen of this.#listeners) listen(id)
      } else if (key.ends_ms !== null) next_ms = Math.min(next_ms, key.ends_ms)
    }
    if (next_ms === Infinity) return
    const wait_ms = Math.min(next_ms - this.#parts.clock(), WAIT_MAX_MS)
    this.#timer = setTimeout(() => this.#tellEnded(), wait_ms)
    this.#timer.unref()
  }
}

function sooner(a: number | null, b: number | null | undefined): number | null {
  if (b === null || b === undefined) return a
  return a === null ? b : Math.min(a, b)
}

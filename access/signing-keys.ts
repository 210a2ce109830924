import { setTimeout as delay } from 'node:timers/promises'
import type { KeyObject } from 'node:crypto'
import type { Tail } from '../ledger/ledger.ts'
import type { CommittedEvent } from '../schema/event.ts'
import {
  goneFrom,
  isUsable,
  PUBLISHED_MS,
  signerAt,
  type PublicJwk,
  type SigningKey,
  type SigningKeyStore,
} from './signing-key.ts'

/** What signs a token and what checks one. */
export interface TokenKeys {
  signer(): Readonly<{ kid: string; privateKey: KeyObject }>
  /** `ended` for one whose tokens are worth nothing any more; undefined for one that there is not. */
  find(kid: string): Promise<KeyObject | 'ended' | undefined>
  /** Whether what it has signed is worth something, as this node knows. */
  isGood(kid: string): boolean
}

type Parts = Readonly<{
  store: SigningKeyStore
  tail: Pick<Tail, 'subscribe'>
  tokenTtl_s: number
  /** How long a key signs before the next one does. */
  rotate_ms: number
  /** Unix ms. */
  clock: () => number
}>

/** What a node does not hear of otherwise it sees after this long; far less than `PUBLISHED_MS`. */
const LOOK_MS = 60_000
/** An unknown key is looked for this often at most, whoever sends tokens that name one. */
const READ_MS = 1_000
/** Clocks of nodes are not quite the same. */
const SLACK_MS = 60_000

/**
 * The signing keys in the memory of one node. A key's life:
 *
 *     published ──PUBLISHED_MS──▶ signs ──the next one signs──▶ checks ──all it has signed has expired──▶ gone
 *         └──────────────────────────┴──────────end──────────────┴──▶ ended: its tokens are refused, within 5 s on every node
 */
export class SigningKeys implements TokenKeys {
  readonly #parts: Parts
  readonly #unsubscribe: () => void
  readonly #timer: NodeJS.Timeout
  #keys: readonly SigningKey[] = []
  #byId: ReadonlyMap<string, SigningKey> = new Map()
  #readAt_ms = -Infinity
  #reading: Promise<void> | undefined
  /** Ends that were told of: what is being read may be older. */
  readonly #ended = new Set<string>()

  private constructor(parts: Parts) {
    this.#parts = parts
    this.#unsubscribe = parts.tail.subscribe((events) => this.#follow(events))
    this.#timer = setInterval(() => void this.look().catch(() => {}), LOOK_MS) // The next look finds what this one missed.
    this.#timer.unref()
  }

  /** Resolves when there is a key that signs. */
  static async open(parts: Parts): Promise<SigningKeys> {
    const keys = new SigningKeys(parts)
    try {
      await keys.look()
      return keys
    } catch (error) {
      keys.close()
      throw error
    }
  }

  signer(): Readonly<{ kid: string; privateKey: KeyObject }> {
    // One that has just ended may still stand here, until the keys have been read again.
    const good = this.#keys.filter(({ kid }) => !this.#ended.has(kid))
    // The clock may have been set back before the first key, and the next one may have to sign before its time.
    const key = signerAt(good, this.#parts.clock()) ?? good.find(isUsable) ?? this.#keys.findLast(isUsable)
    const { kid, privateKey } = key ?? {}
    if (kid === undefined || privateKey === undefined) throw new Error('no key signs: all have ended')
    return { kid, privateKey }
  }

  async find(kid: string): Promise<KeyObject | 'ended' | undefined> {
    if (!this.#byId.has(kid)) await this.#readSoon()
    const key = this.#byId.get(kid)
    if (key === undefined) return this.#ended.has(kid) ? 'ended' : undefined
    return this.isGood(kid) ? key.publicKey : 'ended'
  }

  isGood(kid: string): boolean {
    const key = this.#byId.get(kid)
    return key !== undefined && key.ended_ms === null && !this.#ended.has(kid)
  }

  /** All keys that signed something that may be good, and the one that will sign next. */
  published(): readonly PublicJwk[] {
    return this.#keys.flatMap(({ kid, publicJwk }) => (this.isGood(kid) ? [publicJwk] : []))
  }

  /** Reads the keys, makes the next one when its time has come, and lets go of those that are gone. */
  async look(): Promise<void> {
    const { store, clock } = this.#parts
    const keys = await store.all()
    const now_ms = clock()
    const isDue = (known: readonly SigningKey[]) => this.#isNextDue(known, now_ms)
    this.#take(isDue(keys) ? await store.rotate(now_ms, isDue) : keys)
    await store.drop(this.#gone(now_ms))
  }

  close(): void {
    this.#unsubscribe()
    clearInterval(this.#timer)
  }

  #isNextDue(keys: readonly SigningKey[], now_ms: number): boolean {
    const newest = keys.findLast(isUsable)
    return newest === undefined || newest.signs_from_ms + this.#parts.rotate_ms - PUBLISHED_MS <= now_ms
  }

  #gone(now_ms: number): readonly string[] {
    const ttl_ms = this.#parts.tokenTtl_s * 1000 + SLACK_MS
    return this.#keys.flatMap((key) => ((goneFrom(key, this.#keys, ttl_ms) ?? Infinity) <= now_ms ? [key.kid] : []))
  }

  #take(keys: readonly SigningKey[]): void {
    this.#keys = keys
    this.#byId = new Map(keys.map((key) => [key.kid, key]))
  }

  /** All who ask while one read is awaited or under way share it. */
  #readSoon(): Promise<void> {
    return (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)))
  }

  async #read(): Promise<void> {
    const wait_ms = this.#readAt_ms + READ_MS - performance.now()
    if (wait_ms > 0) await delay(wait_ms)
    this.#readAt_ms = performance.now()
    this.#take(await this.#parts.store.all())
  }

  #follow(events: readonly CommittedEvent[]): void {
    for (const { type, payload } of events) {
      if (type !== 'access.key-ended' || typeof payload['key'] !== 'string') continue
      this.#ended.add(payload['key'])
      // Whoever signs next stands in the table; a token by a key that is not known yet finds it, too.
      this.look().catch(() => {})
    }
  }
}

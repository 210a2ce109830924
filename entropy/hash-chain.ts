import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import type { Sealer } from '../access/seal.ts'
import type { PublicValue } from '../game/battle/reveal.ts'
import {
  chainDue,
  chainValue,
  fixEntropy,
  makeChain,
  type Chain,
  type ChainSchedule,
  type EntropyFix,
} from '../game/fairness/chain.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { MAIN_TENANT, type TenantId } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Outcome } from '../schema/outcome.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { addChain, chainsAfter, findChain, markPublished, type ChainRow } from './chain-table.ts'
import { wallClock, type Clock } from './clock.ts'
import type { Entropy } from './entropy.ts'

export type EntropyOptions = Readonly<{
  pool: Pool
  ledger: Ledger
  sealer: Sealer
  /** How often the chain reveals its next value. A chain that is in use keeps the period it was made with. */
  period_ms: number
  /** Rounds of a new chain; a verifier hashes this often at most. */
  length?: number
  tenant?: TenantId
  clock?: Clock
  log?: Readonly<{ error(fields: object, message: string): void }>
}>

/** 18 hours at one value a second; about 0.1 s of hashing for a verifier. */
const LENGTH = 65_536

/** What stands between a decision and its commit, unless the database is away: a value is due a whole period after both. */
export const COMMIT_MS = 250

/** The next chain is published when this part of the last one is left. */
const AHEAD = 1 / 4

/** How often, at least, a node looks for chains that others have published, and whether a new one is due. */
const LOOK_MS = 5_000

/** The context under which the seed of a chain rests. */
const chainSeedContext = (id: string): string => `entropy-chain/${id}`

/**
 * The embedded entropy: hash chains that all nodes of a cell share. Its operator could know the values ahead of time, and
 * the page says so; players and spectators cannot.
 *
 *     made (row) ──event committed──▶ published ──starts_at──▶ in use ──last round──▶ past
 *                                         └── the next one is made while a quarter of it is left
 */
export async function createEntropy(options: EntropyOptions): Promise<Entropy> {
  const entropy = new HashChainEntropy(options)
  await entropy.look()
  entropy.keepLooking()
  return entropy
}

class HashChainEntropy implements Entropy {
  readonly #options: EntropyOptions
  readonly #tenant: TenantId
  readonly #clock: Clock
  readonly #length: number
  #rows: readonly ChainRow[] = []
  readonly #chains = new Map<string, Promise<Readonly<{ row: ChainRow; chain: Chain }>>>()
  #stopLooking = () => {}
  #closed = false
  /** Battles that start together are decided by one value: it is computed once. */
  #last: Readonly<{ chain: Chain; round: number; entropyValue: string }> | undefined

  constructor(options: EntropyOptions) {
    this.#options = options
    this.#tenant = options.tenant ?? MAIN_TENANT
    this.#clock = options.clock ?? wallClock
    this.#length = options.length ?? LENGTH
  }

  fix(now_ms: number): EntropyFix {
    for (const chain of this.published()) {
      const fix = fixEntropy(chain, now_ms + COMMIT_MS)
      if (fix !== null) return fix
    }
    throw new RollingDropError('matchmaking/unavailable', { what: 'entropy' })
  }

  async value({ source, round }: Readonly<{ source: string; round: number }>): Promise<PublicValue> {
    const { row, chain } = await this.#open(idIn(source))
    await this.#until(chainDue(row, round))
    if (this.#last?.chain !== chain || this.#last.round !== round)
      this.#last = { chain, round, entropyValue: chainValue(chain, round) }
    return { entropyValue: this.#last.entropyValue }
  }

  async lead_ms({ source }: Readonly<{ source: string }>): Promise<number> {
    return (await this.#open(idIn(source))).row.period_ms
  }

  published(): readonly ChainSchedule[] {
    return this.#rows
      .filter(({ published }) => published)
      .map(({ id, head, length, starts_at_ms, period_ms }) => ({ id, head, length, starts_at_ms, period_ms }))
  }

  close(): void {
    this.#closed = true
    this.#stopLooking()
  }

  /** Reads what there is, and makes and publishes what will be needed. */
  async look(): Promise<void> {
    const { pool } = this.#options
    const now_ms = this.#clock.now()
    if (this.#lacksChain(await chainsAfter(pool, this.#tenant, now_ms), now_ms)) {
      await addChain(pool, this.#tenant, now_ms, (known) =>
        this.#lacksChain(known, now_ms) ? this.#make(known) : undefined,
      )
    }
    const rows = await chainsAfter(pool, this.#tenant, now_ms)
    for (const row of rows) if (!row.published) await this.#publish(row)
    this.#rows = rows.map((row) => ({ ...row, published: true }))
    for (const id of this.#chains.keys()) if (!rows.some((row) => row.id === id)) this.#chains.delete(id)
  }

  /** The next look counts from the beginning of the last one: a slow one must not use up the time that is left. */
  keepLooking(last_ms = this.#clock.now()): void {
    const ahead_ms = AHEAD * this.#length * this.#options.period_ms
    this.#stopLooking = this.#clock.at(last_ms + Math.min(LOOK_MS, ahead_ms / 2), () => {
      const now_ms = this.#clock.now()
      this.look()
        .catch((error: unknown) => this.#options.log?.error({ error }, 'could not look after the entropy chains'))
        .finally(() => this.#closed || this.keepLooking(now_ms))
    })
  }

  /** Whether less than a quarter of a chain is left in all. */
  #lacksChain(rows: readonly ChainRow[], now_ms: number): boolean {
    const last = rows.at(-1)
    if (last === undefined) return true
    return endOf(last) - now_ms < AHEAD * last.length * last.period_ms
  }

  /** Goes on where the last one ends. */
  #make(known: readonly ChainRow[]): ChainRow {
    const now_ms = this.#clock.now()
    const id = uuidv7(now_ms)
    const seed = randomBytes(32).toString('hex')
    const { head, length } = makeChain(seed, this.#length)
    const last = known.at(-1)
    return {
      id,
      head,
      length,
      starts_at_ms: last ? endOf(last) : now_ms,
      period_ms: this.#options.period_ms,
      sealedSeed: this.#options.sealer.seal(seed, chainSeedContext(id)),
      published: false,
    }
  }

  /** The id of the outcome is the chain's: however many nodes do it, it is told once. */
  async #publish(row: ChainRow): Promise<void> {
    const { at_ms } = await this.#options.ledger.commit(publication(row, this.#tenant))
    await markPublished(this.#options.pool, row.id, at_ms)
  }

  #open(id: string) {
    const known = this.#chains.get(id)
    if (known) return known
    const opening = this.#load(id)
    this.#chains.set(id, opening)
    opening.catch(() => this.#chains.delete(id))
    return opening
  }

  async #load(id: string) {
    const row = this.#rows.find((each) => each.id === id) ?? (await findChain(this.#options.pool, this.#tenant, id))
    if (!row) throw new Error(`there is no hash chain ${id}`)
    const chain = makeChain(this.#options.sealer.open(row.sealedSeed, chainSeedContext(id)), row.length)
    if (chain.head !== row.head) throw new Error(`hash chain ${id} does not lead to its published head`)
    return { row, chain }
  }

  #until(due_ms: number): Promise<void> {
    if (this.#clock.now() >= due_ms) return Promise.resolve()
    return new Promise((resolve) => this.#clock.at(due_ms, resolve))
  }
}

function idIn(source: string): string {
  const id = /^chain:([0-9a-f-]{36})$/.exec(source)?.[1]
  if (id === undefined) throw new Error(`${source} is not a hash chain`)
  return id
}

function endOf(row: ChainRow): number {
  return row.starts_at_ms + row.length * row.period_ms
}

function publication({ id, head, length, starts_at_ms, period_ms }: ChainRow, tenant: TenantId): Outcome {
  const payload = { chain: id, head, length, starts_at_ms, period_ms }
  return {
    id,
    kind: 'entropy.publish',
    tenant,
    request: digestOf(payload),
    transfers: [],
    events: [{ type: 'entropy.published', payload }],
  }
}

import type { OwnerId, TenantId } from '../../schema/account.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { OutcomeId } from '../../schema/uuid.ts'
import { Mutex } from './mutex.ts'

export type AccountRow = {
  readonly id: string
  readonly tenant: TenantId
  readonly owner: OwnerId
  readonly asset: AssetId
  balance: bigint
  held: bigint
  version: number
  frozen: boolean
}

export type ActorRecord = {
  readonly id: string
  readonly tenant: TenantId
  readonly kind: string
  epoch: number
  version: number
  state: string
  node: string | null
  wake_at_ms: number | null
}

/** An open hold. `debit` and `credit` are ids of accounts. */
export type HoldRow = Readonly<{
  id: OutcomeId
  tenant: TenantId
  debit: string
  credit: string
  amount: bigint
  expires_at_ms: number | null
  placedBy: OutcomeId
}>

export type OutcomeRow = Readonly<{
  id: OutcomeId
  tenant: TenantId
  kind: string
  owner: OwnerId | undefined
  actor: string | null
  request: string
  steps: string | undefined
  first_seq: bigint
  last_seq: bigint
  at_ms: number
  legs: readonly LegRow[]
}>

/** A transfer as it was written; `n` counts within its outcome, whose first seq is `seq`. */
export type LegRow = Readonly<{
  seq: bigint
  n: number
  debit: AccountRow
  credit: AccountRow
  amount: bigint
  debit_after: bigint
  credit_after: bigint
  hold: OutcomeId | undefined
  outcome: OutcomeId
}>

/** `payload` is JSON text, as it was hashed. */
export type EventRow = Readonly<Omit<CommittedEvent, 'payload'> & { payload: string }>

/** sha256(previous hash ‖ digest ‖ last seq ‖ time): the chain, one link a batch. */
export type BatchRow = Readonly<{
  first_seq: bigint
  last_seq: bigint
  at_ms: number
  salt: Buffer
  digest: Buffer
  hash: Buffer
}>

const DAY_MS = 86_400_000

/** What a ledger in memory has written; the same tables as in Postgres. Several ledgers may share them, as nodes share one. */
export class MemoryTables {
  readonly lineage: string
  /** The store's clock, unix ms. */
  readonly now_ms: () => number
  /** Ids with an earlier time are refused by the store itself: no partition takes them. */
  readonly oldest_ms: number
  /** Whoever reads in order to write holds it. */
  readonly mutex = new Mutex()
  readonly stripes = new Set<number>()

  /** By id; closed ones stay for the names of old transfers. */
  readonly accounts = new Map<string, AccountRow>()
  /** By `accountKey`, open ones only. */
  readonly open = new Map<string, AccountRow>()
  /** All accounts, open or closed, that have gone by the name of an owner, without its stripe. */
  readonly byOwner = new Map<string, AccountRow[]>()
  readonly legs = new Map<string, LegRow[]>()
  readonly actors = new Map<string, ActorRecord>()
  readonly finished = new Map<string, ActorRecord>()
  readonly holds = new Map<string, HoldRow>()
  readonly holdsOf = new Map<string, Set<HoldRow>>()
  readonly closedHolds = new Map<string, HoldRow & Readonly<{ how: string; posted: bigint; by: OutcomeId }>>()
  readonly outcomes = new Map<string, OutcomeRow>()
  /** The event of seq n stands at n − 1. */
  readonly events: EventRow[] = []
  readonly batches: BatchRow[] = []
  #accounts = 0

  constructor(options: Readonly<{ now_ms: () => number; lineage?: string }>) {
    this.now_ms = options.now_ms
    this.lineage = options.lineage ?? 'memory0000000000'
    this.oldest_ms = Math.floor(options.now_ms() / DAY_MS) * DAY_MS - DAY_MS
  }

  get head(): Readonly<{ seq: bigint; hash: Buffer; at_ms: number }> {
    const last = this.batches.at(-1)
    return last === undefined
      ? { seq: 0n, hash: Buffer.alloc(32), at_ms: 0 }
      : { seq: last.last_seq, hash: last.hash, at_ms: last.at_ms }
  }

  nextAccountId(): string {
    return String(++this.#accounts)
  }
}

export function ownerKey(tenant: TenantId, owner: OwnerId): string {
  return `${tenant}\u001f${owner}`
}

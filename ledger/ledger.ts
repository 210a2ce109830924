import type { OwnerId, TenantId } from '../schema/account.ts'
import type { AssetId } from '../schema/asset.ts'
import type { CommittedEvent } from '../schema/event.ts'
import type { Balance, Outcome, Receipt } from '../schema/outcome.ts'
import type { OutcomeId } from '../schema/uuid.ts'

/**
 * The one door to money. `commit` resolves once the outcome is durable, or rejects with a RollingDropError:
 * `ledger/insufficient`, `ledger/frozen`, `ledger/fenced`, `ledger/conflict`, `ledger/hold-gone`, `ledger/hold-exceeded`,
 * `ledger/overflow`, `ledger/invalid`, `ledger/too-far-ahead`, `ledger/poisoned`: refused, nothing was written;
 * `ledger/overloaded`: not taken in; `ledger/unavailable`: unknown, submit the same outcome again.
 */
export interface Ledger {
  commit(outcome: Outcome): Promise<Receipt>
  readonly reader: LedgerReader
  readonly actors: Actors
}

/** One line of a statement. `amount` is negative when it went out; `balance` is the account's after it. */
export type StatementEntry = Readonly<{
  seq: bigint
  n: number
  at_ms: number
  kind: string
  outcome: OutcomeId
  actor: string | null
  asset: AssetId
  amount: bigint
  balance: bigint
}>

/** Where a page of a statement goes on: entries before this one, newest first. */
export type StatementKey = Readonly<{ seq: bigint; n: number }>

export type StatementQuery = Readonly<{
  tenant: TenantId
  owner: OwnerId
  limit: number
  asset?: AssetId
  before?: StatementKey
  /** Of outcomes of this kind only. */
  kind?: string
  /** Committed at this time (unix ms) or later, and before that one. */
  since_ms?: number
  until_ms?: number
}>

export type EventQuery = Readonly<{
  /** Events with a greater seq. */
  since: bigint
  limit: number
  until?: bigint
  tenant?: TenantId
  type?: string
  actor?: string
  /** The one user an event concerns. */
  user?: string
  /** The outcome it came with. */
  outcome?: OutcomeId
}>

export type Head = Readonly<{ lineage: string; seq: bigint; hash: Uint8Array; at_ms: number }>

/** Everything is read for one tenant, except `head` and `events` without a tenant, which are the cell's. */
export interface LedgerReader {
  balances(tenant: TenantId, owner: OwnerId): Promise<readonly Balance[]>
  balance(tenant: TenantId, owner: OwnerId, asset: AssetId): Promise<Balance | undefined>
  /** Newest first. */
  statement(query: StatementQuery): Promise<readonly StatementEntry[]>
  /** The balance right after `seq`; 0 before the account's first transfer. */
  balanceAt(tenant: TenantId, owner: OwnerId, asset: AssetId, seq: bigint): Promise<bigint>
  /** Ascending by seq, without gap as far as the filter goes. */
  events(query: EventQuery): Promise<readonly CommittedEvent[]>
  /** The receipt of an outcome, to its owner only; undefined when there is none or it is somebody else's. */
  receipt(tenant: TenantId, owner: OwnerId, id: OutcomeId): Promise<Receipt | undefined>
  head(): Promise<Head>
}

/** An actor's durable row as an activation sees it. */
export type ActorRow = Readonly<{
  id: string
  tenant: TenantId
  kind: string
  epoch: number
  version: number
  state: string
  node: string | null
  wake_at_ms: number | null
  finished: boolean
}>

/** An actor as one activation of it holds it. */
export type Activation = Readonly<{ id: string; epoch: number }>

/** One of `of` slices of all actors, `nth` from 0: the same for everyone who asks. */
export type Slice = Readonly<{ nth: number; of: number }>

/** Who acts for whom. An actor with live owner elsewhere is not given away; the fence holds even if two believe they have it. */
export interface Actors {
  /** Raises epoch and version for `node` and returns the row. Undefined when a live node has it, or it is finished or unknown. */
  activate(id: string, node: string): Promise<ActorRow | undefined>
  /** Gives the actor back, if this activation is still the last. */
  release(actor: Readonly<{ id: string; epoch: number; version: number }>): Promise<boolean>
  /** The row, also of a finished actor. */
  find(id: string): Promise<ActorRow | undefined>
  /** Rows of many actors, in no order; unknown ids are left out. */
  findMany(ids: readonly string[]): Promise<readonly ActorRow[]>
  /**
   * Actors (not finished) of `kind` that no live node has and whose alarm is due, or that were left by a dead node. With a
   * `slice` those of that slice come first, so that nodes that claim at once take different ones.
   */
  claimable(kind: string, limit: number, slice?: Slice): Promise<readonly string[]>
  /** Of these activations those that another one has followed, with the last epoch of the actor, finished or not. */
  superseded(activations: readonly Activation[]): Promise<readonly Activation[]>
  /** Not finished actors of a kind, newest first by id, before `before`. */
  open(
    query: Readonly<{ tenant: TenantId; kind: string; before?: string; limit: number }>,
  ): Promise<readonly ActorRow[]>
  /** Finished actors of a kind, newest first by id, before `before`. */
  finished(
    query: Readonly<{ tenant: TenantId; kind: string; before?: string; limit: number }>,
  ): Promise<readonly ActorRow[]>
}

/** The node's ordered stream of committed events: every event once, in order of seq, after its commit. */
export interface Tail {
  readonly lineage: string
  /** The last seq delivered. */
  readonly seq: bigint
  /** Events with seq > `since` still in memory; undefined when `since` is older than what is kept. */
  recent(since: bigint): readonly CommittedEvent[] | undefined
  /** Calls `listen` with every following run of events, in order. Returns how to stop. */
  subscribe(listen: (events: readonly CommittedEvent[]) => void): () => void
}

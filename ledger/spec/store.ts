import type { OwnerId, TenantId } from '../../schema/account.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { GroupCommitLimits } from '../group-commit.ts'
import type { Ledger } from '../ledger.ts'
import type { LedgerTail } from '../tail.ts'

/** What every store must offer to be held to the spec: ledgers over it, a clock that can be moved, and a look inside. */
export type SpecStore = Readonly<{
  /** A ledger over the store, as a node opens one; several may be open at once. */
  open(limits?: Partial<GroupCommitLimits>): Promise<SpecLedger>
  /** The store's clock, unix ms. */
  now_ms(): Promise<number>
  /** Lets `ms` pass at once. */
  pass(ms: number): Promise<void>
  /** A node whose lease runs until it dies. */
  node(): Promise<Readonly<{ id: string; die(): Promise<void> }>>
  /** The tenant's accounts as they are stored: stripes apart, lapsed holds still held until they are closed. */
  accounts(tenant: TenantId): Promise<readonly StoredAccount[]>
  /** Everything the tenant has in the store, as text: equal texts, equal bytes. */
  dump(tenant: TenantId): Promise<string>
  close(): Promise<void>
}>

export type SpecLedger = Readonly<{
  ledger: Ledger
  tail: LedgerTail
  /** Closes what has lapsed by the store's clock. */
  expire(): Promise<void>
  close(): Promise<void>
}>

export type StoredAccount = Readonly<{
  owner: OwnerId
  asset: AssetId
  balance: bigint
  held: bigint
}>

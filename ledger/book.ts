import { isStriped, kindOf, type AccountKind, type OwnerId, type TenantId } from '../schema/account.ts'
import type { AssetId } from '../schema/asset.ts'
import type { OutcomeId } from '../schema/uuid.ts'

/**
 * A batch's working copy of everything its outcomes touch. `decide` changes it in place, outcome by outcome; what stands in it
 * at the end is what the store writes.
 */
export type Book = Readonly<{
  /** The batch's time (unix ms), by the store's clock. */
  now_ms: number
  accounts: Map<string, Account>
  /** Striped owners stand here under their plain name while all their stripes are loaded. */
  stripes: Map<string, readonly Account[]>
  actors: Map<string, Actor>
  holds: Map<string, Hold>
  /** Ids the batch would give out that a finished actor or a closed hold has had. */
  used: ReadonlySet<string>
  seen: Map<string, Seen>
}>

export type Account = {
  readonly id: string
  readonly tenant: TenantId
  readonly owner: OwnerId
  readonly asset: AssetId
  readonly kind: AccountKind
  readonly may_be_negative: boolean
  readonly isNew: boolean
  balance: bigint
  held: bigint
  frozen: boolean
  /** How many times it changed in this batch. */
  changes: number
  /** Set when the batch closes it for good. */
  closed: boolean
}

export type Actor = {
  readonly id: string
  readonly tenant: TenantId
  readonly kind: string
  readonly isNew: boolean
  epoch: number
  version: number
  state: string | undefined
  /** undefined: unchanged. */
  wake_at_ms: number | null | undefined
  finished: boolean
  changes: number
}

export type Hold = {
  readonly id: OutcomeId
  readonly tenant: TenantId
  readonly debit: Account
  /** Undefined when the batch did not name the hold (it only frees what has lapsed), or when the account is closed for good. */
  readonly credit: Account | undefined
  readonly amount: bigint
  readonly expires_at_ms: number | null
  readonly placedBy: OutcomeId
  readonly isNew: boolean
  closed: Readonly<{ by: OutcomeId; how: 'posted' | 'voided' | 'expired'; posted: bigint }> | undefined
}

/** An outcome that committed before, as far as a second submission of its id needs it. */
export type Seen = Readonly<{
  request: string
  first_seq: bigint
  last_seq: bigint
  at_ms: number
  balances: readonly Readonly<{ owner: OwnerId; asset: AssetId; balance: bigint }>[]
}>

/** The tenant whose accounts stand between tenants. */
export const CELL_TENANT: TenantId = 'cell'

/** The key of an account in a book: tenant, owner and asset. A settlement account belongs to the cell. */
export function accountKey(tenant: TenantId, owner: OwnerId, asset: AssetId): string {
  const home = owner.startsWith('settlement:') ? CELL_TENANT : tenant
  return `${home}\u001f${owner}\u001f${asset}`
}

/** Undoes `accountKey`. */
export function accountOfKey(key: string): { tenant: TenantId; owner: OwnerId; asset: AssetId } {
  const [tenant, owner, asset] = key.split('\u001f') as [TenantId, OwnerId, AssetId]
  return { tenant, owner, asset }
}

/** Whether the owner's account is spread over stripes. */
export function hasStripes(owner: OwnerId): boolean {
  const kind = kindOf(owner)
  return kind !== undefined && isStriped(kind) && !owner.includes('#')
}

/** `house:main` on stripe 3 is `house:main#3`. */
export function stripeOwner(owner: OwnerId, stripe: number): OwnerId {
  return `${owner}#${stripe}`
}

/** `house:main#3` is `house:main`; other owners are themselves. */
export function plainOwner(owner: OwnerId): OwnerId {
  const at = owner.indexOf('#')
  return at < 0 ? owner : owner.slice(0, at)
}

import type { AccountKind, OwnerId, TenantId } from './account.ts'
import type { Amount } from './amount.ts'
import type { AssetId } from './asset.ts'
import type { EventDraft } from './event.ts'
import type { OutcomeId } from './uuid.ts'

/** Moves `amount` > 0 of `asset` from one owner to another in the outcome's tenant. Both legs commit or neither. */
export type Transfer = Readonly<{ asset: AssetId; debit: OwnerId; credit: OwnerId; amount: Amount }>

/**
 * A transfer in two phases. `place` reserves `amount` of the debit account; `post` moves all of it, or `amount` of it, and
 * frees the rest; `void` frees it. From `expires_at_ms` (unix ms) on the money counts as free without anyone asking, and the
 * ledger itself closes the hold by an `expire` step, which is refused before that time.
 */
export type HoldStep =
  | (Transfer & Readonly<{ type: 'place'; hold: OutcomeId; expires_at_ms: number | null }>)
  | Readonly<{ type: 'post'; hold: OutcomeId; amount?: Amount }>
  | Readonly<{ type: 'void'; hold: OutcomeId }>
  | Readonly<{ type: 'expire'; hold: OutcomeId }>

/**
 * Freezes an account (money may come in, none may go out) or frees it again. What an outcome frees it frees before it moves anything, what
 * it freezes it freezes at its end: with both steps it takes from an account that stays frozen for everyone else.
 */
export type FreezeStep = Readonly<{ owner: OwnerId; asset: AssetId; frozen: boolean }>

/**
 * The fence and the state that rides with the outcome. `epoch` and `version` are what the writer last saw; a commit raises
 * `version` by one. Epoch 0 with version 0 creates the actor. `state` is JSON text; left out, it stays as it is.
 * `wake_at_ms` is the actor's durable alarm: null none, left out unchanged. `finished` takes it off the hot table.
 */
export type ActorStep = Readonly<{
  id: string
  kind: string
  epoch: number
  version: number
  state?: string
  wake_at_ms?: number | null
  finished?: boolean
}>

/** The unit of work: all of it commits or none of it. At least one event. `request` is the SHA-256 (hex) of the command. */
export type Outcome = Readonly<{
  id: OutcomeId
  kind: string
  tenant: TenantId
  request: string
  /** Who may read the receipt. */
  owner?: OwnerId
  actor?: ActorStep
  transfers: readonly Transfer[]
  holds?: readonly HoldStep[]
  freezes?: readonly FreezeStep[]
  events: readonly EventDraft[]
}>

/** A balance after the outcome. Striped accounts (house, issuers) are left out. */
export type BalanceAfter = Readonly<{ owner: OwnerId; asset: AssetId; balance: bigint }>

/** What a committed outcome returns; the same again (`replayed: true`) when the same outcome is submitted again. */
export type Receipt = Readonly<{
  id: OutcomeId
  first_seq: bigint
  last_seq: bigint
  at_ms: number
  balances: readonly BalanceAfter[]
  replayed: boolean
}>

/** A balance as it stands: `held` of it is reserved, so `balance − held` can be spent. */
export type Balance = Readonly<{
  owner: OwnerId
  asset: AssetId
  kind: AccountKind
  balance: bigint
  held: bigint
  frozen: boolean
}>

import type { TenantId } from '../../schema/account.ts'
import type { Amount } from '../../schema/amount.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { Limited } from '../../schema/battle-event.ts'
import type { BattleMode } from '../../schema/battle-mode.ts'
import type { BattlePhase } from '../../schema/battle-state.ts'
import type { Box } from '../../schema/box.ts'
import type { ErrorCode } from '../../schema/errors.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { Transfer } from '../../schema/outcome.ts'
import type { EntropyFix } from '../fairness/chain.ts'

/**
 * Who sits where. `user` is null for a bot; `name` is shown in the room and never leaves in an event. `borrow` is the
 * percent of the stake that the house lent, and of the winnings that it takes. `taken`: from the player's budgets, where there are limits.
 */
export type Seat = Readonly<{
  user: string | null
  name: string
  bot: boolean
  clientSeed: string
  borrow: number
  taken?: Taken
}>

/** What is taken from a player's budgets for a seat, and when (unix ms). Given back with the seat. */
export type Taken = Readonly<{ transfers: readonly Transfer[]; at_ms: number }>

/** One prize of one seat in one round: `prize` is the index into the prizes of the round's box. */
export type Pull = Readonly<{ round: number; seat: number; prize: number }>

/** `amount` of `asset`, an item's or the battle's money, that the owner of `seat` gets. What a bot's seat gets stays with the house: nothing is issued. */
export type Payout = Readonly<{ seat: number; asset: AssetId; amount: Amount }>

/**
 * What a drawn battle comes to: pulls by round, then seat; the worth of what each seat opened; the winning seats, rising;
 * what each seat gets; `pot`, the worth of everything opened, in smallest units of the battle's asset.
 */
export type Result = Readonly<{
  pulls: readonly Pull[]
  totals: readonly Amount[]
  winners: readonly number[]
  payouts: readonly Payout[]
  pot: Amount
}>

/**
 * A battle as it is stored with its actor.
 *
 *     waiting ──cancel while alone / expiry──▶ cancelled
 *        │ last seat: entropy fixed
 *        ▼
 *     drawing ──entropy arrives──▶ revealing ──last round shown──▶ settled
 *
 * `boxes` are the distinct boxes, `rounds[i]` the index of the box opened in round i. Times are unix ms of the commit.
 * The server seed is not in here in the clear: `sealedSeed` is opened by the room with the key of the configuration.
 */
export type Battle = Readonly<{
  id: string
  tenant: TenantId
  phase: BattlePhase
  mode: BattleMode
  /** Seats in a row that are one side; 1 when everyone is alone. */
  teamSize: number
  asset: AssetId
  /** What one seat costs: the sum of the prices of its rounds. */
  price: Amount
  /** Percent of the other players' stakes that the creator pays; it lies in the escrow from the creation on. */
  sponsor: number
  /** Level that the other players must have. */
  minLevel: number
  /** Percent of a stake that players may borrow. */
  borrowMax: number
  boxes: readonly Box[]
  rounds: readonly number[]
  /** Of the items in the boxes those of limited stock, in the order in which they stand there; before the start nothing is reserved. */
  limited: readonly Limited[]
  seats: readonly (Seat | null)[]
  creator: string
  unlisted: boolean
  /** Whether its rounds were asked to be shown faster: `reveal_ms` says how fast. */
  fast: boolean
  created_ms: number
  expires_ms: number
  seedHash: string
  boxesHash: string
  sealedSeed: string
  /** In the clear only once settled. */
  serverSeed: string | null
  /** `signature`, of a drand round, is what its value is checked by. */
  entropy: (EntropyFix & Readonly<{ value: string | null; signature?: string }>) | null
  /** When round 0 is shown; round i is shown at `reveal_from_ms + i × reveal_ms`. Set when drawn. */
  reveal_from_ms: number | null
  reveal_ms: number
  /** Set when settled; until then whoever has the seed recomputes it. */
  result: Result | null
}>

/** What a decision asks the ledger to commit, besides the new state. */
export type Effects = Readonly<{
  kind: string
  transfers: readonly Transfer[]
  events: readonly EventDraft[]
  wake_at_ms: number | null
  finished: boolean
}>

export type Decision =
  | Readonly<{ ok: true; battle: Battle; effects: Effects }>
  | Readonly<{ ok: false; code: ErrorCode; details?: unknown }>

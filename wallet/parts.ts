import type { Pool } from 'pg'
import type { Principal } from '../access/access.ts'
import type { Persons } from '../access/persons/persons.ts'
import type { Sealer } from '../access/seal.ts'
import type { Signals } from '../access/signals.ts'
import type { ReviewRules } from '../game/wallet/review.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Limits } from '../limits/limits.ts'
import type { AssetId } from '../schema/asset.ts'
import type { PaymentProvider } from './provider.ts'

/** What a wallet is made of. */
export type WalletParts = Readonly<{
  pool: Pool
  ledger: Ledger
  limits: Pick<Limits, 'depositWithin'>
  persons: Pick<Persons, 'demandProven'>
  signals: Pick<Signals, 'record'>
  sealer: Sealer
  /** Undefined: nothing can be paid in or out. */
  provider: PaymentProvider | undefined
  settings: WalletSettings
  /** Unix ms. */
  clock: () => number
}>

export type WalletSettings = Readonly<{
  /** What can be paid in and out: real money only. */
  money: readonly AssetId[]
  /** Of one payment, in smallest units. */
  min: bigint
  max: bigint
  /** Payments of one user that are begun and not decided. */
  open_max: number
  /** A payment that was begun and not heard of is given up after this long. */
  expiry_ms: number
  /** The provider is asked for the first time after this long, then after twice as long each time. */
  ask_ms: number
  /** Refunds and charge-backs may come for this long. */
  kept_ms: number
  review: ReviewRules
}>

/** Who commands. */
export type Owner = Pick<Principal, 'tenant' | 'user'>

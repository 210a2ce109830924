import type { Pool } from 'pg'
import type { Principal } from '../access/access.ts'
import type { Accounts } from '../access/accounts/accounts.ts'
import type { AccessOperations } from '../access/open.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import type { Limits } from '../limits/limits.ts'

/** What the market asks for and keeps to. Prices are in smallest units. */
export type MarketConfig = Readonly<{
  fee_bps: number
  price_min: bigint
  price_max: bigint
  offersPerUser: number
  expiry_s: number
  tradeExpiry_s: number
  /** Real things worth more (cents) are traded or given away with a fresh proof only. */
  confirmAbove: bigint
}>

/** What the market is made of. */
export type MarketParts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Pick<Tail, 'subscribe'>
  catalog: Pick<Catalog, 'items'>
  limits: Pick<Limits, 'within'>
  access: Pick<AccessOperations, 'names'>
  accounts: Pick<Accounts, 'demandConfirmed'>
  config: MarketConfig
  /** Unix ms. */
  clock: () => number
  log: Readonly<{ error: (about: object, message: string) => void }>
}>

/** Who commands or asks. */
export type Who = Pick<Principal, 'tenant' | 'user'>

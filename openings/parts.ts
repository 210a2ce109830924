import type { Pool } from 'pg'
import type { Principal } from '../access/access.ts'
import type { Sealer } from '../access/seal.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Commission } from '../game/partner/commission.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Limits } from '../limits/limits.ts'
import type { TenantId } from '../schema/account.ts'
import type { AssetId } from '../schema/asset.ts'
import type { EventDraft } from '../schema/event.ts'
import type { Transfer } from '../schema/outcome.ts'
import type { OpeningOpened } from '../schema/opening.ts'
import type { OutcomeId } from '../schema/uuid.ts'

/** What openings are made of. */
export type OpeningParts = Readonly<{
  pool: Pool
  ledger: Ledger
  catalog: Pick<Catalog, 'box' | 'items' | 'limited'>
  sealer: Sealer
  limits: Pick<Limits, 'within'>
  /** Who earns of the openings in a tenant; left out, nobody does. */
  commissionIn?: (tenant: TenantId) => Promise<Commission | undefined>
  /** Unix ms. */
  clock: () => number
}>

/** Who commands. */
export type Owner = Pick<Principal, 'tenant' | 'user'>

/** An opening that is about to be committed under `id`: `price` is that of all boxes together. */
export type PlannedOpening = Readonly<{ id: OutcomeId; box: string; count: number; asset: AssetId; price: bigint }>

/** Whoever pays an opening instead of the user's account, and takes the money that is won. */
export type Payer = Readonly<{
  /** Called before an opening is committed for the first time; what it throws ends the opening. */
  before: (planned: PlannedOpening) => Promise<void>
  /** What goes into the opening's outcome: money that comes before it is paid, money that goes when it has been, and what is told. */
  around: (
    opened: OpeningOpened,
  ) => Readonly<{ before: readonly Transfer[]; after: readonly Transfer[]; events: readonly EventDraft[] }>
}>

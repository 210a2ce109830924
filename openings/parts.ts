import type { Pool } from 'pg'
import type { Principal } from '../access/access.ts'
import type { Sealer } from '../access/seal.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** What openings are made of. */
export type OpeningParts = Readonly<{
  pool: Pool
  ledger: Ledger
  catalog: Pick<Catalog, 'box' | 'items' | 'limited'>
  sealer: Sealer
  /** Unix ms. */
  clock: () => number
}>

/** Who commands. */
export type Owner = Pick<Principal, 'tenant' | 'user'>

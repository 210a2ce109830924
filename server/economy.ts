import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Accounts } from '../access/accounts/accounts.ts'
import type { AccessOperations } from '../access/open.ts'
import type { Outbound } from '../access/outbound.ts'
import type { Sealer } from '../access/seal.ts'
import { createSignals, type Signals } from '../access/signals.ts'
import { createCatalog, type Catalog } from '../catalog/catalog.ts'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import { createOpenings, type Openings } from '../openings/openings.ts'

/** What the parts between the ledger and the doors stand on. */
export type EconomyParts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Tail
  access: AccessOperations
  accounts: Accounts
  sealer: Sealer
  /** The guarded way to call a tenant's URL. */
  outbound: Outbound
  /** Unix ms. */
  clock: () => number
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}>

/** What rooms and services share: each thing once a node. */
export type Economy = Readonly<{
  signals: Signals
  catalog: Catalog
  openings: Openings
  /** Resolves when nothing is under way. */
  close(): Promise<void>
}>

/** Opens what is bought, sold, opened, paid and owed on this node. */
export function openEconomy(parts: EconomyParts): Economy {
  const { pool, ledger, tail, sealer, clock } = parts
  const signals = createSignals(parts)
  const catalog = createCatalog({ pool, tail })
  const openings = createOpenings({ pool, ledger, catalog, sealer, clock })
  return {
    signals,
    catalog,
    openings,
    close: () => {
      catalog.close()
      return signals.close()
    },
  }
}

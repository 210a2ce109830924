import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Accounts } from '../access/accounts/accounts.ts'
import type { AccessOperations } from '../access/open.ts'
import type { Outbound } from '../access/outbound.ts'
import type { PartnerAdministration } from '../access/partners/administration.ts'
import type { PartnerBook } from '../access/partners/book.ts'
import type { Sealer } from '../access/seal.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Openings } from '../openings/openings.ts'

/** What is done for partners, and by them, is made of. */
export type PartnerParts = Readonly<{
  pool: Pool
  ledger: Ledger
  access: AccessOperations
  accounts: Accounts
  sealer: Sealer
  outbound: Outbound
  openings: Openings
  book: PartnerBook
  administration: PartnerAdministration
  /** Unix ms. */
  clock: () => number
  log: Pick<Logger, 'warn' | 'error'>
}>

import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Accounts } from '../access/accounts/accounts.ts'
import type { AccessOperations } from '../access/open.ts'
import type { Outbound } from '../access/outbound.ts'
import { PartnerAdministration } from '../access/partners/administration.ts'
import { createPartnerBook, type PartnerBook } from '../access/partners/book.ts'
import { createPartnerDomains, type PartnerDomains } from '../access/partners/domains.ts'
import type { KycProvider } from '../access/persons/kyc.ts'
import { createPersons, type PersonParts, type Persons } from '../access/persons/persons.ts'
import type { Sealer } from '../access/seal.ts'
import { createSignals, type Signals } from '../access/signals.ts'
import { Staff } from '../access/staff/staff.ts'
import { Boxes, type BoxSettings } from '../catalog/boxes.ts'
import { createCatalog, type Catalog } from '../catalog/catalog.ts'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import { createLimits, type LimitParts, type Limits } from '../limits/limits.ts'
import { Alarms } from '../ledger/alarms.ts'
import { createMarket, type Market } from '../market/market.ts'
import type { MarketConfig } from '../market/parts.ts'
import { createOpenings, type Openings } from '../openings/openings.ts'
import { createPartners, type Partners, type PartnerSettings } from '../partners/partners.ts'
import type { WalletSettings } from '../wallet/parts.ts'
import type { PaymentProvider } from '../wallet/provider.ts'
import { createWallet, type Wallet } from '../wallet/wallet.ts'
import { commissionsOf } from './partners.ts'

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
  /** Who checks identities; left out, only the staff does. */
  kyc?: KycProvider
  play: PlayRules
  boxes: BoxSettings
  market: MarketConfig
  payments: Payments
  partnering: PartnerSettings
  /** Unix ms. */
  clock: () => number
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}>

/** What may be sold to whom where a tenant has no rules of its own, and how long people can exclude themselves. */
export type PlayRules = Pick<PersonParts, 'usualRules'> & Pick<LimitParts, 'choices'>

/** Who moves money outside, and within which bounds; without a provider nobody does. */
export type Payments = Readonly<{ provider?: PaymentProvider; settings: WalletSettings }>

/** What rooms and services share: each thing once a node. */
export type Economy = Readonly<{
  staff: Staff
  signals: Signals
  catalog: Catalog
  boxes: Boxes
  persons: Persons
  limits: Limits
  openings: Openings
  market: Market
  wallet: Wallet
  partnerBook: PartnerBook
  domains: PartnerDomains
  partnering: Partners
  /** Resolves when nothing is under way. */
  close(): Promise<void>
}>

/** Opens what is bought, sold, opened, paid and owed on this node. */
export function openEconomy(parts: EconomyParts): Economy {
  const { pool, ledger, tail, sealer, clock } = parts
  const signals = createSignals(parts)
  const staff = new Staff({ ...parts, failed: (error) => parts.log.error({ err: error }, 'the staff’s doings') })
  const catalog = createCatalog({ pool, tail })
  const failed = (error: unknown): void => parts.log.error({ err: error }, 'a box')
  const boxes = new Boxes({ pool, ledger, tail, clock, failed, settings: parts.boxes })
  const persons = createPersons({ ...parts, kyc: parts.kyc, usualRules: parts.play.usualRules })
  const partnerBook = createPartnerBook({ pool, tail })
  const limits = createLimits({ ...parts, persons, choices: parts.play.choices })
  const openings = createOpenings({
    limits,
    pool,
    ledger,
    catalog,
    sealer,
    clock,
    commissionIn: commissionsOf(partnerBook),
  })
  const market = createMarket({ ...parts, catalog, limits, config: parts.market })
  const { provider, settings } = parts.payments
  const wallet = createWallet({ ...parts, limits, persons, signals, provider, settings })
  const administration = new PartnerAdministration(parts)
  const partnering = createPartners({ ...parts, openings, book: partnerBook, administration }, parts.partnering)
  const alarms = new Alarms({
    pool,
    tail,
    kinds: {
      ...market.rings,
      payment: (actor, now_ms) => wallet.ring(actor, now_ms),
      rollback: (actor) => partnering.ring(actor),
    },
    failed: (error) => parts.log.error({ err: error }, 'an alarm could not be rung; it is tried again'),
  })
  return {
    staff,
    signals,
    catalog,
    boxes,
    persons,
    limits,
    openings,
    market,
    wallet,
    partnerBook,
    domains: createPartnerDomains(partnerBook),
    partnering,
    close: async () => {
      partnerBook.close()
      catalog.close()
      persons.close()
      limits.close()
      await Promise.all([alarms.close(), market.close(), staff.close(), signals.close(), boxes.close()])
    },
  }
}

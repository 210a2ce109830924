import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HttpBindings } from '@hono/node-server'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Principal } from '../access/access.ts'
import type { Accounts, Origin } from '../access/accounts/accounts.ts'
import type { ProviderSignIn } from '../access/accounts/oidc.ts'
import type { AccessOperations } from '../access/open.ts'
import type { Partner, PartnerAccess } from '../access/partner.ts'
import type { PartnerBook } from '../access/partners/book.ts'
import type { PartnerDomains } from '../access/partners/domains.ts'
import type { Persons } from '../access/persons/persons.ts'
import type { Sealer } from '../access/seal.ts'
import type { Staff } from '../access/staff/staff.ts'
import type { Trace } from '../access/trace.ts'
import type { Signals } from '../access/signals.ts'
import type { Boxes } from '../catalog/boxes.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Entropy } from '../entropy/entropy.ts'
import type { Checkpoints } from '../ledger/checkpoints.ts'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import type { AnalyticsReader } from '../schema/analytics.ts'
import type { ClientEvents } from '../schema/client-event.ts'
import type { FraudRules } from '../schema/fraud.ts'
import type { Limits } from '../limits/limits.ts'
import type { Market } from '../market/market.ts'
import type { Openings } from '../openings/openings.ts'
import type { Partners } from '../partners/partners.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { UserLimit } from './user-limit.ts'

/** What analysts ask, and what pages tell of their use. */
export type Analytics = AnalyticsReader & Readonly<{ clientEvents: ClientEvents }>

/** What the services are made of. `main.ts` wires it; nothing here reads the environment. */
export type ServiceParts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Pick<Tail, 'lineage' | 'seq'>
  access: AccessOperations
  accounts: Accounts
  staff: Staff
  providerSignIn: ProviderSignIn
  signals: Signals
  catalog: Catalog
  boxes: Boxes
  openings: Openings
  market: Market
  wallet: Wallet
  limits: Limits
  persons: Persons
  partnerBook: PartnerBook
  domains: PartnerDomains
  partnerAccess: PartnerAccess
  partnering: Partners
  sealer: Sealer
  entropy: Pick<Entropy, 'published' | 'beacon'>
  checkpoints: Pick<Checkpoints, 'list'>
  analytics: Analytics
  userLimit: Pick<UserLimit, 'take'>
  config: ServiceConfig
  /** This node's id, for /health. */
  node: string
  /** Unix ms. */
  clock: () => number
  log: Pick<Logger, 'error' | 'warn'>
}>

export type ServiceConfig = Readonly<{
  /** How long a new battle waits for players, and how long each of its rounds is shown, and of a fast one. */
  battleWait_ms: number
  reveal_ms: number
  fastReveal_ms: number
  /** Battles of one creator that are not over. */
  battlesPerUser: number
  /** New guests, tries of something secret, and requests of any kind, from one client address; commands of one user. */
  guestsPerMinute: number
  attemptsPerMinute: number
  requestsPerMinute: number
  commandsPerMinute: number
  /** Requests of any kind of one user over all nodes. */
  userRequestsPerMinute: number
  /** Of what pages tell of their use, of one user. */
  clientBatchesPerMinute: number
  fraud: FraudRules
  /** Of most routes, of those that take a secret, of those that take much in one go. */
  body_bytes_max: number
  secretBody_bytes_max: number
  bulkBody_bytes_max: number
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[]
  /** Where the pages are reached from outside; without a slash at its end. */
  site: string
  /** Pages come from a development server, which puts inline scripts into them. */
  dev: boolean
}>

export type ServiceEnv = {
  Bindings: Partial<HttpBindings>
  Variables: {
    principal: Principal
    partner: Partner
    key: string
    origin: Origin
    trace: Trace
    foreignOrigin: string | undefined
  }
}

export type Services = OpenAPIHono<ServiceEnv>

import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { Accounts } from '../access/accounts/accounts.ts'
import { Mail } from '../access/accounts/mail.ts'
import { createProviderSignIn } from '../access/accounts/oidc.ts'
import { PostgresAccounts } from '../access/accounts/open.ts'
import { Passwords } from '../access/accounts/password.ts'
import { createAccess, type AccessOperations } from '../access/open.ts'
import { createOutbound } from '../access/outbound.ts'
import type { Persons } from '../access/persons/persons.ts'
import type { PartnerDomains } from '../access/partners/domains.ts'
import { createSealer } from '../access/seal.ts'
import type { Signals } from '../access/signals.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { seedCatalog } from '../catalog/seed.ts'
import { checkpointKey } from '../ledger/checkpoint-key.ts'
import { createCheckpoints, type Checkpoints } from '../ledger/checkpoints.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import type { Limits } from '../limits/limits.ts'
import type { Market } from '../market/market.ts'
import type { MarketConfig } from '../market/parts.ts'
import type { Openings } from '../openings/openings.ts'
import type { Tokens } from '../schema/http.ts'
import { openEconomy, type EconomyParts } from '../server/economy.ts'
import { createServices } from '../services/app.ts'
import { createUserLimit } from '../services/user-limit.ts'
import type { ServiceConfig, Services } from '../services/parts.ts'
import { analyticsOver, FRAUD_RULES } from './analytics.ts'
import { toAsset } from '../schema/asset.ts'
import type { WalletSettings } from '../wallet/parts.ts'
import { createDatabase } from './database.ts'
import { PLAY_RULES } from './limits.ts'
import type { PartnerAccess } from '../access/partner.ts'
import type { PartnerBook } from '../access/partners/book.ts'
import { openPartners } from '../access/partners/open.ts'
import type { PartnerSettings } from '../partners/partners.ts'

export const FAUCET_CREDITS = 100_000
/** Few enough openings that a report is a matter of moments. */
export const BOX_RULES = { bounds: { min: 0.5, max: 0.98 }, draws: 20_000 }
export const WALLET_RULES: WalletSettings = {
  money: [toAsset('USD')],
  min: 100n,
  max: 1_000_000n,
  open_max: 20,
  expiry_ms: 3_600_000,
  ask_ms: 20_000,
  kept_ms: 86_400_000,
  review: { amount_max: 50_000n, daily_count_max: 3, daily_amount_max: 100_000n },
}

export const MARKET_RULES: MarketConfig = {
  fee_bps: 500,
  price_min: 1n,
  price_max: 100_000_000n,
  offersPerUser: 1000,
  expiry_s: 2_592_000,
  tradeExpiry_s: 86_400,
  confirmAbove: 10_000n,
}
export const PARTNER_RULES: PartnerSettings = {
  wallet: { timeout_ms: 300, at_once_max: 32 },
  pace: { settle_ms: 2_000, backoff_ms: 50 },
  self: { endpoints_max: 10 },
}
export const TOKEN_TTL_S = 900
const QUOTA = { connections_max: 10, requests_per_minute: 1_000_000, messages_per_s: 1000 }

/** A node without rooms: everything the HTTP services stand on, over a database of its own. */
export type TestNode = OpenLedger &
  Readonly<{
    url: string
    pool: pg.Pool
    secretKey: Uint8Array
    access: AccessOperations
    /** Letters stay in it: nothing is sent. */
    mail: Mail
    catalog: Catalog
    persons: Persons
    limits: Limits
    accounts: Accounts
    openings: Openings
    partnerBook: PartnerBook
    partnerAccess: PartnerAccess
    market: Market
    domains: PartnerDomains
    signals: Signals
    checkpoints: Checkpoints
    app: Services
    logged: unknown[]
    /** Sends a request as JSON; `key` is the Idempotency-Key. */
    call: (method: string, path: string, options?: CallOptions) => Promise<Answer>
    /** The access of another node, whose clock is `ahead_ms` ahead. The ledger refuses ids over 60 s ahead. */
    accessAhead: (ahead_ms: number) => Promise<AccessOperations>
  }>

export type CallOptions = Readonly<{ token?: string; body?: unknown; key?: string; headers?: Record<string, string> }>
// Tests read answers freely; what the routes promise is checked by the routes' own types.
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = Readonly<{ status: number; body: any; headers: Headers }>

const SITE = 'http://site.test'

const config: ServiceConfig = {
  battleWait_ms: 900_000,
  reveal_ms: 1000,
  fastReveal_ms: 300,
  battlesPerUser: 1_000_000,
  guestsPerMinute: 1_000_000,
  attemptsPerMinute: 1_000_000,
  requestsPerMinute: 1_000_000,
  commandsPerMinute: 1_000_000,
  userRequestsPerMinute: 1_000_000,
  clientBatchesPerMinute: 1_000_000,
  fraud: FRAUD_RULES,
  body_bytes_max: 65_536,
  secretBody_bytes_max: 8192,
  bulkBody_bytes_max: 1_048_576,
  trustedProxies: [],
  site: SITE,
  dev: false,
}

/** Opens a node with the seeded catalogue. Close it in `afterAll`: that drops its database. */
export async function openTestNode(
  changed: Partial<ServiceConfig> = {},
  others: Partial<Pick<EconomyParts, 'kyc' | 'payments'>> = {},
): Promise<TestNode> {
  const database = await createDatabase()
  const secretKey = randomBytes(32)
  const clock = Date.now
  const logged: unknown[] = []
  const opened = await openLedger({ databaseUrl: database.url, failed: (error) => logged.push(error) })
  const { ledger, tail } = opened
  const pool = new pg.Pool({ connectionString: database.url, max: 20 })
  // Dropping the database may still meet a connection that is just closing.
  pool.on('connect', (client) => void client.on('error', () => {}))
  const ttl = { tokenTtl_s: TOKEN_TTL_S, refreshTtl_s: 2_592_000, faucetCredits: FAUCET_CREDITS }
  const accessAhead = (ahead_ms: number) =>
    createAccess({ pool, ledger, tail, secretKey, clock: () => Date.now() + ahead_ms, ...ttl })
  const access = await accessAhead(0)
  await seedCatalog({ pool, ledger, clock })
  const into = (line: unknown) => void logged.push(line)
  const log = { info: into, error: into, warn: into }
  const sealer = createSealer(secretKey)
  const entropy = { published: () => [{ id: 'c', head: 'aa', length: 8, starts_at_ms: 0, period_ms: 1000 }] }
  const checkpoints = createCheckpoints({ pool, key: checkpointKey(secretKey), period_ms: 0 })
  const mail = new Mail({ pool, sealer, clock, carrier: undefined, log })
  const passwords = new Passwords({ memory_kib: 64, passes: 1, atOnce: 2, waiting_max: 100 })
  const accounts = new PostgresAccounts({ pool, access, sealer, passwords, mail, site: SITE, clock })
  const providerSignIn = createProviderSignIn({ pool, access, sealer, providers: [], site: SITE, clock })
  const outbound = createOutbound({ loopback: true })
  const economy = openEconomy({
    payments: { settings: WALLET_RULES },
    ...others,
    play: PLAY_RULES,
    boxes: BOX_RULES,
    market: MARKET_RULES,
    partnering: PARTNER_RULES,
    pool,
    ledger,
    tail,
    access,
    accounts,
    sealer,
    outbound,
    clock,
    log,
  })
  const { catalog, persons, limits, openings, market } = economy
  const failed = (error: unknown) => void logged.push(error)
  const partnerAccess = await openPartners({ pool, ledger, tail, sealer, quota: QUOTA, clock, failed })
  const parts = {
    ...economy,
    partnerAccess,
    pool,
    ledger,
    tail,
    access,
    accounts,
    providerSignIn,
    sealer,
    entropy,
    checkpoints,
    analytics: analyticsOver(pool),
    clock,
    log,
    node: 'n1',
  }
  const ours = { ...config, ...changed }
  const counted = { redisUrl: '', lineage: tail.lineage, failed: into }
  const userLimit = createUserLimit({ ...counted, perMinute: ours.userRequestsPerMinute })
  const app = createServices({ ...parts, userLimit, config: ours })
  const close = async () => {
    access.close()
    partnerAccess.close()
    await economy.close()
    outbound.close()
    await opened.close()
    await pool.end()
    await database.drop()
  }
  const call = (method: string, path: string, options: CallOptions = {}) => send(app, method, path, options)
  return {
    ...opened,
    close,
    url: database.url,
    pool,
    secretKey,
    access,
    mail,
    accessAhead,
    catalog,
    persons,
    limits,
    accounts,
    openings,
    partnerBook: economy.partnerBook,
    partnerAccess,
    signals: economy.signals,
    market,
    domains: economy.domains,
    checkpoints,
    app,
    logged,
    call,
  }
}

async function send(
  app: Services,
  method: string,
  path: string,
  { token, body, key, headers }: CallOptions,
): Promise<Answer> {
  const init = {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...(key && { 'idempotency-key': key }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }
  const response = await app.request(path, init, {})
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers }
}

/** A guest of this node, signed in over HTTP. */
export async function newGuest(node: Pick<TestNode, 'call'>): Promise<Tokens> {
  return (await node.call('POST', '/auth/guest')).body as Tokens
}

import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import type { Logger } from 'pino'
import { dropOldKeys } from '../access/idempotency.ts'
import { createAccess, type AccessOperations } from '../access/open.ts'
import { createOutbound, type Outbound } from '../access/outbound.ts'
import { createSealer } from '../access/seal.ts'
import { seedCatalog } from '../catalog/seed.ts'
import type { Config } from '../config.ts'
import { runDemoBots } from '../demo/bots.ts'
import { startPostgres } from '../embedded/postgres.ts'
import { loadSecretKey } from '../embedded/secret-key.ts'
import { AlignedClock, databaseTime } from '../entropy/aligned-clock.ts'
import { openEntropy } from '../entropy/open.ts'
import { checkpointKey } from '../ledger/checkpoint-key.ts'
import { createCheckpoints } from '../ledger/checkpoints.ts'
import { migrate } from '../ledger/migrate.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { buildPages } from '../pages/build.ts'
import { servePages } from '../pages/serve.ts'
import { createRooms } from '../rooms/host.ts'
import { PersonalLog } from '../rooms/session/log.ts'
import { step } from '../scripts/progress.mjs'
import { createServices } from '../services/app.ts'
import type { Services } from '../services/parts.ts'
import { openAccounts, openProviderSignIn, siteOf } from './accounts.ts'
import { openBridge } from './bridge.ts'
import { Cleanup } from './cleanup.ts'
import { openEconomy, type Economy, type EconomyParts } from './economy.ts'
import { openIdentity } from './identity.ts'
import { openLog } from './log.ts'
import { openPartnerAccess } from './partners.ts'
import { openPayments } from './payments.ts'
import { economyRules, entropyConfig, ledgerLimits, roomsConfig, serviceConfig } from './settings.ts'
import { answerWhileStarting } from './starting.ts'
import { openUserLimit } from './user-limit.ts'

export type RunningServer = Readonly<{
  /** Where a browser on this machine finds it. */
  url: string
  /** Stops everything in order, Postgres last. */
  stop(): Promise<void>
}>

/** A running part and what it was given, as far as later parts need it. */
type Base = Begun & Readonly<{ clock: () => number }>

/** What there is before the database, whose time is the clock. */
type Begun = Readonly<{ config: Config; log: Logger; cleanup: Cleanup }>

/** How often expired sessions and old idempotency keys are deleted. */
const DROP_EXPIRED_MS = 600_000

/**
 * Starts the whole server: database, ledger, access, rooms, services, pages, relay and demo bots, each on what stands below
 * it. When a part cannot start, what had started is stopped, and the error says which step it was.
 */
export async function startServer(config: Config): Promise<RunningServer> {
  const log = openLog(config.log_level)
  const cleanup = new Cleanup((name, error) => log.error({ err: error, part: name }, 'a part did not stop in order'))
  const base = { config, log, cleanup }
  try {
    const server = await listen(base)
    const pages = step('building the pages', buildPages)
    pages.catch(() => {}) // awaited below, when the database is ready
    const databaseUrl = await openDatabase(base)
    const url = urlOf(server, config)
    const app = await buildApp(base, databaseUrl, server, url)
    app.route('/', await servePages(await pages))
    const answer = getRequestListener(app.fetch)
    server.off('request', answerWhileStarting)
    server.on('request', (request, response) => void answer(request, response))
    return { url, stop: () => cleanup.run() }
  } catch (error) {
    await cleanup.run()
    throw error
  }
}

/** Takes the port first of all: when another program has it, nothing has been started in vain. */
async function listen({ config, cleanup }: Begun): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 65_000 }, answerWhileStarting)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, config)))
    server.listen(config.port, config.host, resolve)
  })
  cleanup.add('http server', () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return server
}

function explain(error: NodeJS.ErrnoException, { port, host }: Config): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(`port ${port} is taken by another program; stop it, or choose another with PORT=<port>`)
  if (error.code === 'EACCES')
    return new Error(`port ${port} may not be used by this user; choose one above 1023 with PORT`)
  if (error.code === 'EADDRNOTAVAIL') return new Error(`${host} is no address of this machine; see HOST`)
  return error
}

function urlOf(server: Server, { host }: Config): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name}:${port}`
}

/** The database of the configuration, or one of our own; migrated. */
async function openDatabase({ config, log, cleanup }: Begun): Promise<string> {
  let databaseUrl = config.database_url
  if (databaseUrl === '') {
    const say = (line: string) => log.info(line)
    const postgres = await step('starting Postgres', () => startPostgres({ dataDir: config.data_dir, log: say }))
    cleanup.add('Postgres', postgres.stop)
    databaseUrl = postgres.url
  }
  await step('migrating the database', () => migrate(databaseUrl))
  return databaseUrl
}

/** Connections to the database. */
function openPool({ config, log, cleanup }: Begun, databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: config.database_connections_max,
    application_name: 'rollingdrop',
  })
  let closing = false
  pool.on('error', (error) => closing || log.warn({ err: error }, 'a database connection was lost'))
  // One that is lost while it is lent out tells its borrower; unheard, the error would end the process.
  pool.on('connect', (client) => void client.on('error', () => {}))
  cleanup.add('database connections', () => {
    closing = true
    return pool.end()
  })
  return pool
}

async function buildApp(begun: Begun, databaseUrl: string, server: Server, url: string): Promise<Services> {
  const { config, log, cleanup } = begun
  const failed = (error: unknown): void => log.error({ err: error }, 'the ledger')
  const pool = openPool(begun, databaseUrl)
  // All nodes go by the database's time: what is due on one of them is due on all.
  const time = await step('reading the database’s time', () => AlignedClock.open(() => databaseTime(pool)))
  const clock = () => time.now()
  const base: Base = { ...begun, clock }
  const opened = await openOurLedger(begun, databaseUrl, failed)
  const { ledger, tail } = opened
  const secretKey = loadSecretKey(config)
  const sealer = createSealer(secretKey)
  const access = await openAccess(base, pool, opened, secretKey)
  const accounts = openAccounts({ ...base, pool, access, sealer, url })
  cleanup.add('accounts', () => accounts.close())
  dropNowAndThen(base, 'accounts', () => accounts.dropExpired())
  const stands = { pool, ledger, tail, access, accounts, sealer }
  const { outbound, ...economy } = await openShared(base, stands, url)
  const entropy = await openEntropy({ ...entropyConfig(config), pool, ledger, sealer, log, clock: time })
  cleanup.add('entropy', () => entropy.close())
  dropNowAndThen(base, 'personal logs', () => new PersonalLog(pool, config.session_log_days).dropOld())
  const partnerAccess = await openPartnerAccess({ ...base, pool, sealer }, opened)
  const rooms = await createRooms({
    pool,
    ledger,
    tail,
    access,
    partners: partnerAccess,
    entropy,
    sealer,
    ...economy,
    config: roomsConfig(config, databaseUrl),
    log,
    clock: time,
  })
  cleanup.add('rooms', () => rooms.close())
  rooms.attach(server)
  const checkpoints = createCheckpoints({ pool, key: checkpointKey(secretKey), failed })
  cleanup.add('checkpoints', () => checkpoints.close())
  const bridge = openBridge({ config, pool, opened, node: () => rooms.node(), sealer, outbound, log })
  cleanup.add('bridge', () => bridge.close())
  startDemo(base, access, url)
  const services = createServices({
    pool,
    ledger,
    tail,
    access,
    accounts,
    providerSignIn: openProviderSignIn({ ...base, pool, access, sealer, url }),
    ...economy,
    partnerAccess,
    sealer,
    entropy,
    checkpoints,
    analytics: bridge.analytics,
    userLimit: openUserLimit(base, tail.lineage),
    clock,
    log,
    config: serviceConfig(config, siteOf(config, url)),
    node: rooms.node(),
  })
  services.route('/', rooms.routes)
  services.route('/', bridge.routes)
  return services
}

type Stands = Pick<EconomyParts, 'pool' | 'ledger' | 'tail' | 'access' | 'accounts' | 'sealer'>

/** What rooms and services share, and the way to call a tenant's URL. */
async function openShared(
  base: Base,
  stands: Stands & Readonly<{ pool: pg.Pool }>,
  url: string,
): Promise<Omit<Economy, 'close'> & Readonly<{ outbound: Outbound }>> {
  const { config, cleanup, clock } = base
  const { pool, ledger, sealer } = stands
  await step('filling the catalogue', () => seedCatalog({ pool, ledger, clock }))
  const outbound = createOutbound({ loopback: config.outbound_loopback })
  cleanup.add('outbound calls', () => outbound.close())
  const identity = await openIdentity(base, sealer, url)
  const payments = await openPayments(base, pool, sealer, url)
  const { close, ...economy } = openEconomy({
    ...base,
    ...economyRules(config),
    ...identity,
    ...stands,
    payments,
    outbound,
  })
  cleanup.add('economy', close)
  return { ...economy, outbound }
}

async function openOurLedger(
  { config, cleanup }: Begun,
  databaseUrl: string,
  failed: (error: unknown) => void,
): Promise<OpenLedger> {
  const opened = await openLedger({
    databaseUrl,
    redisUrl: config.redis_url,
    limits: ledgerLimits(config),
    ring_max: config.feed_ring_events,
    failed,
  })
  cleanup.add('ledger', () => opened.close())
  return opened
}

async function openAccess(
  base: Base,
  pool: pg.Pool,
  { ledger, tail }: OpenLedger,
  secretKey: Buffer,
): Promise<AccessOperations> {
  const { config, cleanup, clock } = base
  const access = await createAccess({
    pool,
    ledger,
    tail,
    secretKey,
    clock,
    tokenTtl_s: config.token_ttl_s,
    keyRotation_ms: config.token_key_days * 86_400_000,
    refreshTtl_s: config.refresh_ttl_s,
    faucetCredits: config.faucet_credits,
  })
  cleanup.add('access', () => access.close())
  dropNowAndThen(base, 'sessions', () => Promise.all([access.dropExpired(), dropOldKeys(pool)]))
  return access
}

/** Deletes what has expired, as long as the server runs. */
function dropNowAndThen({ cleanup, log }: Base, what: string, drop: () => Promise<unknown>): void {
  const timer = setInterval(() => {
    drop().catch((error: unknown) => log.warn({ err: error, what }, 'what has expired was not deleted'))
  }, DROP_EXPIRED_MS)
  cleanup.add(`clearing of ${what}`, () => clearInterval(timer))
}

/** Bots of our own keep lobby and feed moving, over the same door as everyone. */
function startDemo({ config, log, cleanup }: Base, access: AccessOperations, url: string): void {
  if (config.demo_bots === 0) return
  const stop = new AbortController()
  const failed = (error: unknown): void => log.debug({ err: error }, 'a demo bot lost a turn')
  const ended = runDemoBots({ url, access, bots: config.demo_bots, signal: stop.signal, failed })
  cleanup.add('demo bots', () => {
    stop.abort()
    return ended
  })
}

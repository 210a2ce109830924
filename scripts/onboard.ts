import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { createAccess } from '../access/open.ts'
import type { NewPartnerKey } from '../access/partner.ts'
import { signRequest } from '../access/partners/signature.ts'
import type { Config } from '../config.ts'
import { loadSecretKey } from '../embedded/secret-key.ts'
import { openLedger } from '../ledger/open.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { openDatabase } from './database.ts'

/** What is set up for a new partner; what is left out is not. */
export type Onboarding = Readonly<{
  name: string
  url: string
  email: string
  domain: string
  webhook: string | undefined
  wallet: string | undefined
  commission: Readonly<{ of: 'price' | 'revenue'; basisPoints: number }>
  requestsPerMinute: number | undefined
}>

/** What the partner is given, each shown this once. */
export type Onboarded = Readonly<{
  tenant: string
  email: string
  password: string
  sandbox: NewPartnerKey
  production: NewPartnerKey
  steps: number
  ms: number
}>

type Call = Readonly<{ token?: string; body?: unknown; sign?: NewPartnerKey }>

/** The user of ours that stands for this command in the chain of acts. */
const OPERATOR = 'operator'

/** Sends a request of the API; what is refused is an error that says so. */
async function call<T>(url: string, method: string, path: string, { token, body, sign }: Call = {}): Promise<T> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const response = await fetch(url + path, {
    method,
    headers: {
      'idempotency-key': uuidv7(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(sign && signRequest(sign, { method, path, body: text })),
    },
    ...(body !== undefined && { body: text }),
  })
  const said = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${said}`)
  return (said === '' ? undefined : JSON.parse(said)) as T
}

/**
 * Brings a partner from nothing to production by the HTTP API alone: as the staff by `admin`, as the partner by the invitation, and
 * as its server by the keys. `say` hears of each step and its time.
 */
export async function onboard(wanted: Onboarding, admin: string, say: (line: string) => void): Promise<Onboarded> {
  const { name, url, email } = wanted
  const begun = performance.now()
  let steps = 0
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const from = performance.now()
    const result = await work()
    say(`${String(++steps).padStart(2)}  ${what.padEnd(44)} ${(performance.now() - from).toFixed(0).padStart(6)} ms`)
    return result
  }
  const as = (token: string) => (method: string, path: string, body?: unknown) =>
    call<never>(url, method, path, { token, ...(body !== undefined && { body }) })
  const staff = as(admin)
  const made = await step('partner, sandbox, boxes and test users', () =>
    call<{ invitation: string }>(url, 'POST', '/admin/partners', { token: admin, body: { name, email } }),
  )
  await step('commission', () => staff('PUT', `/admin/partners/${name}/commission`, wanted.commission))
  const { requestsPerMinute } = wanted
  if (requestsPerMinute !== undefined)
    await step('quota', () => staff('PUT', `/admin/partners/${name}/quota`, { requestsPerMinute }))
  const password = randomBytes(18).toString('base64url')
  const token = await step('the partner signs in', () =>
    signIn(url, { link: made.invitation, email, tenant: name, password }),
  )
  const self = as(token)
  const sandbox: NewPartnerKey = await step('key of the sandbox', () => self('POST', '/partner/self/sandbox/keys', {}))
  for (const world of ['sandbox', 'production']) await setUp(world, wanted, { step, self })
  await step('a box opened in the sandbox', () => tryOut(url, sandbox))
  await step('asked for production', () => self('POST', '/partner/self/review'))
  await step('reviewed and let in', () => staff('POST', `/admin/partners/${name}/approve`))
  const production: NewPartnerKey = await step('key of production', () =>
    self('POST', '/partner/self/production/keys', {}),
  )
  await step('a signed call in production', () => call(url, 'GET', '/partner/v1/boxes', { sign: production }))
  return { tenant: name, email, password, sandbox, production, steps, ms: Math.round(performance.now() - begun) }
}

type Doing = Readonly<{
  step: <T>(what: string, work: () => Promise<T>) => Promise<T>
  self: (method: string, path: string, body?: unknown) => Promise<never>
}>

async function setUp(world: string, { domain, webhook, wallet }: Onboarding, { step, self }: Doing): Promise<void> {
  const at = `/partner/self/${world}`
  await step(`domains of ${world}`, () => self('PUT', `${at}/domains`, { domains: [domain] }))
  if (webhook !== undefined) await step(`webhooks of ${world}`, () => self('POST', `${at}/webhooks`, { url: webhook }))
  if (wallet !== undefined)
    await step(`wallet of ${world}`, () => self('PUT', `${at}/wallet`, { mode: 'seamless', url: wallet }))
}

async function signIn(
  url: string,
  { link, email, tenant, password }: Readonly<{ link: string; email: string; tenant: string; password: string }>,
): Promise<string> {
  await call(url, 'POST', '/auth/reset', { body: { link, password } })
  const { token } = await call<{ token: string }>(url, 'POST', '/auth/login', { body: { email, tenant, password } })
  await call(url, 'POST', '/auth/confirm', { token, body: { password } })
  return token
}

/** What a partner's server does first: it finds a box, has one opened for a test user, and looks at the statement. */
async function tryOut(url: string, sign: NewPartnerKey): Promise<void> {
  type Boxes = Readonly<{ boxes: readonly Readonly<{ id: string; hash: string }>[] }>
  const { boxes } = await call<Boxes>(url, 'GET', '/partner/v1/boxes', { sign })
  const user = await call<{ wallet: unknown }>(url, 'GET', '/partner/v1/users/test-1', { sign })
  const [box] = boxes
  if (!box) throw new Error('the sandbox has no boxes')
  const body = { user: 'test-1', box: box.id, boxHash: box.hash }
  // A wallet of the partner's own knows no test users of ours: asking it for their money is up to the partner.
  if (user.wallet === null) await call(url, 'POST', '/partner/v1/open-box', { sign, body })
  await call(url, 'GET', `/partner/v1/statements?month=${new Date().toISOString().slice(0, 7)}`, { sign })
}

/**
 * Does `work` with a token of the staff that is made for it from the database and worth nothing afterwards: for whoever has the
 * database and the secret key, and so everything, anyway.
 */
export async function withStaffToken<T>(config: Config, work: (token: string) => Promise<T>): Promise<T> {
  const database = await openDatabase(config)
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  const opened = await openLedger({ databaseUrl: database.url, redisUrl: config.redis_url })
  const access = await createAccess({
    ...opened,
    pool,
    secretKey: loadSecretKey(config),
    clock: Date.now,
    tokenTtl_s: config.token_ttl_s,
    keyRotation_ms: config.token_key_days * 86_400_000,
    refreshTtl_s: config.token_ttl_s,
    faucetCredits: 0,
  })
  try {
    const user = await access.ensureUser(OPERATOR)
    const { token } = await access.signIn({ ...user, roles: ['player', 'admin'] }, 'npm run partner')
    const principal = await access.authenticate(token)
    try {
      return await work(token)
    } finally {
      await access.logout(principal)
    }
  } finally {
    access.close()
    await opened.close()
    await pool.end()
    await database.close()
  }
}

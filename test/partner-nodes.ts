import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { vi } from 'vitest'
import { PartnerAdministration } from '../access/partners/administration.ts'
import { openPartners, type OpenPartners } from '../access/partners/open.ts'
import { signRequest } from '../access/partners/signature.ts'
import type { StoredPartner } from '../access/partners/store.ts'
import type { NewPartnerKey, PartnerQuota, SignedRequest } from '../access/partner.ts'
import { createSealer, type Sealer } from '../access/seal.ts'
import { openLedger } from '../ledger/open.ts'
import { createDatabase } from './database.ts'

/** Two nodes that let partners in, each with a tail of its own and without Redis. */
export type PartnerNodes = Readonly<{
  pool: pg.Pool
  sealer: Sealer
  nodes: readonly [OpenPartners, OpenPartners]
  administration: PartnerAdministration
  /** What was told as having failed. */
  failures: readonly unknown[]
  now(): number
  /** Puts the clock of all nodes ahead. */
  ahead(ms: number): void
  /** One more node. */
  open(): Promise<OpenPartners>
  /** A key of a new partner, `partner-<n>` of `tenant-<n>`. */
  newKey(): Promise<NewPartnerKey & Readonly<{ partner: StoredPartner }>>
  /** Resolves when the node has learned of the key: from then on its answer is about the call. */
  known(key: NewPartnerKey, node?: OpenPartners): Promise<unknown>
  close(): Promise<void>
}>

export const QUOTA: PartnerQuota = { connections_max: 5, requests_per_minute: 10_000, messages_per_s: 100 }

export const CALL = { method: 'GET', path: '/partner/v1/stream/notifications?limit=5' }

export function requestOf(headers: SignedRequest['headers'], changed: Partial<SignedRequest> = {}): SignedRequest {
  return { ...CALL, headers, body: new Uint8Array(), ...changed }
}

/** Opens both over a database of their own. Close them in `afterAll`. */
export async function openPartnerNodes(): Promise<PartnerNodes> {
  const database = await createDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 8 })
  pool.on('connect', (client) => void client.on('error', () => {})) // Dropping the database may still meet one that closes.
  const sealer = createSealer(randomBytes(32))
  const failures: unknown[] = []
  let ahead_ms = 0
  let count = 0
  const clock = () => Date.now() + ahead_ms
  const failed = (error: unknown) => void failures.push(error)
  const first = await openLedger({ databaseUrl: database.url })
  const second = await openLedger({ databaseUrl: database.url })
  const open = ({ ledger, tail } = first) => openPartners({ pool, ledger, tail, sealer, quota: QUOTA, clock, failed })
  const nodes = [await open(first), await open(second)] as const
  const administration = new PartnerAdministration({ pool, sealer, clock, ledger: first.ledger })
  return {
    pool,
    sealer,
    nodes,
    administration,
    failures,
    now: clock,
    ahead: (ms) => void (ahead_ms = ms),
    open: () => open(),
    async newKey() {
      const name = `partner-${++count}`
      const key = (await administration.create(name, `tenant-${count}`))!
      return { ...key, partner: (await administration.find(name))! }
    },
    known: (key, node = nodes[0]) =>
      vi.waitFor(() => node.authenticate(requestOf(signRequest(key, CALL, clock()))), { timeout: 5_000, interval: 10 }),
    async close() {
      for (const node of nodes) node.close()
      for (const ledger of [first, second]) await ledger.close()
      await pool.end()
      await database.drop()
    },
  }
}

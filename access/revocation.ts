import type { Pool } from 'pg'
import { z } from 'zod'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import type { TenantId } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import type { CommittedEvent } from '../schema/event.ts'
import { timeOf, uuidv7, type OutcomeId } from '../schema/uuid.ts'
import type { Revocation } from './access.ts'

/** A revocation as it is kept: a user's hits the sessions begun up to `at_ms`; from `expires_ms` on no token is left to refuse. */
type Entry = Readonly<{ session?: string | undefined; user?: string | undefined; at_ms: number; expires_ms: number }>

const payload = z.union([
  z.object({ session: z.string(), user: z.undefined().optional(), at_ms: z.number(), expires_ms: z.number() }),
  z.object({ user: z.string(), session: z.undefined().optional(), at_ms: z.number(), expires_ms: z.number() }),
])

type Row = Readonly<{
  id: OutcomeId
  tenant: TenantId
  session: string | null
  user_id: string | null
  at_ms: string
  expires_ms: string
  told: boolean
}>

type Parts = Readonly<{ pool: Pool; ledger: Ledger; tail: Tail; tokenTtl_s: number; clock: () => number }>

/**
 * What has been revoked and is not yet expired, in the memory of every node. A revocation is written to its table, then
 * committed as the event `access.revoked`, which every node's tail brings; one that a crash left untold is told at the next start.
 */
export class RevocationList {
  readonly #parts: Parts
  readonly #sessions = new Map<string, Entry>()
  readonly #users = new Map<string, Entry>()
  readonly #listeners = new Set<(revocation: Revocation) => void>()
  readonly #unsubscribe: () => void

  private constructor(parts: Parts) {
    this.#parts = parts
    this.#unsubscribe = parts.tail.subscribe((events) => this.#follow(events))
  }

  /** Listens first and loads after, so that nothing falls between. */
  static async open(parts: Parts): Promise<RevocationList> {
    const list = new RevocationList(parts)
    const { rows } = await parts.pool.query<Row>('select * from revocation where expires_ms > $1 order by expires_ms', [
      parts.clock(),
    ])
    for (const row of rows) list.#add(entryOf(row))
    for (const row of rows) if (!row.told) await list.#tell(row.id, row.tenant, entryOf(row))
    return list
  }

  /** Whether a session, whose id says when it began, or its user has been revoked. */
  has(session: string, user: string): boolean {
    const byUser = this.#users.get(user)
    return this.#sessions.has(session) || (byUser !== undefined && timeOf(session) <= byUser.at_ms)
  }

  /** Resolves when it is durable and in force here; other nodes learn it by their tails. */
  async revoke(tenant: TenantId, revocation: Revocation): Promise<void> {
    const at_ms = this.#parts.clock()
    const entry: Entry = { ...revocation, at_ms, expires_ms: at_ms + this.#parts.tokenTtl_s * 1000 }
    const id = uuidv7(at_ms)
    await this.#parts.pool.query(
      `with ended as (
         update session set revoked_ms = $5 where tenant = $2 and (id = $3 or user_id = $4) and revoked_ms is null)
       insert into revocation(id, tenant, session, user_id, at_ms, expires_ms) values ($1, $2, $3, $4, $5, $6)`,
      [id, tenant, entry.session ?? null, entry.user ?? null, at_ms, entry.expires_ms],
    )
    this.#add(entry)
    await this.#tell(id, tenant, entry)
  }

  onRevoked(listen: (revocation: Revocation) => void): () => void {
    this.#listeners.add(listen)
    return () => this.#listeners.delete(listen)
  }

  close(): void {
    this.#unsubscribe()
  }

  async #tell(id: OutcomeId, tenant: TenantId, entry: Entry): Promise<void> {
    const payload = entry.session
      ? { session: entry.session, at_ms: entry.at_ms, expires_ms: entry.expires_ms }
      : { user: entry.user, at_ms: entry.at_ms, expires_ms: entry.expires_ms }
    await this.#parts.ledger.commit({
      id,
      kind: 'access.revoke',
      tenant,
      request: digestOf(payload),
      transfers: [],
      events: [{ type: 'access.revoked', payload }],
    })
    await this.#parts.pool.query('update revocation set told = true where id = $1', [id])
  }

  #follow(events: readonly CommittedEvent[]): void {
    for (const event of events) if (event.type === 'access.revoked') this.#add(payload.parse(event.payload))
  }

  /** What comes a second time (committed here, then seen in the tail) changes nothing and is told to nobody. */
  #add(entry: Entry): void {
    const now_ms = this.#parts.clock()
    dropExpired(this.#sessions, now_ms)
    dropExpired(this.#users, now_ms)
    const { session, user } = entry
    const known = session ? this.#sessions.get(session) : this.#users.get(user!)
    if (entry.expires_ms <= now_ms || (known && known.at_ms >= entry.at_ms)) return
    if (session) this.#sessions.set(session, entry)
    else this.#users.set(user!, entry)
    for (const listen of this.#listeners) listen(session ? { session } : { user: user! })
  }
}

function entryOf({ session, user_id, at_ms, expires_ms }: Row): Entry {
  const when = { at_ms: Number(at_ms), expires_ms: Number(expires_ms) }
  return session === null ? { user: user_id!, ...when } : { session, ...when }
}

/** Entries lie in the order they came, which is nearly that of their expiry: the walk ends at the first that still holds. */
function dropExpired(entries: Map<string, Entry>, now_ms: number): void {
  for (const [key, entry] of entries) {
    if (entry.expires_ms > now_ms) return
    entries.delete(key)
  }
}

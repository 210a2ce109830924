import type { Pool } from 'pg'
import { RollingDropError } from '../../schema/errors.ts'
import { isOutcomeId } from '../../schema/uuid.ts'
import type { Principal } from '../access.ts'
import type { AccessOperations } from '../open.ts'
import type { OwnSession } from './accounts.ts'

/** How long a fresh proof counts. */
const CONFIRMED_MS = 300_000
const SESSIONS_MAX = 100

type Parts = Readonly<{ pool: Pool; access: AccessOperations; clock: () => number }>

/** What a user sees and ends of their own sessions, and for which of them they have just proved who they are. */
export class OwnSessions {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Newest first. */
  async list({ user, session }: Principal): Promise<readonly OwnSession[]> {
    const { rows } = await this.#parts.pool.query<{ id: string; device: string | null; created_ms: string }>(
      'select id, device, created_ms from session where user_id = $1 and revoked_ms is null order by id desc limit $2',
      [user, SESSIONS_MAX],
    )
    return rows.map(({ id, device, created_ms }) => ({
      id,
      device,
      created_ms: Number(created_ms),
      current: id === session,
    }))
  }

  /** Throws `request/not-found` when it is none of the principal's. */
  async end({ user, tenant }: Principal, session: string): Promise<void> {
    const { pool, access } = this.#parts
    const { rowCount } = isOutcomeId(session)
      ? await pool.query('select from session where id = $1 and user_id = $2 and tenant = $3', [session, user, tenant])
      : { rowCount: 0 }
    if (rowCount !== 1) throw new RollingDropError('request/not-found')
    await access.revoke(tenant, { session })
  }

  async confirm({ session }: Principal): Promise<Readonly<{ until_ms: number }>> {
    const { pool, clock } = this.#parts
    const until_ms = clock() + CONFIRMED_MS
    await pool.query('update session set confirmed_until_ms = $2 where id = $1', [session, until_ms])
    return { until_ms }
  }

  /** Throws `auth/confirm` unless the session was confirmed within the last minutes. */
  async demandConfirmed({ session }: Principal): Promise<void> {
    const { pool, clock } = this.#parts
    const { rowCount } = await pool.query('select from session where id = $1 and confirmed_until_ms > $2', [
      session,
      clock(),
    ])
    if (rowCount !== 1) throw new RollingDropError('auth/confirm')
  }
}

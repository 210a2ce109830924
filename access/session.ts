import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { RollingDropError } from '../schema/errors.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { deriveKey } from './key.ts'
import { transaction } from './transaction.ts'
import type { User } from './user.ts'

/** How long after its use a refresh token still gives its successor, because two tabs may have sent it at once. */
export const REFRESH_GRACE_MS = 10_000
/** How long a used token is remembered, so that its theft is noticed. */
const USED_KEPT_MS = 7 * 86_400_000

const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** A session that was begun or gone on with, and the refresh token that is good for the next time. */
export type Continued = Readonly<{ session: string; user: User; refreshToken: string }>

export type Rotation = Continued | Readonly<{ reused: string; user: User }>

type Parts = Readonly<{ pool: Pool; secretKey: Uint8Array; refreshTtl_s: number; clock: () => number }>

/**
 * Sessions and their refresh tokens, each good for one use:
 *
 *     fresh ── used ──▶ used: gives the same successor for REFRESH_GRACE_MS
 *       │                 └── used later ──▶ the whole session is to be revoked
 *       └── expires ──▶ worth nothing
 *
 * Tokens are 32 bytes in base64url and rest as SHA-256. A successor is the HMAC of its predecessor with a key of ours: as
 * good as random to all who do not have it, and the same for two who ask at once, on whatever nodes.
 */
export function createSessions({ pool, secretKey, refreshTtl_s, clock }: Parts) {
  const key = deriveKey(secretKey, 'refresh')
  const successorOf = (token: string) => createHmac('sha256', key).update(token).digest('base64url')

  /** `device`: what the browser calls itself, for the user's own list of sessions. */
  async function begin(user: User, device?: string): Promise<Continued> {
    const now_ms = clock()
    const session = uuidv7(now_ms)
    const refreshToken = randomBytes(32).toString('base64url')
    await pool.query(
      `with begun as (insert into session(id, tenant, user_id, created_ms, device) values ($1, $2, $3, $4, $7) returning id)
       insert into refresh_token(hash, session, expires_ms) select $5, id, $6 from begun`,
      [session, user.tenant, user.id, now_ms, hashOf(refreshToken), now_ms + refreshTtl_s * 1000, device ?? null],
    )
    return { session, user, refreshToken }
  }

  /** Throws `auth/token-invalid` or `auth/revoked`; says so when the token was `reused` and its session has to end. */
  function rotate(token: string): Promise<Rotation> {
    if (!TOKEN.test(token)) throw new RollingDropError('auth/token-invalid')
    return transaction(pool, async (client) => {
      const found = await lock(client, token)
      const now_ms = clock()
      if (!found || Number(found.expires_ms) <= now_ms) throw new RollingDropError('auth/token-invalid')
      if (found.revoked_ms !== null) throw new RollingDropError('auth/revoked')
      const user: User = {
        id: found.user_id,
        tenant: found.tenant,
        name: found.name,
        guest: found.guest,
        roles: found.roles,
      }
      const refreshToken = successorOf(token)
      if (found.used_ms !== null) {
        if (now_ms - Number(found.used_ms) > REFRESH_GRACE_MS) return { reused: found.session, user }
        return { session: found.session, user, refreshToken }
      }
      await client.query(
        `with used as (update refresh_token set used_ms = $2, expires_ms = least(expires_ms, $3) where hash = $1)
         insert into refresh_token(hash, session, expires_ms) values ($4, $5, $6)`,
        [
          hashOf(token),
          now_ms,
          now_ms + USED_KEPT_MS,
          hashOf(refreshToken),
          found.session,
          now_ms + refreshTtl_s * 1000,
        ],
      )
      return { session: found.session, user, refreshToken }
    })
  }

  /** The session and user a refresh token belongs to, whatever its state. */
  async function find(token: string) {
    if (!TOKEN.test(token)) return undefined
    const { rows } = await pool.query<{ session: string; tenant: string }>(
      'select session, tenant from refresh_token join session on session.id = session where hash = $1',
      [hashOf(token)],
    )
    return rows[0]
  }

  /** Forgets tokens that are worth nothing, sessions without any, and revocations that hit nobody any more. */
  async function dropExpired(): Promise<void> {
    await pool.query('delete from refresh_token where expires_ms <= $1', [clock()])
    await pool.query(
      'delete from session where created_ms <= $1 and not exists (select from refresh_token where session = session.id)',
      [clock()],
    )
    await pool.query('delete from revocation where expires_ms <= $1', [clock()])
  }

  return { begin, rotate, find, dropExpired }
}

type Found = Readonly<{
  session: string
  expires_ms: string
  used_ms: string | null
  revoked_ms: string | null
  user_id: string
  tenant: string
  name: string
  guest: boolean
  roles: User['roles']
}>

async function lock(client: PoolClient, token: string): Promise<Found | undefined> {
  const { rows } = await client.query<Found>(
    `select t.session, t.expires_ms, t.used_ms, s.revoked_ms, s.user_id, u.tenant, u.name, u.guest, u.roles
     from refresh_token t join session s on s.id = t.session join app_user u on u.id = s.user_id
     where t.hash = $1 for update of t`,
    [hashOf(token)],
  )
  return rows[0]
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

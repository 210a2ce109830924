import { createHash, randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import type { z } from 'zod'
import { RollingDropError } from '../../schema/errors.ts'
import type { Sealer } from '../seal.ts'
import { aboutAddress } from './forget.ts'

const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** What a token is good for, how long, and the shape of what it stands for. */
export type Purpose<T> = Readonly<{ name: string; ttl_ms: number; payload: z.ZodType<T> }>

type Parts = Readonly<{ pool: Pool; sealer: Sealer; clock: () => number }>

/** Tokens that go out by mail or redirect and come back once: 32 bytes in base64url, kept as SHA-256, what they stand for sealed. */
export class OneTimeTokens {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** `user`: with whom the token goes, too. `email`: the address that it is about. */
  async give<T>(purpose: Purpose<T>, payload: T, user: string | null = null, email?: string): Promise<string> {
    const { pool, sealer, clock } = this.#parts
    const token = randomBytes(32).toString('base64url')
    await pool.query(
      'insert into one_time_token(hash, purpose, user_id, sealed, expires_ms, about) values ($1, $2, $3, $4, $5, $6)',
      [
        hashOf(token),
        purpose.name,
        user,
        sealer.seal(JSON.stringify(payload), contextOf(purpose)),
        clock() + purpose.ttl_ms,
        email === undefined ? null : aboutAddress(sealer, email),
      ],
    )
    return token
  }

  /** Throws `auth/link` for one that is unknown, used or expired. */
  async take<T>(purpose: Purpose<T>, token: string): Promise<T> {
    const { pool, sealer, clock } = this.#parts
    if (!TOKEN.test(token)) throw new RollingDropError('auth/link')
    const { rows } = await pool.query<{ sealed: string }>(
      'delete from one_time_token where hash = $1 and purpose = $2 and expires_ms > $3 returning sealed',
      [hashOf(token), purpose.name, clock()],
    )
    if (!rows[0]) throw new RollingDropError('auth/link')
    return purpose.payload.parse(JSON.parse(sealer.open(rows[0].sealed, contextOf(purpose))))
  }

  /** Ends all tokens of a user for one purpose. */
  async end({ name }: Purpose<unknown>, user: string): Promise<void> {
    await this.#parts.pool.query('delete from one_time_token where user_id = $1 and purpose = $2', [user, name])
  }

  async dropExpired(): Promise<void> {
    await this.#parts.pool.query('delete from one_time_token where expires_ms <= $1', [this.#parts.clock()])
  }
}

const contextOf = ({ name }: Purpose<unknown>) => `one-time/${name}`

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

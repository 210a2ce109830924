import { createHash, randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { Pool } from 'pg'
import { RollingDropError } from '../../schema/errors.ts'
import type { Sealer } from '../seal.ts'
import { transaction } from '../transaction.ts'

const ISSUER = 'RollingDrop'
const PERIOD_S = 30
/** Steps before and after the present one whose codes are taken, for clocks that are not quite right. */
const WINDOW = 1
const SECRET_BYTES = 20
const RECOVERY_CODES = 10
/** Ten letters of base 32: 50 bits each, so that their plain hash cannot be searched. */
const RECOVERY_BYTES = 7
const RECOVERY_LETTERS = 10

type Parts = Readonly<{ pool: Pool; sealer: Sealer; clock: () => number }>

/** What an authenticator app needs: the key in base 32, and all of it as an otpauth URI for a picture to scan. */
export type Enrolment = Readonly<{ secret: string; uri: string }>

/**
 * Second factors: time-based codes (RFC 6238: SHA-1, 6 digits, 30 s), each good once, and recovery codes for a lost app.
 *
 *     none ──enrol──▶ waiting for the first code ──confirm──▶ in force ──end──▶ none
 */
export class SecondFactor {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async isInForce(user: string): Promise<boolean> {
    const { rowCount } = await this.#parts.pool.query(
      'select from totp where user_id = $1 and confirmed_ms is not null',
      [user],
    )
    return rowCount === 1
  }

  /** A new key that is in force once its first code has been confirmed. Throws `auth/totp` when one is in force. */
  async enrol(user: string, label: string): Promise<Enrolment> {
    const { pool, sealer } = this.#parts
    const secret = new Secret({ buffer: Uint8Array.from(randomBytes(SECRET_BYTES)).buffer })
    const { rowCount } = await pool.query(
      `insert into totp as t(user_id, secret) values ($1, $2)
       on conflict (user_id) do update set secret = excluded.secret where t.confirmed_ms is null`,
      [user, sealer.seal(secret.base32, contextOf(user))],
    )
    if (rowCount !== 1) throw new RollingDropError('auth/totp')
    return { secret: secret.base32, uri: new TOTP({ issuer: ISSUER, label, secret }).toString() }
  }

  /** Puts the key in force by its first code. Returns the recovery codes, shown once. Throws `auth/totp` or `auth/code`. */
  async confirm(user: string, code: string): Promise<readonly string[]> {
    const { pool, clock } = this.#parts
    if (await this.isInForce(user)) throw new RollingDropError('auth/totp')
    if (!(await this.#takeCode(user, code))) throw new RollingDropError('auth/code')
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
    await transaction(pool, async (client) => {
      await client.query('update totp set confirmed_ms = $2 where user_id = $1', [user, clock()])
      await client.query('delete from recovery_code where user_id = $1', [user])
      await client.query('insert into recovery_code(user_id, hash) select $1, unnest($2::bytea[])', [
        user,
        codes.map(hashOf),
      ])
    })
    return codes
  }

  /** Whether the code is right, of the app or one for recovery; either is good once. */
  async take(user: string, code: string): Promise<boolean> {
    return (await this.#takeCode(user, code)) || (await this.#takeRecovery(user, code))
  }

  async end(user: string): Promise<void> {
    await transaction(this.#parts.pool, async (client) => {
      await client.query('delete from totp where user_id = $1', [user])
      await client.query('delete from recovery_code where user_id = $1', [user])
    })
  }

  async #takeCode(user: string, code: string): Promise<boolean> {
    const { pool, sealer, clock } = this.#parts
    if (!/^\d{6}$/.test(code)) return false
    const { rows } = await pool.query<{ secret: string }>('select secret from totp where user_id = $1', [user])
    if (!rows[0]) return false
    const now_ms = clock()
    const secret = Secret.fromBase32(sealer.open(rows[0].secret, contextOf(user)))
    const away = new TOTP({ secret, period: PERIOD_S }).validate({ token: code, timestamp: now_ms, window: WINDOW })
    if (away === null) return false
    const step = Math.floor(now_ms / 1000 / PERIOD_S) + away
    // Of two who send the same code at once, one moves the step.
    const { rowCount } = await pool.query('update totp set last_step = $2 where user_id = $1 and last_step < $2', [
      user,
      step,
    ])
    return rowCount === 1
  }

  async #takeRecovery(user: string, code: string): Promise<boolean> {
    const { rowCount } = await this.#parts.pool.query('delete from recovery_code where user_id = $1 and hash = $2', [
      user,
      hashOf(code.trim().toUpperCase().replaceAll(/[\s-]/g, '')),
    ])
    return rowCount === 1
  }
}

const contextOf = (user: string) => `totp/${user}`

function newRecoveryCode(): string {
  return new Secret({ buffer: Uint8Array.from(randomBytes(RECOVERY_BYTES)).buffer }).base32.slice(0, RECOVERY_LETTERS)
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(code).digest()
}

import type { Pool } from 'pg'
import { RollingDropError } from '../../schema/errors.ts'
import { PARTNER_SKEW_S } from '../../schema/partner.ts'
import type { Claim } from './signature.ts'

const SKEW_MS = PARTNER_SKEW_S * 1000
/** How much slower another node's clock may be before it could take a nonce that was forgotten here. */
const CLOCKS_APART_MS = 60_000

/**
 * Uses a nonce up, over all nodes. Throws `partner/replayed`. It does not wait for the disk: a crash of Postgres forgets the
 * nonces of its last moments (three times `wal_writer_delay`, 0.6 s), and sparing each call an fsync is worth that.
 */
export async function spendNonce(pool: Pool, { key, nonce, timestamp_ms }: Claim): Promise<void> {
  const { rowCount } = await pool.query(
    `insert into partner_nonce(key, nonce, good_until_ms)
     select $1, $2, $3 from set_config('synchronous_commit', 'off', true) on conflict do nothing`,
    [key, nonce, timestamp_ms + SKEW_MS],
  )
  if (rowCount !== 1) throw new RollingDropError('partner/replayed')
}

/** Forgets nonces whose time stamp no node takes any more. */
export async function dropNonces(pool: Pool, now_ms: number): Promise<void> {
  await pool.query('delete from partner_nonce where good_until_ms < $1', [now_ms - CLOCKS_APART_MS])
}

import type { Pool } from 'pg'
import type { Ledger, Tail } from '../../ledger/ledger.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { PartnerAccess, PartnerQuota } from '../partner.ts'
import type { Sealer } from '../seal.ts'
import { PartnerAdministration } from './administration.ts'
import { Allowance } from './allowance.ts'
import { KeyRing } from './key-ring.ts'
import { dropNonces, spendNonce } from './nonce.ts'
import { checkClaim, claimOf } from './signature.ts'

type Options = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Tail
  sealer: Sealer
  /** What a partner has for which nothing else is set. */
  quota: PartnerQuota
  /** Unix ms. */
  clock: () => number
  failed: (error: unknown) => void
}>

/** The access of partners on one node, with what only the wiring does. */
export interface OpenPartners extends PartnerAccess {
  /** Deletes nonces that are too old to matter. To be called now and then. */
  dropExpired(): Promise<void>
  close(): void
}

const MINUTE_MS = 60_000

/** Opens the access of partners. Changes that a crash left untold are told. */
export async function openPartners(options: Options): Promise<OpenPartners> {
  const { pool, clock } = options
  const ring = new KeyRing(options)
  const calls = new Map<string, Allowance>()
  await new PartnerAdministration(options).tellUntold()

  /** Throws `partner/quota`. */
  function takeCall(partner: string, { requests_per_minute }: PartnerQuota): void {
    const allowance = calls.get(partner) ?? new Allowance()
    calls.set(partner, allowance)
    const wait_ms = allowance.take(1, { amount: requests_per_minute, period_ms: MINUTE_MS }, clock())
    if (wait_ms === 0) return
    throw new RollingDropError('partner/quota', { requests_per_minute, retryAfter_s: Math.ceil(wait_ms / 1000) })
  }

  return {
    async authenticate(request) {
      const claim = claimOf(request)
      const { partner, secret } = await ring.find(claim.key)
      checkClaim(claim, secret, clock())
      takeCall(partner.id, partner.quota)
      await spendNonce(pool, claim)
      if (!ring.isLive(claim.key)) throw new RollingDropError('partner/key-unknown')
      return partner
    },
    quotaLeft({ id, quota: { requests_per_minute } }) {
      const pace = { amount: requests_per_minute, period_ms: MINUTE_MS }
      const { left, full_ms } = (calls.get(id) ?? new Allowance()).left(pace, clock())
      return { limit: requests_per_minute, remaining: left, reset_s: Math.ceil(full_ms / 1000) }
    },
    isLive: (key) => ring.isLive(key),
    onEnded: (listen) => ring.onEnded(listen),
    dropExpired: () => dropNonces(pool, clock()),
    close: () => ring.close(),
  }
}

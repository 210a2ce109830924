import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { PartnerAccess } from '../access/partner.ts'
import type { PartnerBook } from '../access/partners/book.ts'
import { openPartners } from '../access/partners/open.ts'
import type { Sealer } from '../access/seal.ts'
import type { Config } from '../config.ts'
import type { Commission } from '../game/partner/commission.ts'
import type { OpenLedger } from '../ledger/open.ts'
import type { TenantId } from '../schema/account.ts'
import type { Cleanup } from './cleanup.ts'
import { partnerQuota } from './settings.ts'

/** Who earns of the openings in a tenant, as the partners' book says. */
export function commissionsOf(book: Pick<PartnerBook, 'worldOf'>) {
  return async (tenant: TenantId): Promise<Commission | undefined> => {
    const world = await book.worldOf(tenant)
    if (!world || world.commission.basisPoints === 0) return undefined
    return { partner: world.partner, rule: world.commission }
  }
}

/** How often nonces that are too old to matter are deleted. */
const DROP_EXPIRED_MS = 600_000

type Base = Readonly<{
  config: Config
  cleanup: Cleanup
  clock: () => number
  log: Pick<Logger, 'warn' | 'error'>
  pool: Pool
  sealer: Sealer
}>

/** Lets partners in, with their quotas, as long as the server runs. */
export async function openPartnerAccess(
  { config, cleanup, clock, log, pool, sealer }: Base,
  { ledger, tail }: Pick<OpenLedger, 'ledger' | 'tail'>,
): Promise<PartnerAccess> {
  const failed = (error: unknown): void => log.error({ err: error }, 'an API key')
  const partners = await openPartners({ pool, ledger, tail, sealer, quota: partnerQuota(config), clock, failed })
  const timer = setInterval(() => {
    partners.dropExpired().catch((error: unknown) => log.warn({ err: error }, 'old nonces were not deleted'))
  }, DROP_EXPIRED_MS)
  cleanup.add('partners', () => {
    clearInterval(timer)
    partners.close()
  })
  return partners
}

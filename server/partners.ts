import type { PartnerBook } from '../access/partners/book.ts'
import type { Commission } from '../game/partner/commission.ts'
import type { TenantId } from '../schema/account.ts'

/** Who earns of the openings in a tenant, as the partners' book says. */
export function commissionsOf(book: Pick<PartnerBook, 'worldOf'>) {
  return async (tenant: TenantId): Promise<Commission | undefined> => {
    const world = await book.worldOf(tenant)
    if (!world || world.commission.basisPoints === 0) return undefined
    return { partner: world.partner, rule: world.commission }
  }
}

import type { TenantId } from '../../schema/account.ts'
import type { PartnerBook } from './book.ts'

/** Origins (`https://shop.example`) whose pages may call us for a partner's users, as the partner says. In memory. */
export interface PartnerDomains {
  /** Of one tenant; none where it is no partner's. */
  domainsOf(tenant: TenantId): Promise<readonly string[]>
  /** Whether any partner that is not suspended names this origin: what can be said before a call shows its token. */
  isAnyones(origin: string): Promise<boolean>
}

export function createPartnerDomains(book: Pick<PartnerBook, 'worldOf' | 'worlds'>): PartnerDomains {
  return {
    domainsOf: async (tenant) => (await book.worldOf(tenant))?.domains ?? [],
    async isAnyones(origin) {
      for (const { stage, domains } of await book.worlds())
        if (stage !== 'suspended' && domains.includes(origin)) return true
      return false
    },
  }
}

import type { PartnerTenant } from './route.ts'

/** Asked again after this long at the latest, so that one who has gone is forgotten. */
const FRESH_MS = 30_000

/** Which tenants are partners', read anew as soon as events of an unknown tenant come. */
export class Partners {
  readonly #read: () => Promise<readonly PartnerTenant[]>
  readonly #house: string
  #byTenant: ReadonlyMap<string, readonly PartnerTenant[]> = new Map()
  #read_at = -Infinity

  constructor(read: () => Promise<readonly PartnerTenant[]>, house: string) {
    this.#read = read
    this.#house = house
  }

  get all(): readonly PartnerTenant[] {
    return [...this.#byTenant.values()].flat()
  }

  of(tenant: string): readonly PartnerTenant[] {
    return this.#byTenant.get(tenant) ?? []
  }

  /** True when there are partners that were not there before. */
  async refresh(tenants: ReadonlySet<string>): Promise<boolean> {
    const unknown = [...tenants].some((tenant) => tenant !== this.#house && !this.#byTenant.has(tenant))
    if (!unknown && performance.now() - this.#read_at < FRESH_MS) return false
    const partners = await this.#read()
    this.#read_at = performance.now()
    const known = new Set(this.all.map(({ id }) => id))
    this.#byTenant = Map.groupBy(partners, ({ tenant }) => tenant)
    return partners.some(({ id }) => !known.has(id))
  }
}

import type { Pool } from 'pg'
import type { Tail } from '../ledger/ledger.ts'
import type { TenantId } from '../schema/account.ts'
import { itemAsset, type AssetId } from '../schema/asset.ts'
import type { Prize } from '../schema/box.ts'
import { findNewest, findVersion, type PublishedBox } from './box-version.ts'
import { findLimited } from './stock.ts'

/** What an item is and what the house buys it back for: its prize's value, in `money`. */
export type CatalogItem = Readonly<{ prize: Prize; money: AssetId; box: string }>

/** The boxes on offer. */
export interface Catalog {
  /** The newest version of every box, cheapest first. */
  boxes(tenant: TenantId): Promise<readonly PublishedBox[]>
  /** The newest version of a box, or the one asked for; undefined when there is none. */
  box(tenant: TenantId, id: string, version?: number): Promise<PublishedBox | undefined>
  /** All items of the boxes on offer, by their asset; of an item in several boxes, the one in the cheapest. */
  items(tenant: TenantId): Promise<ReadonlyMap<AssetId, CatalogItem>>
  /** The items of which there are only so many. */
  limited(tenant: TenantId): Promise<ReadonlySet<AssetId>>
  close(): void
}

type Current = Readonly<{
  boxes: readonly PublishedBox[]
  byId: ReadonlyMap<string, PublishedBox>
  items: ReadonlyMap<AssetId, CatalogItem>
  limited: ReadonlySet<AssetId>
}>

/** A catalogue over the stored versions, kept in memory until the tail brings a `box.published` of the tenant. */
export function createCatalog({ pool, tail }: Readonly<{ pool: Pool; tail: Pick<Tail, 'subscribe'> }>): Catalog {
  const kept = new Map<TenantId, Promise<Current>>()
  const unsubscribe = tail.subscribe((events) => {
    for (const { type, tenant } of events) if (type === 'box.published') kept.delete(tenant)
  })

  function current(tenant: TenantId): Promise<Current> {
    const known = kept.get(tenant)
    if (known) return known
    const loading = load(pool, tenant)
    kept.set(tenant, loading)
    // What failed is not kept: the next caller asks again.
    loading.catch(() => kept.get(tenant) === loading && kept.delete(tenant))
    return loading
  }

  return {
    boxes: async (tenant) => (await current(tenant)).boxes,
    async box(tenant, id, version) {
      const newest = (await current(tenant)).byId.get(id)
      if (version === undefined || newest?.box.version === version) return newest
      return (await findVersion(pool, tenant, id, version))?.published
    },
    items: async (tenant) => (await current(tenant)).items,
    limited: async (tenant) => (await current(tenant)).limited,
    close: unsubscribe,
  }
}

async function load(pool: Pool, tenant: TenantId): Promise<Current> {
  const boxes = await findNewest(pool, tenant)
  // An item is limited before a box that holds it is published: read afterwards, none is missing.
  return currentOf(boxes, await findLimited(pool, tenant))
}

function currentOf(boxes: readonly PublishedBox[], limited: Current['limited']): Current {
  const items = new Map<AssetId, CatalogItem>()
  for (const { box } of boxes) {
    for (const prize of box.prizes) {
      const asset = itemAsset(prize.sku, box.asset)
      if (!items.has(asset)) items.set(asset, { prize, money: box.asset, box: box.id })
    }
  }
  return { boxes, byId: new Map(boxes.map((published) => [published.box.id, published])), items, limited }
}

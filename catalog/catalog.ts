import type { Pool } from 'pg'
import type { Tail } from '../ledger/ledger.ts'
import type { TenantId } from '../schema/account.ts'
import { itemAsset, type AssetId } from '../schema/asset.ts'
import type { Prize } from '../schema/box.ts'
import type { EventType } from '../schema/event.ts'
import { findHolders, findNewest, findVersion, type PublishedBox } from './box-version.ts'
import { findLimited } from './stock.ts'

/** What an item is and what the house buys it back for: its prize's value, in `money`. */
export type CatalogItem = Readonly<{ prize: Prize; money: AssetId; box: string }>

/** The boxes on offer. */
export interface Catalog {
  /** The newest version of every box on offer, cheapest first. */
  boxes(tenant: TenantId): Promise<readonly PublishedBox[]>
  /** The newest version of a box on offer, or the one asked for, also of a retired box; undefined when there is none. */
  box(tenant: TenantId, id: string, version?: number): Promise<PublishedBox | undefined>
  /**
   * All items by their asset; of an item in several boxes, the one in the cheapest on offer, and of one in none of them that of
   * the newest version that held it.
   */
  items(tenant: TenantId): Promise<ReadonlyMap<AssetId, CatalogItem>>
  /** The items of which there are only so many. */
  limited(tenant: TenantId): Promise<ReadonlySet<AssetId>>
  /** How often it was asked so far, and how often the answer was in memory. */
  asked(): Readonly<{ hits: number; misses: number }>
  close(): void
}

/** Versions no longer on offer that are kept in memory: proofs and battles under way ask for the same few. */
const OLD_VERSIONS_MAX = 500
/** What changes what is on offer. */
const CHANGES: ReadonlySet<EventType> = new Set<EventType>(['box.published', 'box.retired'])

type Current = Readonly<{
  boxes: readonly PublishedBox[]
  byId: ReadonlyMap<string, PublishedBox>
  items: ReadonlyMap<AssetId, CatalogItem>
  limited: ReadonlySet<AssetId>
}>

/** A catalogue over the stored versions, kept in memory until the tail tells that the tenant published or retired a box. */
export function createCatalog({ pool, tail }: Readonly<{ pool: Pool; tail: Pick<Tail, 'subscribe'> }>): Catalog {
  const kept = new Map<TenantId, Promise<Current>>()
  const old = new Map<string, PublishedBox>()
  let [hits, misses] = [0, 0]
  const unsubscribe = tail.subscribe((events) => {
    for (const { type, tenant } of events) if (CHANGES.has(type)) kept.delete(tenant)
  })

  /** A version never changes, so it is never asked for anew while it is kept. */
  async function oldVersion(tenant: TenantId, id: string, version: number): Promise<PublishedBox | undefined> {
    const name = `${tenant} ${id} ${version}`
    const known = old.get(name)
    if (known) hits++
    else misses++
    const found = known ?? (await findVersion(pool, tenant, id, version))?.published
    if (!found) return undefined
    old.delete(name)
    old.set(name, found)
    for (const oldest of old.keys()) if (old.size > OLD_VERSIONS_MAX) old.delete(oldest)
    return found
  }

  function current(tenant: TenantId): Promise<Current> {
    const known = kept.get(tenant)
    if (known) hits++
    else misses++
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
      return oldVersion(tenant, id, version)
    },
    items: async (tenant) => (await current(tenant)).items,
    limited: async (tenant) => (await current(tenant)).limited,
    asked: () => ({ hits, misses }),
    close: unsubscribe,
  }
}

async function load(pool: Pool, tenant: TenantId): Promise<Current> {
  const boxes = await findNewest(pool, tenant)
  const holders = await findHolders(pool, tenant)
  // An item is limited before a box that holds it is published, or with it: read afterwards, none is missing.
  return currentOf(boxes, holders, await findLimited(pool, tenant))
}

function currentOf(
  boxes: readonly PublishedBox[],
  holders: readonly PublishedBox[],
  limited: Current['limited'],
): Current {
  const items = new Map<AssetId, CatalogItem>()
  for (const { box } of [...boxes, ...holders]) {
    for (const prize of box.prizes) {
      const asset = itemAsset(prize.sku, box.asset)
      if (!items.has(asset)) items.set(asset, { prize, money: box.asset, box: box.id })
    }
  }
  return { boxes, byId: new Map(boxes.map((published) => [published.box.id, published])), items, limited }
}

import type { Pool } from 'pg'
import type { KnownItem, Surroundings } from '../game/box/fitness.ts'
import type { TenantId } from '../schema/account.ts'
import { isAsset, isPlay, itemAsset, toAsset, type AssetId } from '../schema/asset.ts'
import type { BoxContents } from '../schema/box-admin.ts'
import { findNewest } from './box-version.ts'

type Stocked = Readonly<{ asset: AssetId; amount: string | null }>

/** Which of these items had their stock decided: the amount, or null where they were on offer without a limit. */
export async function findDecided(
  pool: Pool,
  tenant: TenantId,
  { asset, prizes }: Pick<BoxContents, 'asset' | 'prizes'>,
): Promise<ReadonlyMap<AssetId, bigint | null>> {
  const money = toAsset(asset)
  const skus = prizes.map(({ sku }) => sku).filter((sku) => isAsset(`play:item:${sku}`))
  const { rows } = await pool.query<Stocked>(
    `select asset, amount from item_stock where tenant = $1 and asset = any($2)
     union all
     select distinct $4 || sku, null::bigint from box_version, jsonb_to_recordset(prizes) as prize(sku text)
     where tenant = $1 and (asset like 'play:%') = $5 and sku = any($3)
       and not exists (select from item_stock where item_stock.tenant = $1 and item_stock.asset = $4 || sku)`,
    [tenant, skus.map((sku) => itemAsset(sku, money)), skus, isPlay(money) ? 'play:item:' : 'item:', isPlay(money)],
  )
  return new Map(rows.map(({ asset: item, amount }) => [item, amount === null ? null : BigInt(amount)]))
}

/** What a draft of the box `id` is judged by besides itself. */
export async function surroundingsOf(
  pool: Pool,
  tenant: TenantId,
  id: string,
  contents: BoxContents,
  bounds: Surroundings['bounds'],
): Promise<Surroundings> {
  const money = toAsset(contents.asset)
  const [decided, boxes] = await Promise.all([findDecided(pool, tenant, contents), findNewest(pool, tenant)])
  const items = new Map<string, KnownItem>()
  for (const { sku } of contents.prizes) {
    if (!isAsset(`play:item:${sku}`)) continue
    const limit = decided.get(itemAsset(sku, money))
    if (limit !== undefined) items.set(sku, { limit })
  }
  for (const { box } of boxes) {
    if (box.id === id || isPlay(box.asset) !== isPlay(money)) continue
    for (const { sku, value } of box.prizes) items.set(sku, { elsewhere: { box: box.id, value }, ...items.get(sku) })
  }
  return { bounds, items }
}

import { itemArt } from '../art/item.ts'
import { money } from '../format/money.ts'
import { itemOf } from '../state/catalog.ts'

/** One item: its picture in a frame of its rarity, its name and what it is worth. */
export function ItemTile({
  sku,
  value,
  paidWith = 'play:CREDIT',
  count = 1,
  fresh = false,
}: {
  sku: string
  value: bigint
  /** The money that the value is in. */
  paidWith?: string
  count?: number
  fresh?: boolean
}) {
  const item = itemOf(sku)
  return (
    <div class={`item ${item.rarity} ${fresh ? 'fresh' : ''}`} title={`${item.name} · ${item.rarity}`}>
      <span class="item-art">
        <img src={itemArt(sku, item.name, item.rarity)} alt="" />
        {count > 1 && <b class="item-count">×{count}</b>}
      </span>
      <span class="item-name">{item.name}</span>
      <span class="item-value">{money(value, paidWith)}</span>
    </div>
  )
}

import type { Trade } from '../../../schema/trade.ts'
import { itemArt } from '../art/item.ts'
import { money } from '../format/money.ts'
import { itemOf } from '../state/catalog.ts'

/** What one side of a trade brings. */
export function Side({ title, side }: { title: string; side: Trade['gives'] }) {
  return (
    <section>
      <h3>{title}</h3>
      {side.items.length === 0 && side.money === null && <p class="hint">Nothing</p>}
      <ul class="trade-things">
        {side.items.map(({ asset, sku, name, count }) => {
          const { rarity } = itemOf(sku)
          return (
            <li key={asset} class={`entry-item ${rarity}`}>
              <img src={itemArt(sku, name ?? sku, rarity)} alt="" />
              <b>{name ?? sku}</b>
              {count > 1 && <small>×{count}</small>}
            </li>
          )
        })}
        {side.money && <li>{money(BigInt(side.money.amount), side.money.asset)}</li>}
      </ul>
    </section>
  )
}

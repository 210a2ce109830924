import { boxArt } from '../art/box.ts'
import { itemArt } from '../art/item.ts'
import { percentExact } from '../format/credits.ts'
import { money } from '../format/money.ts'
import { boxes } from '../state/catalog.ts'

/** Every box one can open alone. */
export function OpenShelf() {
  return (
    <div class="page">
      <header class="section-head">
        <div>
          <h1>Open boxes</h1>
          <p class="lead">Alone, at once, and every draw can be recomputed afterwards.</p>
        </div>
      </header>
      {boxes.value === null ? (
        <p class="empty">Loading…</p>
      ) : (
        <ul class="open-shelf">
          {boxes.value.map(({ id, name, asset, price, best, returnToPlayer }) => (
            <li key={id}>
              <a class="open-card" href={`/open/${id}`} data-testid={`open-${id}`}>
                <span class="open-art">
                  <img class="box-art" src={boxArt(id)} alt="" />
                  <img class={`box-best ${best.rarity}`} src={itemArt(best.sku, best.name, best.rarity)} alt="" />
                </span>
                <h3>{name}</h3>
                <p class="box-facts">
                  <span>{percentExact(returnToPlayer)} back</span>
                  <span>up to {money(BigInt(best.value), asset)}</span>
                </p>
                <b class="open-price">{money(BigInt(price), asset)}</b>
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

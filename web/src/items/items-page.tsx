import { computed } from '@preact/signals'
import { credits } from '../format/credits.ts'
import { count } from '../format/words.ts'
import { itemOf } from '../state/catalog.ts'
import { sell, selling } from '../state/sale.ts'
import { balances, known } from '../state/session.ts'
import { ItemTile } from './item-tile.tsx'

const prefix = /^(play:)?item:/

/** What the player owns, dearest first. */
const owned = computed(() =>
  [...balances.value]
    .filter(([asset, n]) => prefix.test(asset) && n > 0n)
    .map(([asset, n]) => ({ asset, item: itemOf(asset.replace(prefix, '')), count: Number(n) }))
    .toSorted((a, b) => Number(b.item.value - a.item.value)),
)

export function ItemsPage() {
  const all = owned.value
  const worth = all.reduce((total, { item, count: n }) => total + item.value * BigInt(n), 0n)
  const pieces = all.reduce((total, each) => total + each.count, 0)
  return (
    <div class="page">
      <header class="section-head">
        <div>
          <h1>Your items</h1>
          <p class="lead">
            {all.length === 0
              ? 'What you win lands here.'
              : `${count(pieces, 'item')} worth ${credits(worth)} credits.`}
          </p>
        </div>
        {all.length > 0 && (
          <button
            class="button primary"
            type="button"
            data-testid="sell-all"
            disabled={selling.value.size > 0}
            onClick={() => void sell(all.map(({ asset, count: n }) => ({ asset, count: n })))}
          >
            Sell all for {credits(worth)}
          </button>
        )}
      </header>
      {all.length === 0 && (
        <p class="empty">
          {known.value ? (
            <>
              Nothing yet. <a href="/">Win a battle</a> and its items are yours to keep or to sell back at their value.
            </>
          ) : (
            'Loading…'
          )}
        </p>
      )}
      <ul class="items-grid large">
        {all.map(({ asset, item, count: n }) => (
          <li key={asset}>
            <ItemTile sku={item.sku} value={item.value} count={n} />
            <span class="sell-row">
              <button
                class="button small"
                type="button"
                data-testid={`sell-${item.sku}`}
                disabled={selling.value.has(asset)}
                onClick={() => void sell([{ asset, count: 1 }])}
              >
                Sell {n > 1 ? 'one' : ''}
              </button>
              {n > 1 && (
                <button
                  class="button small"
                  type="button"
                  disabled={selling.value.has(asset)}
                  onClick={() => void sell([{ asset, count: n }])}
                >
                  All {n}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

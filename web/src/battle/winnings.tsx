import { signal } from '@preact/signals'
import { credits, creditsChange } from '../format/credits.ts'
import { count } from '../format/words.ts'
import type { OpenBattle } from '../state/battle.ts'
import type { BattleView } from '../state/battle-view.ts'
import { itemOf } from '../state/catalog.ts'
import { sell, selling, type Lot } from '../state/sale.ts'
import { balances, user } from '../state/session.ts'
import { ItemTile } from '../items/item-tile.tsx'

/** What was sold of a battle's winnings in this visit: `<battle> <asset>` → how many. */
const soldHere = signal<ReadonlyMap<string, number>>(new Map())

type Won = Readonly<{ asset: string; sku: string; value: bigint; won: number; left: number }>

/** What this player won in the battle, each kind and all of it with its way back to the house. */
export function Winnings({ battle, view }: { battle: OpenBattle; view: BattleView }) {
  const seat = view.seats.findIndex((each) => each !== null && !each.bot && each.user === user.value?.id)
  if (seat < 0) return null
  if (!view.winners.includes(seat)) return <Lost view={view} />
  const all = wonItems(battle, view, seat)
  const left = all.filter((each) => each.left > 0)
  const worth = left.reduce((total, { value, left: n }) => total + value * BigInt(n), 0n)
  const sellLots = async (lots: readonly Lot[]) => {
    for (const { asset, count: n } of await sell(lots)) {
      const key = `${view.id} ${asset}`
      soldHere.value = new Map(soldHere.value).set(key, (soldHere.value.get(key) ?? 0) + n)
    }
  }
  return (
    <section class="winnings" aria-labelledby="winnings-title">
      <header class="section-head">
        <div>
          <h2 id="winnings-title">Your winnings</h2>
          <p class="lead">
            {count(view.drops.length, 'item')} worth {credits(view.pot)}. Paid {credits(view.price)}, so{' '}
            <b class={view.pot >= view.price ? 'up' : 'down'}>{creditsChange(view.pot - view.price)}</b>
          </p>
        </div>
        <button
          class="button primary"
          type="button"
          data-testid="sell-all"
          disabled={left.length === 0 || selling.value.size > 0}
          onClick={() => void sellLots(left.map(({ asset, left: n }) => ({ asset, count: n })))}
        >
          {left.length === 0 ? 'All sold' : `Sell all for ${credits(worth)}`}
        </button>
      </header>
      <ul class="items-grid">
        {all.map((each) => (
          <li key={each.asset} class={each.left === 0 ? 'sold' : ''}>
            <ItemTile sku={each.sku} value={each.value} count={each.won} />
            <button
              class="button small"
              type="button"
              data-testid={`sell-${each.sku}`}
              disabled={each.left === 0 || selling.value.has(each.asset)}
              aria-label={`Sell ${itemOf(each.sku).name}`}
              onClick={() => void sellLots([{ asset: each.asset, count: each.left }])}
            >
              {each.left === 0 ? 'Sold' : each.left > 1 ? `Sell ${each.left}` : 'Sell'}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Lost({ view }: { view: BattleView }) {
  return (
    <p class="lost-line" data-testid="lost">
      Not this time: <b class="down">{creditsChange(-view.price)}</b> credits. The seat was paid when you took it.
    </p>
  )
}

/** What is left to sell is never more than the player still has of it, from whatever battle. */
function wonItems(battle: OpenBattle, view: BattleView, seat: number): Won[] {
  const payouts = battle.detail.value?.proof.payouts.filter((payout) => payout.seat === seat) ?? []
  return payouts
    .map(({ asset, amount }) => {
      const sku = asset.replace(/^(play:)?item:/, '')
      const value = view.drops.find((drop) => drop.sku === sku)?.value ?? itemOf(sku).value
      const won = Number(amount)
      const unsold = won - (soldHere.value.get(`${view.id} ${asset}`) ?? 0)
      const owned = Number(balances.value.get(asset) ?? 0n)
      return { asset, sku, value, won, left: Math.max(0, Math.min(unsold, owned)) }
    })
    .toSorted((a, b) => Number(b.value - a.value))
}

import { signal } from '@preact/signals'
import { credits, creditsChange } from '../format/credits.ts'
import { count } from '../format/words.ts'
import { rules } from '../../../client-sdk/rules.ts'
import { costs } from '../state/draft-options.ts'
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
  const share = view.seats[seat]?.share ?? 0n
  const paid = paidBy(view, seat)
  if (!view.winners.includes(seat)) return <Lost paid={paid} />
  const money = moneyWon(battle, seat)
  const items = wonCount(battle, seat)
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
            {[items > 0 && count(items, 'item'), money > 0n && `${credits(money)} credits`]
              .filter(Boolean)
              .join(' and ')}
            {items > 0 || money > 0n ? ' worth ' : 'Worth '}
            {credits(share)}. Paid {credits(paid)}, so{' '}
            <b class={share >= paid ? 'up' : 'down'}>{creditsChange(share - paid)}</b>
          </p>
        </div>
        {all.length > 0 && (
          <button
            class="button primary"
            type="button"
            data-testid="sell-all"
            disabled={left.length === 0 || selling.value.size > 0}
            onClick={() => void sellLots(left.map(({ asset, left: n }) => ({ asset, count: n })))}
          >
            {left.length === 0 ? 'All sold' : `Sell all for ${credits(worth)}`}
          </button>
        )}
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

function Lost({ paid }: { paid: bigint }) {
  return (
    <p class="lost-line" data-testid="lost">
      Not this time: <b class="down">{creditsChange(-paid)}</b> credits. The seat was paid when you took it.
    </p>
  )
}

/** What the player in this seat gave for the battle: the creator's seat costs the price, and the gifts to the others. */
function paidBy(view: BattleView, seat: number): bigint {
  const { borrow = 0, user: who = '' } = view.seats[seat] ?? {}
  const { own, gift, entry } = costs(view.price, { ...view, seats: view.seats.length, borrow })
  const others = view.seats.filter((each, i) => i !== seat && each !== null && !each.bot).length
  if (seat === 0 && who === view.creator) return own + (gift / BigInt(view.seats.length - 1)) * BigInt(others)
  return entry - rules.percentOf(entry, borrow)
}

const payoutsOf = (battle: OpenBattle, seat: number) =>
  battle.detail.value?.proof.payouts.filter((payout) => payout.seat === seat) ?? []
const isItem = ({ asset }: { asset: string }) => /^(play:)?item:/.test(asset)
const itemPayouts = (battle: OpenBattle, seat: number) => payoutsOf(battle, seat).filter(isItem)
const wonCount = (battle: OpenBattle, seat: number) =>
  itemPayouts(battle, seat).reduce((sum, { amount }) => sum + Number(amount), 0)
const moneyWon = (battle: OpenBattle, seat: number) =>
  payoutsOf(battle, seat)
    .filter((payout) => !isItem(payout))
    .reduce((sum, { amount }) => sum + BigInt(amount), 0n)

/** What is left to sell is never more than the player still has of it, from whatever battle. */
function wonItems(battle: OpenBattle, view: BattleView, seat: number): Won[] {
  return itemPayouts(battle, seat)
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

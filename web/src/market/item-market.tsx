import { useEffect, useState } from 'preact/hooks'
import type { MarketItem } from '../../../schema/market.ts'
import { itemArt } from '../art/item.ts'
import { amountOf, money } from '../format/money.ts'
import { busy, followMarket, itemView, loadItem, offerToBuy } from '../state/market.ts'
import { ListingCard } from './listing-card.tsx'
import { PriceChart } from './price-chart.tsx'

/** One item: what it is sold for, by whom, and what is offered for it. */
export function ItemMarket({ asset }: { asset: string }) {
  useEffect(() => {
    itemView.value = null
    return followMarket(() => loadItem(asset))
  }, [asset])
  const view = itemView.value
  if (view === null) return <p class="empty">Loading…</p>
  const { item, prices, listings } = view
  const name = item.name ?? item.sku
  return (
    <div class="page">
      <nav class="crumbs" aria-label="Where you are">
        <a href="/market">Market</a> <span aria-hidden="true">/</span> {name}
      </nav>
      <header class={`market-head ${item.rarity ?? 'common'}`}>
        <span class="item-art">
          <img src={itemArt(item.sku, name, item.rarity ?? 'common')} alt="" />
        </span>
        <div>
          <h1>{name}</h1>
          <p class="rarity-word">{item.rarity}</p>
          <dl class="facts">
            <Fact name="Asked" amount={item.ask} asset={item.money} />
            <Fact name="Offered" amount={item.bid} asset={item.money} />
            <Fact name="Last sale" amount={item.last} asset={item.money} />
            <Fact name="House pays" amount={item.value} asset={item.money} />
          </dl>
        </div>
      </header>
      <PriceChart prices={prices} />
      <div class="market-sides">
        <section aria-labelledby="for-sale">
          <h2 id="for-sale">For sale</h2>
          {listings.length === 0 && <p class="empty">Nobody sells one right now.</p>}
          <ul class="listings">
            {listings.map((listing) => (
              <ListingCard key={listing.id} listing={listing} />
            ))}
          </ul>
        </section>
        <section aria-labelledby="wanted">
          <h2 id="wanted">Wanted</h2>
          <Levels item={item} />
          <OrderForm item={item} />
        </section>
      </div>
    </div>
  )
}

function Fact({ name, amount, asset }: { name: string; amount: string | null; asset: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{amount === null ? '–' : money(BigInt(amount), asset)}</dd>
    </div>
  )
}

function Levels({ item }: { item: MarketItem }) {
  if (item.bids.length === 0) return <p class="empty">Nobody waits for one.</p>
  return (
    <table class="table levels">
      <thead>
        <tr>
          <th scope="col">Up to</th>
          <th scope="col" class="number">
            Wanted
          </th>
        </tr>
      </thead>
      <tbody>
        {item.bids.map(({ price, count }) => (
          <tr key={price}>
            <td>{money(BigInt(price), item.money)}</td>
            <td class="number">{count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Offers to buy: what is asked for less is bought at once, the rest waits. */
function OrderForm({ item }: { item: MarketItem }) {
  const [price, setPrice] = useState('')
  const [quantity, setQuantity] = useState('1')
  const [each, count] = [amountOf(price), Number(quantity)]
  const isGood = each !== null && Number.isInteger(count) && count >= 1 && count <= 100
  return (
    <form
      class="order-form"
      data-testid="order-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (isGood) void offerToBuy(item.asset, each, count).then(() => loadItem(item.asset))
      }}
    >
      <label class="account-field">
        <span>The most you pay for one</span>
        <input
          value={price}
          inputMode="decimal"
          data-testid="order-price"
          onInput={(event) => setPrice(event.currentTarget.value)}
        />
      </label>
      <label class="account-field">
        <span>How many</span>
        <input
          value={quantity}
          inputMode="numeric"
          data-testid="order-quantity"
          onInput={(event) => setQuantity(event.currentTarget.value)}
        />
      </label>
      <button class="button primary" type="submit" disabled={!isGood || busy.value !== null} data-testid="order">
        {isGood ? `Keep ${money(each * BigInt(count), item.money)} aside for it` : 'Place the order'}
      </button>
    </form>
  )
}

import { itemArt } from '../art/item.ts'
import { money } from '../format/money.ts'
import { ago } from '../format/time.ts'
import { now } from '../state/clock.ts'
import { busy, buy, takeBack } from '../state/market.ts'
import { balances } from '../state/session.ts'
import type { MarketListing } from '../../../schema/market.ts'

/** One item for sale, with its price and the one thing to do about it. */
export function ListingCard({ listing }: { listing: MarketListing }) {
  const { asset, sku, rarity, price, money: paidWith, seller, own, createdAt } = listing
  const name = listing.name ?? sku
  return (
    <li class={`listing ${rarity ?? 'common'}`} data-testid="listing" data-asset={asset}>
      <a class="listing-item" href={`/market/${encodeURIComponent(asset)}`} aria-label={`${name} on the market`}>
        <span class="item-art">
          <img src={itemArt(sku, name, rarity ?? 'common')} alt="" />
        </span>
        <b class="listing-name">{name}</b>
      </a>
      <small class="listing-who">
        {own ? 'Yours' : seller} · {ago(createdAt, now.value)}
      </small>
      <b class="listing-price">{money(BigInt(price), paidWith)}</b>
      <Act listing={listing} isShort={(balances.value.get(paidWith) ?? 0n) < BigInt(price)} />
    </li>
  )
}

function Act({ listing, isShort }: { listing: MarketListing; isShort: boolean }) {
  if (listing.own)
    return (
      <button
        class="button small"
        type="button"
        data-testid="take-back"
        disabled={busy.value !== null}
        onClick={() => void takeBack(listing)}
      >
        Take back
      </button>
    )
  return (
    <button
      class="button small primary"
      type="button"
      data-testid="buy"
      disabled={busy.value !== null || isShort}
      title={isShort ? 'Your balance is too low for this' : undefined}
      onClick={() => void buy(listing)}
    >
      {busy.value === listing.id ? 'Buying…' : 'Buy'}
    </button>
  )
}

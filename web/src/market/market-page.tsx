import { useEffect } from 'preact/hooks'
import { followListings, loadMoreListings, shown } from '../state/market.ts'
import { ListingCard } from './listing-card.tsx'
import { MarketFilters } from './market-filters.tsx'

/** Everything that is for sale, live. */
export function MarketPage() {
  useEffect(followListings, [])
  const now = shown.value
  return (
    <div class="page">
      <header class="section-head">
        <div>
          <h1>Market</h1>
          <p class="lead">What players sell to each other. One price, one buyer, settled in one step.</p>
        </div>
        <a class="button" href="/market/mine" data-testid="market-mine">
          Your offers
        </a>
      </header>
      <MarketFilters />
      {now === null && <p class="empty">Loading…</p>}
      {now?.listings.length === 0 && (
        <p class="empty">
          Nothing is for sale like that. Put up one of <a href="/items">your items</a>.
        </p>
      )}
      <ul class="listings">
        {now?.listings.map((listing) => (
          <ListingCard key={listing.id} listing={listing} />
        ))}
      </ul>
      {now?.next && (
        <button class="button more" type="button" onClick={() => void loadMoreListings()}>
          Show more
        </button>
      )}
    </div>
  )
}

import { useEffect } from 'preact/hooks'
import type { MarketListing, MarketOrder } from '../../../schema/market.ts'
import { itemArt } from '../art/item.ts'
import { money } from '../format/money.ts'
import { dayTime } from '../format/time.ts'
import { busy, endOrder, followMarket, loadOwn, ownOffers, takeBack } from '../state/market.ts'

const phases: Readonly<Record<string, string>> = {
  open: 'Open',
  sold: 'Sold',
  filled: 'Bought',
  cancelled: 'Taken back',
  expired: 'Expired',
  removed: 'Removed by the staff',
}

/** What one sells, waits for and has bought. */
export function OwnOffers() {
  useEffect(() => followMarket(loadOwn), [])
  const own = ownOffers.value
  return (
    <div class="page">
      <nav class="crumbs" aria-label="Where you are">
        <a href="/market">Market</a> <span aria-hidden="true">/</span> Your offers
      </nav>
      <h1>Your offers</h1>
      {own === null ? (
        <p class="empty">Loading…</p>
      ) : (
        <>
          <Listings title="You sell" none="You sell nothing." listings={own.selling} />
          <Orders orders={own.orders} />
          <Listings title="You have bought" none="You have bought nothing yet." listings={own.bought} />
        </>
      )}
    </div>
  )
}

function Listings(props: { title: string; none: string; listings: readonly MarketListing[] }) {
  return (
    <section aria-label={props.title}>
      <h2>{props.title}</h2>
      {props.listings.length === 0 && <p class="empty">{props.none}</p>}
      <ul class="offers">
        {props.listings.map((listing) => (
          <li key={listing.id} data-testid="own-listing" data-phase={listing.phase}>
            <Thing {...listing} at={listing.endedAt ?? listing.createdAt} />
            <b>{money(BigInt(listing.price), listing.money)}</b>
            {listing.own && listing.phase === 'open' && (
              <button
                class="button small"
                type="button"
                disabled={busy.value !== null}
                onClick={() => void takeBack(listing).then(loadOwn)}
              >
                Take back
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Orders({ orders }: { orders: readonly MarketOrder[] }) {
  return (
    <section aria-label="You want">
      <h2>You want</h2>
      {orders.length === 0 && <p class="empty">No order of yours stands.</p>}
      <ul class="offers">
        {orders.map((order) => (
          <li key={order.id} data-testid="own-order" data-phase={order.phase}>
            <Thing {...order} at={order.endedAt ?? order.createdAt} />
            <span>
              {order.quantity - order.left} of {order.quantity}
            </span>
            <b>{money(BigInt(order.price), order.money)}</b>
            {order.phase === 'open' && (
              <button
                class="button small"
                type="button"
                disabled={busy.value !== null}
                onClick={() => void endOrder(order).then(loadOwn)}
              >
                End
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

type Offered = Pick<MarketListing, 'asset' | 'sku' | 'name' | 'rarity'> & Readonly<{ phase: string; at: number }>

function Thing({ asset, sku, name, rarity, phase, at }: Offered) {
  return (
    <a class={`offer-thing ${rarity ?? 'common'}`} href={`/market/${encodeURIComponent(asset)}`}>
      <img src={itemArt(sku, name ?? sku, rarity ?? 'common')} alt="" />
      <span>
        <b>{name ?? sku}</b>
        <small>
          {phases[phase] ?? phase} · {dayTime(at)}
        </small>
      </span>
    </a>
  )
}

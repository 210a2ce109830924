import type { Principal } from '../access/access.ts'
import { endListing, LISTING } from '../game/market/listing.ts'
import { ORDER } from '../game/market/order.ts'
import { endTrade, TRADE } from '../game/market/trade.ts'
import { act } from '../ledger/act.ts'
import type { Ring } from '../ledger/alarms.ts'
import type { AssetId } from '../schema/asset.ts'
import type {
  Bought,
  ItemPrices,
  ListingPage,
  ListingQuery,
  Marked,
  MarketItem,
  MarketListing,
  MarketOrder,
  MarkItem,
  OpenListing,
  OpenOrder,
  OrderPage,
  Transferred,
  TransferItem,
  UserInventory,
} from '../schema/market.ts'
import type { Trade, TradePage, TradeQuery } from '../schema/trade.ts'
import { listingOf, ownCommand, tradeOf } from './actors.ts'
import { markOnce, showInventory, showItem, transferOnce } from './inventory.ts'
import { buyOnce, cancelOnce, openOnce, removeOnce, showListing } from './listings.ts'
import { Matching } from './matching.ts'
import { cancelOrderOnce, orderOnce, showOrder } from './orders.ts'
import { listListings, listOwnListings, listOwnOrders, type Page } from './pages.ts'
import type { MarketParts, Who } from './parts.ts'
import { showMarketItem, showPrices } from './prices.ts'
import { acceptOnce, endOnce, listTrades, offerOnce, showTrade, type WantedTrade } from './trades.ts'

/**
 * What users sell, give and trade to each other, the same through every door. `key` is the caller's own id of a command: asked again
 * under it, on whichever node, it is answered again and done once. Whatever does not happen throws a RollingDropError.
 */
export interface Market {
  listings(who: Who, query: ListingQuery & Readonly<{ limit: number }>): Promise<ListingPage>
  /** Throws `market/unknown`. */
  listing(who: Who, id: string): Promise<MarketListing>
  ownListings(who: Who, query: Page & Readonly<{ role: 'sold' | 'bought' }>): Promise<ListingPage>
  /** Throws `market/price`, `market/too-many`, `item/locked`, `ledger/insufficient`. */
  open(principal: Principal, key: string, wanted: OpenListing): Promise<MarketListing>
  /** Throws `market/unknown`, `market/ended`, `market/own`, `market/other-price`, `ledger/insufficient` and what limits refuse. */
  buy(principal: Principal, key: string, wanted: Readonly<{ listing: string; price: string }>): Promise<Bought>
  /** Throws `market/unknown`, `market/not-yours`, `market/ended`. */
  cancel(principal: Principal, key: string, listing: string): Promise<MarketListing>
  /** On behalf of the staff. Throws `market/unknown`, `market/ended`. */
  remove(principal: Principal, key: string, listing: string): Promise<MarketListing>
  /** Throws `market/unknown` for what is not one's own. */
  order(who: Who, id: string): Promise<MarketOrder>
  ownOrders(who: Who, query: Page): Promise<OrderPage>
  /** Throws `item/unknown`, `market/price`, `market/too-many`, `ledger/insufficient` and what limits refuse. */
  place(principal: Principal, key: string, wanted: OpenOrder): Promise<MarketOrder>
  /** Throws `market/unknown`, `market/ended`. */
  cancelOrder(principal: Principal, key: string, order: string): Promise<MarketOrder>
  item(who: Who, asset: string): Promise<MarketItem>
  prices(who: Who, asset: string): Promise<ItemPrices>
  /** Throws `user/unknown`. */
  inventory(who: Who, user: string): Promise<UserInventory>
  /** Throws `market/own`, `user/unknown`, `auth/confirm`, `item/locked`, `ledger/insufficient`. */
  transfer(principal: Principal, key: string, wanted: TransferItem): Promise<Transferred>
  /** Throws `ledger/insufficient`, `market/too-many`, and what `open` throws where it shall be for sale. */
  mark(principal: Principal, key: string, asset: AssetId, wanted: MarkItem): Promise<Marked>
  /** Throws `trade/unknown`. */
  trade(who: Who, id: string): Promise<Trade>
  trades(who: Who, query: TradeQuery): Promise<TradePage>
  /** Throws `user/unknown`, `market/own`, `trade/empty`, `market/mixed`, `market/too-many`, `auth/confirm`, `item/locked`, `ledger/insufficient`. */
  offer(principal: Principal, key: string, wanted: WantedTrade): Promise<Trade>
  /** Throws `trade/unknown`, `trade/ended`, `auth/confirm`, `item/locked`, `ledger/insufficient`. */
  accept(principal: Principal, key: string, trade: string): Promise<Trade>
  /** Throws `trade/unknown`, `trade/ended`. */
  endTrade(
    principal: Principal,
    key: string,
    wanted: Readonly<{ trade: string; how: 'declined' | 'cancelled' }>,
  ): Promise<Trade>
  /** What is due of the market's actors, for `Alarms`. */
  readonly rings: Readonly<Record<string, Ring>>
  close(): Promise<void>
}

export function createMarket(parts: MarketParts): Market {
  const matching = new Matching(parts)
  const open = (principal: Principal, key: string, wanted: OpenListing) =>
    openOnce(parts, matching, principal, key, wanted)
  return {
    listings: (who, query) => listListings(parts, who, query),
    listing: (who, id) => showListing(parts, who, id),
    ownListings: (who, query) => listOwnListings(parts, who, query),
    open,
    buy: (principal, key, wanted) => buyOnce(parts, principal, key, wanted),
    cancel: (principal, key, listing) => cancelOnce(parts, principal, key, listing),
    remove: (principal, key, listing) => removeOnce(parts, principal, key, listing),
    order: (who, id) => showOrder(parts, who, id),
    ownOrders: (who, query) => listOwnOrders(parts, who, query),
    place: (principal, key, wanted) => orderOnce(parts, matching, principal, key, wanted),
    cancelOrder: (principal, key, order) => cancelOrderOnce(parts, matching, principal, key, order),
    item: (who, asset) => showMarketItem(parts, who, asset),
    prices: (who, asset) => showPrices(parts, who, asset),
    inventory: (who, user) => showInventory(parts, who, user),
    transfer: (principal, key, wanted) => transferOnce(parts, principal, key, wanted),
    async mark(principal, key, asset, { locked, shown, price, expiresIn }) {
      await markOnce(parts, principal, key, { asset, locked, shown })
      const listing = price === undefined ? null : await open(principal, key, { asset, price, expiresIn })
      return { item: await showItem(parts, principal, asset), listing }
    },
    trade: (who, id) => showTrade(parts, who, id),
    trades: (who, query) => listTrades(parts, who, query),
    offer: (principal, key, wanted) => offerOnce(parts, principal, key, wanted),
    accept: (principal, key, trade) => acceptOnce(parts, principal, key, trade),
    endTrade: (principal, key, wanted) => endOnce(parts, principal, key, wanted),
    rings: ringsOf(parts, matching),
    close: () => matching.close(),
  }
}

/** Ends whatever has expired. */
function ringsOf({ ledger, clock }: MarketParts, matching: Matching): Market['rings'] {
  const ringing =
    (kind: string, end: (offer: Readonly<{ id: string; tenant: string; now_ms: number }>) => Promise<unknown>): Ring =>
    async (actor, now_ms) => {
      const row = await ledger.actors.find(actor)
      if (row && !row.finished) await end({ id: actor.slice(kind.length + 1), tenant: row.tenant, now_ms })
    }
  return {
    [LISTING]: ringing(LISTING, ({ id, tenant, now_ms }) =>
      act(ledger, listingOf(id, tenant), ownCommand({ expired: id }, clock()), (known) =>
        known!.phase === 'open' && known!.expires_ms <= now_ms
          ? endListing(known!, 'expired')
          : { type: 'done', state: known! },
      ),
    ),
    [ORDER]: ringing(ORDER, (order) => matching.end(order, ownCommand({ expired: order.id }, clock()), 'expired')),
    [TRADE]: ringing(TRADE, ({ id, tenant, now_ms }) =>
      act(ledger, tradeOf(id, tenant), ownCommand({ expired: id }, clock()), (known) =>
        known!.phase === 'open' && known!.expires_ms <= now_ms
          ? endTrade(known!, 'expired', now_ms)
          : { type: 'done', state: known! },
      ),
    ),
  }
}

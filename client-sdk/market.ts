import type {
  Bought,
  ItemPrices,
  ListingPage,
  ListingQuery,
  MarketItem,
  MarketListing,
  MarketOrder,
  MarkItem,
  Marked,
  OpenListing,
  OpenOrder,
  OrderPage,
  Transferred,
  UserInventory,
} from '../schema/market.ts'
import type { OfferTrade, Trade, TradePage, TradeQuery } from '../schema/trade.ts'
import type { Inventory as OwnItems } from '../schema/http.ts'
import type { Caller } from './caller.ts'

type Page = Readonly<{ cursor?: string; limit?: number }>

/** Items: one's own, and what others show. Every method rejects with a RollingDropError. */
export interface Inventory {
  own(): Promise<OwnItems>
  /** Of oneself all of it with what is locked and shown; of somebody else what they show. */
  of(user: string): Promise<UserInventory>
  /** Gives items away, to a user of the same tenant. */
  transfer(to: string, asset: string, count: number): Promise<Transferred>
  /** Locks so many of an item, shows it, or puts one of it up for sale. */
  mark(asset: string, marks: MarkItem): Promise<Marked>
}

/** Items for sale and what is offered for them. Every command is done once, however often it has to be sent. */
export interface Market {
  listings(query?: ListingQuery): Promise<ListingPage>
  listing(id: string): Promise<MarketListing>
  /** Puts one of an item up for sale. The answer may be sold already: to an order that was waiting, at the order's price. */
  sell(listing: OpenListing): Promise<MarketListing>
  /** `price`: what one has seen it for; any other is refused. */
  buy(id: string, price: string): Promise<Bought>
  cancelListing(id: string): Promise<MarketListing>
  /** What one sells and has sold, or (`bought`) what one has bought from others; newest first. */
  ownListings(query?: Page & Readonly<{ role?: 'sold' | 'bought' }>): Promise<ListingPage>
  /** Offers to buy. The answer may be filled already, from the cheapest listings. */
  order(order: OpenOrder): Promise<MarketOrder>
  cancelOrder(id: string): Promise<MarketOrder>
  ownOrders(query?: Page): Promise<OrderPage>
  /** The best prices of an item, and how many there are at which price. */
  item(asset: string): Promise<MarketItem>
  prices(asset: string): Promise<ItemPrices>
}

/** Trades with one other user. */
export interface Trades {
  list(query?: TradeQuery): Promise<TradePage>
  get(id: string): Promise<Trade>
  /** Above the platform's limit it needs `account.confirm` first (`auth/confirm`). */
  offer(trade: OfferTrade): Promise<Trade>
  accept(id: string): Promise<Trade>
  decline(id: string): Promise<Trade>
  cancel(id: string): Promise<Trade>
}

const of = encodeURIComponent

export function inventoryOver(caller: Caller): Inventory {
  return {
    own: () => caller.get<OwnItems>('/inventory'),
    of: (user) => caller.get<UserInventory>(`/inventory/user/${of(user)}`),
    transfer: (to, asset, count) => caller.post<Transferred>('/inventory/transfer', { to, asset, count }),
    mark: (asset, marks) => caller.command<Marked>('PUT', `/inventory/item/${of(asset)}`, marks),
  }
}

export function marketOver(caller: Caller): Market {
  return {
    listings: (query) => caller.get<ListingPage>('/market/listings', query),
    listing: (id) => caller.get<MarketListing>(`/market/listings/${of(id)}`),
    sell: (listing) => caller.post<MarketListing>('/market/listings', listing),
    buy: (id, price) => caller.post<Bought>(`/market/listings/${of(id)}/buy`, { price }),
    cancelListing: (id) => caller.command<MarketListing>('DELETE', `/market/listings/${of(id)}`),
    ownListings: (query) => caller.get<ListingPage>('/market/own/listings', query),
    order: (order) => caller.post<MarketOrder>('/market/orders', order),
    cancelOrder: (id) => caller.command<MarketOrder>('DELETE', `/market/orders/${of(id)}`),
    ownOrders: (query) => caller.get<OrderPage>('/market/own/orders', query),
    item: (asset) => caller.get<MarketItem>(`/market/items/${of(asset)}`),
    prices: (asset) => caller.get<ItemPrices>(`/market/items/${of(asset)}/prices`),
  }
}

export function tradesOver(caller: Caller): Trades {
  const done = (id: string, what: string) => caller.post<Trade>(`/transactions/trade/${of(id)}/${what}`, {})
  return {
    list: (query) => caller.get<TradePage>('/trades', query),
    get: (id) => caller.get<Trade>(`/trades/${of(id)}`),
    offer: (trade) => caller.post<Trade>('/transactions/trade', trade),
    accept: (id) => done(id, 'accept'),
    decline: (id) => done(id, 'decline'),
    cancel: (id) => done(id, 'cancel'),
  }
}

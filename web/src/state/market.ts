import { effect, signal } from '@preact/signals'
import type { ItemPrices, ListingQuery, MarketItem, MarketListing, MarketOrder } from '../../../schema/market.ts'
import type { Rarity } from '../../../schema/box.ts'
import { sdk } from '../sdk.ts'
import { noteBalance } from './session.ts'
import { toast, toastError } from './toast.ts'
import { money } from '../format/money.ts'

export type Wanted = Readonly<{ rarity: Rarity | null; most: string | null; sort: 'price' | 'newest'; money: string }>
type Shown = Readonly<{ listings: readonly MarketListing[]; next: string | null }>
/** One item and all that is known of its market. */
export type ItemView = Readonly<{ item: MarketItem; prices: ItemPrices; listings: readonly MarketListing[] }>
export type OwnOffers = Readonly<{
  selling: readonly MarketListing[]
  bought: readonly MarketListing[]
  orders: readonly MarketOrder[]
}>

const PAGE = 48
/** News of the market that come one upon the other are looked at together. */
const LOOK_MS = 400

export const wanted = signal<Wanted>({ rarity: null, most: null, sort: 'newest', money: 'play:CREDIT' })
/** Null until loaded. */
export const shown = signal<Shown | null>(null)
export const itemView = signal<ItemView | null>(null)
export const ownOffers = signal<OwnOffers | null>(null)
/** The offer a command is on its way for. */
export const busy = signal<string | null>(null)

/** Calls `load` now and whenever somebody offers, buys or takes back. Returns what ends it. */
export function followMarket(load: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const again = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      load().catch(toastError)
    }, LOOK_MS)
  }
  load().catch(toastError)
  const types = ['listing.opened', 'listing.sold', 'listing.ended'] as const
  const link = sdk.feed.subscribe({ filter: { types: [...types] } }, ({ events, type }) => {
    if (events.length > 0 && type !== 'snapshot') again()
  })
  return () => {
    clearTimeout(timer)
    void link.close()
  }
}

/** Keeps the listings on show as they are wanted. Returns what ends it. */
export function followListings(): () => void {
  return effect(() => {
    const query = queryOf(wanted.value)
    shown.value = null
    return followMarket(async () => void (shown.value = await sdk.market.listings(query)))
  })
}

export async function loadMoreListings(): Promise<void> {
  const before = shown.value
  if (before === null || before.next === null) return
  try {
    const page = await sdk.market.listings({ ...queryOf(wanted.value), cursor: before.next })
    if (shown.value === before) shown.value = { listings: [...before.listings, ...page.listings], next: page.next }
  } catch (error) {
    toastError(error)
  }
}

function queryOf({ rarity, most, sort, money: asset }: Wanted): ListingQuery {
  return { money: asset, sort, limit: PAGE, ...(rarity && { rarity }), ...(most && { maxPrice: most }) }
}

export async function loadItem(asset: string): Promise<void> {
  const [item, prices, { listings }] = await Promise.all([
    sdk.market.item(asset),
    sdk.market.prices(asset),
    sdk.market.listings({ asset, sort: 'price', limit: PAGE }),
  ])
  itemView.value = { item, prices, listings }
}

export async function loadOwn(): Promise<void> {
  const [selling, bought, { orders }] = await Promise.all([
    sdk.market.ownListings({ limit: PAGE }),
    sdk.market.ownListings({ role: 'bought', limit: PAGE }),
    sdk.market.ownOrders({ limit: PAGE }),
  ])
  ownOffers.value = { selling: selling.listings, bought: bought.listings, orders }
}

/** Does one thing for an offer, and tells how it went; true when it was done. */
async function forOffer(id: string, work: () => Promise<string>): Promise<boolean> {
  if (busy.value !== null) return false
  busy.value = id
  try {
    toast(await work(), 'good')
    return true
  } catch (error) {
    toastError(error)
    return false
  } finally {
    busy.value = null
  }
}

export function buy({ id, price, name, sku, money: asset }: MarketListing): Promise<boolean> {
  return forOffer(id, async () => {
    const { balance } = await sdk.market.buy(id, price)
    noteBalance(asset, BigInt(balance))
    return `${name ?? sku} is yours, for ${money(BigInt(price), asset)}.`
  })
}

export function takeBack({ id, name, sku }: MarketListing): Promise<boolean> {
  return forOffer(id, async () => {
    await sdk.market.cancelListing(id)
    return `${name ?? sku} is among your items again.`
  })
}

export function endOrder({ id }: MarketOrder): Promise<boolean> {
  return forOffer(id, async () => {
    await sdk.market.cancelOrder(id)
    return 'Your order has ended; what was kept aside for it is yours again.'
  })
}

export function offerToBuy(asset: string, price: bigint, quantity: number): Promise<boolean> {
  return forOffer(`order ${asset}`, async () => {
    const order = await sdk.market.order({ asset, price: `${price}`, quantity })
    if (order.phase === 'filled') return `Bought at once, for ${money(BigInt(order.spent), order.money)} in all.`
    return 'Your order stands. Whoever sells for that, or less, sells to you.'
  })
}

export function putUp(asset: string, price: bigint): Promise<boolean> {
  return forOffer(`list ${asset}`, async () => {
    const listing = await sdk.market.sell({ asset, price: `${price}` })
    const paid = money(BigInt(listing.price), listing.money)
    return listing.phase === 'sold' ? `Sold at once, for ${paid}.` : `It is on the market for ${paid}.`
  })
}

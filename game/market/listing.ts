import { HOUSE, userOwner, type TenantId } from '../../schema/account.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { ListingEnded, ListingOpened, ListingPhase, ListingSold } from '../../schema/market.ts'
import type { Transfer } from '../../schema/outcome.ts'
import type { Rarity } from '../../schema/box.ts'
import { escrowOf, feeOf, move, moveAny, refuse, type Decision } from './decision.ts'

/** What became of a listing that was sold; `order` bought it where one was waiting. Amounts are decimal strings. */
export type Sale = Readonly<{ buyer: string; price: string; fee: string; order: string | null; at_ms: number }>

/**
 * One item that somebody sells, the state of the actor `listing-<id>`. The item lies in the listing's escrow as long as it is open.
 *
 *     open ──bought, or taken by an order──▶ sold
 *       ├──by its seller──▶ cancelled   ├──by the staff──▶ removed   └──in time──▶ expired
 *
 * `phase` stands first in the stored text: what counts sales looks at it.
 */
export type Listing = Readonly<{
  phase: ListingPhase
  id: string
  tenant: TenantId
  seller: string
  asset: AssetId
  /** As it was called in the catalogue when it was listed. */
  name: string | null
  rarity: Rarity | null
  money: AssetId
  price: string
  /** Of the price asked; in force is what stood in `fee_bps` when it was listed. */
  fee: string
  fee_bps: number
  created_ms: number
  expires_ms: number
  sold: Sale | null
}>

export type NewListing = Omit<Listing, 'phase' | 'fee' | 'sold'>

export const LISTING = 'listing'
export const listingActor = (id: string): string => `${LISTING}-${id}`

/** Puts the item into escrow. */
export function openListing(wanted: NewListing): Decision<Listing> {
  const { id, seller, asset, name, rarity, money, price, expires_ms } = wanted
  const fee = `${feeOf(BigInt(price), wanted.fee_bps)}`
  const told: ListingOpened = { listing: id, user: seller, asset, name, rarity, money, price, expires_ms }
  return {
    type: 'commit',
    state: { phase: 'open', ...wanted, fee, sold: null },
    effects: {
      kind: 'listing.open',
      transfers: [move(asset, userOwner(seller), escrowOf(listingActor(id)), 1n)],
      events: [{ type: 'listing.opened', user: seller, payload: told }],
      wake_at_ms: expires_ms,
    },
  }
}

/** What a buyer brings: whatever their limits take of them goes in `spending`. */
export type Purchase = Readonly<{ buyer: string; price: bigint; spending: readonly Transfer[]; now_ms: number }>

/** The buyer pays what is asked and gets the item. Refuses `market/ended`, `market/own`, `market/other-price`. */
export function buyListing(listing: Listing, { buyer, price, spending, now_ms }: Purchase): Decision<Listing> {
  if (!isOpen(listing, now_ms)) return refuse('market/ended')
  if (listing.seller === buyer) return refuse('market/own')
  if (BigInt(listing.price) !== price) return refuse('market/other-price', { price: listing.price })
  const { money, seller, fee_bps } = listing
  const fee = feeOf(price, fee_bps)
  const from = userOwner(buyer)
  const paid = [move(money, from, userOwner(seller), price - fee), ...moveAny(money, from, HOUSE, fee), ...spending]
  return sold(listing, { buyer, price: `${price}`, fee: `${fee}`, order: null, at_ms: now_ms }, paid)
}

/** What waits for such an item: `price` is the most it pays for one, and what its escrow holds for each that is still wanted. */
export type Waiting = Readonly<{ order: string; user: string; price: bigint }>

/**
 * Sells the listing to an order, at the price of whichever of them is older. Exactly the order's price leaves its escrow, so that the
 * escrow always holds that many times the price as items are wanted: it cannot pay for one more, and an order that has ended, whose
 * escrow is empty, cannot pay at all. So it is enough to step the listing. `done` when it was no longer for sale, at this price or at all.
 */
export function fillOrder(listing: Listing, waiting: Waiting, now_ms: number): Decision<Listing> {
  const asked = BigInt(listing.price)
  const isFit = isOpen(listing, now_ms) && listing.seller !== waiting.user && asked <= waiting.price
  if (!isFit) return { type: 'done', state: listing }
  const { money, seller, fee_bps } = listing
  const price = listing.id < waiting.order ? asked : waiting.price
  const fee = feeOf(price, fee_bps)
  const from = escrowOf(`order-${waiting.order}`)
  const paid = [
    move(money, from, userOwner(seller), price - fee),
    ...moveAny(money, from, HOUSE, fee),
    ...moveAny(money, from, userOwner(waiting.user), waiting.price - price),
  ]
  const sale: Sale = { buyer: waiting.user, price: `${price}`, fee: `${fee}`, order: waiting.order, at_ms: now_ms }
  return sold(listing, sale, paid)
}

/** Gives the item back. `done` when it has ended already. */
export function endListing(
  listing: Listing,
  phase: Extract<ListingPhase, 'cancelled' | 'expired' | 'removed'>,
): Decision<Listing> {
  if (listing.phase !== 'open') return { type: 'done', state: listing }
  const { id, seller, asset } = listing
  const told: ListingEnded = { listing: id, user: seller, asset, reason: phase }
  return {
    type: 'commit',
    state: { ...listing, phase },
    effects: {
      kind: 'listing.end',
      transfers: [move(asset, escrowOf(listingActor(id)), userOwner(seller), 1n)],
      events: [{ type: 'listing.ended', user: seller, payload: told }],
      finished: true,
    },
  }
}

/** Whether it can be bought: from the moment it expires it cannot, even if nobody has ended it yet. */
function isOpen({ phase, expires_ms }: Listing, now_ms: number): boolean {
  return phase === 'open' && now_ms < expires_ms
}

function sold(listing: Listing, sale: Sale, paid: readonly Transfer[]): Decision<Listing> {
  const { id, seller, asset, name, rarity, money } = listing
  const { buyer, price, fee, order } = sale
  const told: ListingSold = { listing: id, user: seller, buyer, asset, name, rarity, money, price, fee, order }
  const filled = { user: buyer, order, listing: id, asset, money, price }
  return {
    type: 'commit',
    state: { ...listing, phase: 'sold', sold: sale },
    effects: {
      kind: 'listing.sell',
      transfers: [...paid, move(asset, escrowOf(listingActor(id)), userOwner(buyer), 1n)],
      events: [
        { type: 'listing.sold', payload: told },
        ...(order === null ? [] : [{ type: 'order.filled', user: buyer, payload: filled } as const]),
      ],
      finished: true,
    },
  }
}

export function listingFromJson(text: string): Listing {
  return JSON.parse(text) as Listing
}

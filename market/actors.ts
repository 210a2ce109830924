import type { ActCommand, RoomlessActor } from '../ledger/act.ts'
import { LISTING, listingActor, listingFromJson, type Listing } from '../game/market/listing.ts'
import { MARKS, marksActor, marksFromJson, type Marks } from '../game/market/marks.ts'
import { ORDER, orderActor, orderFromJson, type Order } from '../game/market/order.ts'
import { TRADE, tradeActor, tradeFromJson, type TradeOffer } from '../game/market/trade.ts'
import type { TenantId } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import { uuidv7 } from '../schema/uuid.ts'

/** The actors of the market, none of which has a room, as they stand in the ledger. */
type Actor<State> = (id: string, tenant: TenantId) => RoomlessActor<State>

const written = (state: object): string => JSON.stringify(state)

export const listingOf: Actor<Listing> = (id, tenant) => ({
  id: listingActor(id),
  kind: LISTING,
  tenant,
  read: listingFromJson,
  write: written,
})
export const orderOf: Actor<Order> = (id, tenant) => ({
  id: orderActor(id),
  kind: ORDER,
  tenant,
  read: orderFromJson,
  write: written,
})
export const tradeOf: Actor<TradeOffer> = (id, tenant) => ({
  id: tradeActor(id),
  kind: TRADE,
  tenant,
  read: tradeFromJson,
  write: written,
})
/** `id` is the user's. */
export const marksOf: Actor<Marks> = (id, tenant) => ({
  id: marksActor(id),
  kind: MARKS,
  tenant,
  read: marksFromJson,
  write: written,
})

/** What nobody asked for: an alarm, or a match. Its fence makes it happen once. */
export function ownCommand(what: Readonly<Record<string, unknown>>, now_ms: number): ActCommand {
  return { id: uuidv7(now_ms), request: digestOf(what) }
}

import { userOwner, type TenantId } from '../../schema/account.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { OrderPhase } from '../../schema/market.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { escrowOf, move, moveAny, type Decision } from './decision.ts'

/**
 * What somebody would pay for so many of an item, the state of the actor `order-<id>`:
 *
 *     open ──its escrow has run out──▶ filled   ├──by its user──▶ cancelled   └──in time──▶ expired
 *
 * Its escrow holds `price` for each item that is still wanted, which is the one place where that is counted: whoever sells to it takes
 * exactly `price` out, in one outcome with the item. The order itself is stepped when it is made and when it ends.
 */
export type Order = Readonly<{
  phase: OrderPhase
  id: string
  tenant: TenantId
  user: string
  asset: AssetId
  money: AssetId
  /** The most that is paid for one; a decimal string. */
  price: string
  quantity: number
  created_ms: number
  expires_ms: number
}>

export type NewOrder = Omit<Order, 'phase'>

export const ORDER = 'order'
export const orderActor = (id: string): string => `${ORDER}-${id}`

/** Puts the money for all of them into escrow; `spending` is what the user's limits take. */
export function placeOrder(wanted: NewOrder, spending: readonly Transfer[]): Decision<Order> {
  const { id, user, asset, money, price, quantity, expires_ms } = wanted
  return {
    type: 'commit',
    state: { phase: 'open', ...wanted },
    effects: {
      kind: 'order.place',
      transfers: [
        move(money, userOwner(user), escrowOf(orderActor(id)), BigInt(price) * BigInt(quantity)),
        ...spending,
      ],
      events: [{ type: 'order.opened', user, payload: { user, order: id, asset, money, price, quantity, expires_ms } }],
      wake_at_ms: expires_ms,
    },
  }
}

/**
 * Ends it and gives back `left`, all that its escrow holds; with nothing left it was filled. When something was sold to it after `left`
 * was read, the ledger refuses (`ledger/insufficient`): read again. `done` when it has ended already.
 */
export function endOrder(order: Order, wanted: 'cancelled' | 'expired', left: bigint): Decision<Order> {
  if (order.phase !== 'open') return { type: 'done', state: order }
  const { id, user, asset, money } = order
  const reason: OrderPhase = left === 0n ? 'filled' : wanted
  return {
    type: 'commit',
    state: { ...order, phase: reason },
    effects: {
      kind: 'order.end',
      transfers: moveAny(money, escrowOf(orderActor(id)), userOwner(user), left),
      events: [{ type: 'order.ended', user, payload: { user, order: id, asset, money, reason, refunded: `${left}` } }],
      finished: true,
    },
  }
}

export function orderFromJson(text: string): Order {
  return JSON.parse(text) as Order
}

import { userOwner, type TenantId } from '../../schema/account.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { OrderPhase } from '../../schema/market.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { escrowOf, move, moveAny, takenBy, untaken, type Decision, type Taken } from './decision.ts'

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
  /** What its user's limits took for all of it; what is not spent goes back to them at its end. */
  taken: readonly Taken[]
}>

export type NewOrder = Omit<Order, 'phase' | 'taken'>

export const ORDER = 'order'
export const orderActor = (id: string): string => `${ORDER}-${id}`

/** Puts the money for all of them into escrow; `spending` is what the user's limits take. */
export function placeOrder(wanted: NewOrder, spending: readonly Transfer[]): Decision<Order> {
  const { id, user, asset, money, price, quantity, expires_ms } = wanted
  return {
    type: 'commit',
    state: { phase: 'open', ...wanted, taken: takenBy(spending) },
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

/** How far an order has come: `left` is all that its escrow holds, `spent` what those it bought came to. */
export type Progress = Readonly<{ left: bigint; spent: bigint; now_ms: number }>

/**
 * Ends it and gives back what is left; with nothing left it was filled. `spent` must be read after `left`: when something was sold to it
 * in between or later, there is less in its escrow than `left`, and the ledger refuses (`ledger/insufficient`): read again. `done` when
 * it has ended already.
 */
export function endOrder(
  order: Order,
  wanted: 'cancelled' | 'expired',
  { left, spent, now_ms }: Progress,
): Decision<Order> {
  if (order.phase !== 'open') return { type: 'done', state: order }
  const { id, user, asset, money, taken, created_ms: taken_ms } = order
  const unspent = BigInt(order.price) * BigInt(order.quantity) - spent
  const reason: OrderPhase = left === 0n ? 'filled' : wanted
  return {
    type: 'commit',
    state: { ...order, phase: reason },
    effects: {
      kind: 'order.end',
      transfers: [
        ...moveAny(money, escrowOf(orderActor(id)), userOwner(user), left),
        ...untaken(taken, { taken_ms, now_ms, amount: unspent }),
      ],
      events: [{ type: 'order.ended', user, payload: { user, order: id, asset, money, reason, refunded: `${left}` } }],
      finished: true,
    },
  }
}

export function orderFromJson(text: string): Order {
  return JSON.parse(text) as Order
}

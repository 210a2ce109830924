import type { Principal } from '../access/access.ts'
import { claim } from '../access/idempotency.ts'
import { moneyFor, refuse } from '../game/market/decision.ts'
import { placeOrder } from '../game/market/order.ts'
import { act } from '../ledger/act.ts'
import { userOwner } from '../schema/account.ts'
import { toAsset } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { MarketOrder, OpenOrder } from '../schema/market.ts'
import { timeOf } from '../schema/uuid.ts'
import { orderOf } from './actors.ts'
import { findOrder } from './book.ts'
import { checkOpen, checkPrice } from './checks.ts'
import type { Matching } from './matching.ts'
import type { MarketParts, Who } from './parts.ts'
import { orderFrom } from './rows.ts'

/** One's own order as it stands. Throws `market/unknown`. */
export async function showOrder(
  { pool, catalog }: MarketParts,
  { tenant, user }: Who,
  id: string,
): Promise<MarketOrder> {
  return orderFrom(await findOrder(pool, tenant, user, id), await catalog.items(tenant))
}

/**
 * Offers to buy, once for a key, and buys at once whatever is listed for as little, the cheapest first. Throws `item/unknown` for what
 * is in no box on offer, `market/price`, `market/too-many`, `ledger/insufficient` and what the user's limits refuse: all of it counts
 * as spent until it has ended.
 */
export async function orderOnce(
  parts: MarketParts,
  matching: Matching,
  principal: Principal,
  key: string,
  wanted: OpenOrder,
): Promise<MarketOrder> {
  const { pool, ledger, catalog, limits, config, clock } = parts
  const { tenant, user } = principal
  const { price, quantity = 1, expiresIn = config.expiry_s } = wanted
  const asset = toAsset(wanted.asset)
  const command = { principal, route: 'POST /market/orders', key, body: wanted }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => {
    checkPrice(parts, BigInt(price))
    if (!(await catalog.items(tenant)).has(asset)) throw new RollingDropError('item/unknown', { asset })
    await checkOpen(parts, principal, 'order')
    return null
  })
  const created_ms = timeOf(id)
  const times = { created_ms, expires_ms: created_ms + expiresIn * 1000 }
  const money = moneyFor(asset)
  await limits.within(principal, money, BigInt(price) * BigInt(quantity), (spending) =>
    act(ledger, orderOf(id, tenant), { id, request, owner: userOwner(user) }, (known) =>
      known
        ? { type: 'done', state: known }
        : placeOrder({ id, tenant, user, asset, money, price, quantity, ...times }, spending),
    ),
  )
  await matching.match(tenant, asset)
  return showOrder(parts, principal, id)
}

/** Ends one's own order, once for a key; what it has not spent comes back. Throws `market/unknown`, `market/ended`. */
export async function cancelOrderOnce(
  parts: MarketParts,
  matching: Matching,
  principal: Principal,
  key: string,
  order: string,
): Promise<MarketOrder> {
  const { tenant, user } = principal
  const command = { principal, route: 'DELETE /market/orders/{id}', key, body: { order } }
  const { outcome: id, request } = await claim(parts.pool, command, parts.clock(), async () => {
    await findOrder(parts.pool, tenant, user, order)
    return null
  })
  await matching.end({ id: order, tenant }, { id, request, owner: userOwner(user) }, 'cancelled', (known) => {
    if (known.user !== user) return refuse('market/unknown')
    return known.phase === 'open' ? undefined : refuse('market/ended')
  })
  return showOrder(parts, principal, order)
}

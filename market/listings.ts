import type { Principal } from '../access/access.ts'
import { acted } from '../access/acts.ts'
import { claim } from '../access/idempotency.ts'
import { moneyFor, refuse } from '../game/market/decision.ts'
import { buyListing, endListing, openListing } from '../game/market/listing.ts'
import { act } from '../ledger/act.ts'
import { tellingOfLocks } from '../limits/locks.ts'
import { userOwner } from '../schema/account.ts'
import { toAsset } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Bought, MarketListing, OpenListing } from '../schema/market.ts'
import { timeOf } from '../schema/uuid.ts'
import { listingOf } from './actors.ts'
import { findListing } from './book.ts'
import { checkOpen, checkPrice } from './checks.ts'
import type { Matching } from './matching.ts'
import type { MarketParts, Who } from './parts.ts'
import { calledIn, listingFor } from './rows.ts'

/** A listing as it stands. Throws `market/unknown`. */
export async function showListing(
  { pool, catalog }: MarketParts,
  { tenant, user }: Who,
  id: string,
): Promise<MarketListing> {
  const row = await findListing(pool, tenant, id)
  return listingFor(user, row, await catalog.items(tenant))
}

/**
 * Puts one item up for sale, once for a key, and sells it at once where an order waits that pays as much. Throws `market/price`,
 * `market/too-many`, `ledger/insufficient` or, where what one has is locked, `item/locked`.
 */
export async function openOnce(
  parts: MarketParts,
  matching: Matching,
  principal: Principal,
  key: string,
  wanted: OpenListing,
): Promise<MarketListing> {
  const { pool, ledger, catalog, config, clock } = parts
  const { tenant, user } = principal
  const command = { principal, route: 'POST /market/listings', key, body: wanted }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => {
    checkPrice(parts, BigInt(wanted.price))
    await checkOpen(parts, principal, 'listing')
    return null
  })
  const asset = toAsset(wanted.asset)
  const created_ms = timeOf(id)
  const { name, rarity } = calledIn(await catalog.items(tenant), asset)
  const { price, expiresIn = config.expiry_s } = wanted
  const times = { created_ms, expires_ms: created_ms + expiresIn * 1000 }
  const money = moneyFor(asset)
  const acting = act(ledger, listingOf(id, tenant), { id, request, owner: userOwner(user) }, (known) =>
    known
      ? { type: 'done', state: known }
      : openListing({ id, tenant, seller: user, asset, name, rarity, money, price, fee_bps: config.fee_bps, ...times }),
  )
  await tellingOfLocks(ledger, principal, acting)
  await matching.match(tenant, asset)
  return showListing(parts, principal, id)
}

/**
 * Buys a listing, once for a key: of all who want it one pays and gets it. Throws `market/unknown`, `market/ended`, `market/own`,
 * `market/other-price`, `ledger/insufficient` and what the buyer's limits refuse.
 */
export async function buyOnce(
  parts: MarketParts,
  principal: Principal,
  key: string,
  { listing, price }: Readonly<{ listing: string; price: string }>,
): Promise<Bought> {
  const { pool, ledger, limits, clock } = parts
  const { tenant, user } = principal
  const actor = listingOf(listing, tenant)
  const command = { principal, route: 'POST /market/listings/{id}/buy', key, body: { listing, price } }
  const {
    outcome: id,
    request,
    plan,
  } = await claim(pool, command, clock(), async () => {
    const row = await findListing(pool, tenant, listing)
    if (row.phase !== 'open') throw new RollingDropError('market/ended')
    return { money: row.money }
  })
  const money = toAsset(plan.money)
  const owner = userOwner(user)
  const { receipt } = await limits.within(principal, money, BigInt(price), (spending) =>
    act(ledger, actor, { id, request, owner }, (known) =>
      known
        ? buyListing(known, { buyer: user, price: BigInt(price), spending, now_ms: clock() })
        : refuse('market/unknown'),
    ),
  )
  const after = receipt?.balances.find((balance) => balance.owner === owner && balance.asset === money)
  return { listing: await showListing(parts, principal, listing), balance: `${after?.balance ?? 0n}` }
}

/** Takes one's own listing back, once for a key. Throws `market/unknown`, `market/not-yours`, `market/ended`. */
export async function cancelOnce(
  parts: MarketParts,
  principal: Principal,
  key: string,
  listing: string,
): Promise<MarketListing> {
  const { pool, ledger, clock } = parts
  const { tenant, user } = principal
  const command = { principal, route: 'DELETE /market/listings/{id}', key, body: { listing } }
  const { outcome: id, request } = await claim(pool, command, clock(), () => known(parts, principal, listing))
  await act(ledger, listingOf(listing, tenant), { id, request, owner: userOwner(user) }, (known) => {
    if (!known) return refuse('market/unknown')
    if (known.seller !== user) return refuse('market/not-yours')
    return known.phase === 'open' ? endListing(known, 'cancelled') : refuse('market/ended')
  })
  return showListing(parts, principal, listing)
}

/** Takes a listing off the market on behalf of the staff: its seller gets the item back. Throws `market/unknown`, `market/ended`. */
export async function removeOnce(
  parts: MarketParts,
  principal: Principal,
  key: string,
  listing: string,
): Promise<MarketListing> {
  const { pool, ledger, clock } = parts
  const { tenant, user } = principal
  const command = { principal, route: 'DELETE /admin/market/listings/{id}', key, body: { listing } }
  const { outcome: id, request } = await claim(pool, command, clock(), () => known(parts, principal, listing))
  const object = `listing:${listing}`
  await act(ledger, listingOf(listing, tenant), { id, request, owner: userOwner(user) }, (known) => {
    if (!known) return refuse('market/unknown')
    if (known.phase !== 'open') return refuse('market/ended')
    const ended = endListing(known, 'removed')
    if (ended.type !== 'commit') return ended
    const noted = acted({ by: principal, action: 'listing.remove', object, before: 'open', after: 'removed' })
    return { ...ended, effects: { ...ended.effects, events: [...ended.effects.events, noted] } }
  })
  return showListing(parts, principal, listing)
}

/** Throws `market/unknown` for what is not of the tenant. */
async function known({ pool }: MarketParts, { tenant }: Who, listing: string): Promise<null> {
  await findListing(pool, tenant, listing)
  return null
}

import { moneyFor } from '../game/market/decision.ts'
import { isPlay, toAsset, type AssetId } from '../schema/asset.ts'
import type { Principal } from '../access/access.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { MarketParts, Who } from './parts.ts'

/** Throws `market/price` unless it lies within what can be asked. */
export function checkPrice({ config: { price_min, price_max } }: Pick<MarketParts, 'config'>, price: bigint): void {
  if (price >= price_min && price <= price_max) return
  throw new RollingDropError('market/price', { min: `${price_min}`, max: `${price_max}` })
}

const OPEN = {
  listing: `select count(*)::integer as count from market_listing where tenant = $1 and seller = $2 and phase = 'open'`,
  order: `select count(*)::integer as count from market_order where tenant = $1 and user_id = $2 and phase = 'open'`,
  trade: `select count(*)::integer as count from market_trade where tenant = $1 and offerer = $2 and ended_at is null`,
} as const

/** Throws `market/too-many` for whoever has as many open as one may have. Of those who ask at one moment a few more may pass. */
export async function checkOpen(
  { pool, config: { offersPerUser } }: Pick<MarketParts, 'pool' | 'config'>,
  { tenant, user }: Who,
  kind: keyof typeof OPEN,
): Promise<void> {
  const { rows } = await pool.query<{ count: number }>(OPEN[kind], [tenant, user])
  if (rows[0]!.count >= offersPerUser) throw new RollingDropError('market/too-many', { most: offersPerUser })
}

/** Throws `user/unknown` unless the tenant has such a user. */
export async function checkUser({ access }: Pick<MarketParts, 'access'>, { tenant }: Who, user: string): Promise<void> {
  if (!(await access.names(tenant, [user])).has(user)) throw new RollingDropError('user/unknown')
}

/** So many of an asset, be it an item or money. */
export type Worth = Readonly<{ asset: string; amount: bigint }>

/**
 * Throws `auth/confirm` when real things that are worth more than the limit change hands without a fresh proof. What is in no box on offer
 * has no known worth, and needs one, too.
 */
export async function checkConfirmed(
  { accounts, catalog, config }: Pick<MarketParts, 'accounts' | 'catalog' | 'config'>,
  principal: Principal,
  things: readonly Worth[],
): Promise<void> {
  const real = things.filter(({ asset }) => !isPlay(toAsset(asset)))
  if (real.length === 0) return
  const items = await catalog.items(principal.tenant)
  const worth = real.map(({ asset, amount }) => {
    const one = isMoney(toAsset(asset)) ? 1n : items.get(toAsset(asset))?.prize.value
    return one === undefined ? undefined : one * amount
  })
  const isKnown = worth.every((each) => each !== undefined)
  const total = worth.reduce<bigint>((sum, each) => sum + (each ?? 0n), 0n)
  if (!isKnown || total > config.confirmAbove) await accounts.demandConfirmed(principal)
}

export const isMoney = (asset: AssetId): boolean => asset === moneyFor(asset)

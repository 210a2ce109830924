import type { Principal } from '../access/access.ts'
import { claim } from '../access/idempotency.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { tellingOfLocks } from '../limits/locks.ts'
import { HOUSE, ITEM_ISSUER, STOCK, userOwner, type OwnerId, type TenantId } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { isAsset, toAsset } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { SellBack, Sold } from '../schema/http.ts'
import type { Outcome } from '../schema/outcome.ts'
import type { OpeningParts } from './parts.ts'

/** What is paid, settled when the command first comes: a price that changes later does not change what was answered. */
type Plan = Readonly<{ money: string; paid: string }>

/**
 * Sells items back to the house, once for a key. Throws `item/unknown` for what is in no box on offer, `ledger/insufficient`, or
 * `item/locked` where what one has is locked.
 */
export async function sellOnce(
  { pool, ledger, catalog, clock }: Pick<OpeningParts, 'pool' | 'ledger' | 'catalog' | 'clock'>,
  principal: Principal,
  key: string,
  wanted: SellBack,
): Promise<Sold> {
  const { tenant, user } = principal
  const command = { principal, route: 'POST /transactions/sell', key, body: wanted }
  const claimed = await claim(pool, command, clock(), () => price(catalog, tenant, wanted))
  const { outcome: id, request, plan } = claimed
  const owner = userOwner(user)
  const to = await takerOf(catalog, tenant, wanted)
  const selling = ledger.commit({ id, request, owner, tenant, ...decide(user, wanted, plan, to) })
  const { balances } = await tellingOfLocks(ledger, principal, selling)
  const after = balances.find((balance) => balance.owner === owner && balance.asset === plan.money)
  return { ...wanted, paid: plan.paid, balance: `${after?.balance ?? 0n}` }
}

/** What the house pays. */
async function price(catalog: Pick<Catalog, 'items'>, tenant: TenantId, { asset, count }: SellBack): Promise<Plan> {
  const item = isAsset(asset) ? (await catalog.items(tenant)).get(asset) : undefined
  if (!item) throw new RollingDropError('item/unknown', { asset })
  return { money: item.money, paid: `${item.prize.value * BigInt(count)}` }
}

/** Where the items go: one of which there are only so many can be won again. */
async function takerOf(catalog: Pick<Catalog, 'limited'>, tenant: TenantId, { asset }: SellBack): Promise<OwnerId> {
  const limited = await catalog.limited(tenant)
  return limited.has(toAsset(asset)) ? STOCK : ITEM_ISSUER
}

function decide(
  user: string,
  { asset, count }: SellBack,
  { money, paid }: Plan,
  to: OwnerId,
): Pick<Outcome, 'kind' | 'transfers' | 'events'> {
  const owner = userOwner(user)
  return {
    kind: 'item.sell',
    transfers: [
      { asset: toAsset(asset), debit: owner, credit: to, amount: toAmount(BigInt(count)) },
      { asset: toAsset(money), debit: HOUSE, credit: owner, amount: toAmount(BigInt(paid)) },
    ],
    events: [{ type: 'item.sold', user, payload: { user, asset, count, money, paid } }],
  }
}

import type { Principal } from '../access/access.ts'
import { claim } from '../access/idempotency.ts'
import type { CatalogItem } from '../catalog/catalog.ts'
import { markItem, markOf, marksActor, marksFromJson, type Marks } from '../game/market/marks.ts'
import { move } from '../game/market/decision.ts'
import { act } from '../ledger/act.ts'
import { tellingOfLocks } from '../limits/locks.ts'
import { userOwner } from '../schema/account.ts'
import { skuOf, toAsset, type AssetId } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { InventoryItem, MarkItem, TransferItem, Transferred, UserInventory } from '../schema/market.ts'
import { maskedUser } from '../schema/masked-user.ts'
import type { Balance } from '../schema/outcome.ts'
import { derivedId } from '../schema/uuid.ts'
import { marksOf } from './actors.ts'
import { checkConfirmed, checkUser } from './checks.ts'
import type { MarketParts, Who } from './parts.ts'

/** Everything of oneself; of another user of the tenant what they show, their name masked. Throws `user/unknown`. */
export async function showInventory(parts: MarketParts, { tenant, user }: Who, whose: string): Promise<UserInventory> {
  const { ledger, catalog, access } = parts
  const [names, balances, marks, items] = await Promise.all([
    access.names(tenant, [whose]),
    ledger.reader.balances(tenant, userOwner(whose)),
    readMarks(parts, { tenant, user: whose }),
    catalog.items(tenant),
  ])
  const name = names.get(whose)
  if (name === undefined) throw new RollingDropError('user/unknown')
  const all = balances.flatMap((balance) => itemOf(balance, marks, items))
  if (whose === user) return { user: { id: whose, name }, own: true, items: all }
  const shown = all.filter((item) => item.shown).map((item) => Object.assign({}, item, { held: '0', locked: 0 }))
  return { user: { id: null, name: maskedUser(whose) }, own: false, items: shown }
}

/** One item of one's own as it stands; of what one has not, none. */
export async function showItem(parts: MarketParts, { tenant, user }: Who, asset: AssetId): Promise<InventoryItem> {
  const owner = userOwner(user)
  const [balance, marks, items] = await Promise.all([
    parts.ledger.reader.balance(tenant, owner, asset),
    readMarks(parts, { tenant, user }),
    parts.catalog.items(tenant),
  ])
  const none: Balance = { owner, asset, kind: 'user', balance: 0n, held: 0n, frozen: false }
  return describe(balance ?? none, marks, items)
}

/**
 * Gives items away, once for a key: a gift to a user of the same tenant. Throws `market/own`, `user/unknown`, `auth/confirm`, `item/locked`,
 * `ledger/insufficient`.
 */
export async function transferOnce(
  parts: MarketParts,
  principal: Principal,
  key: string,
  { to, asset, count }: TransferItem,
): Promise<Transferred> {
  const { pool, ledger, clock } = parts
  const { tenant, user } = principal
  const command = { principal, route: 'POST /inventory/transfer', key, body: { to, asset, count } }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => {
    if (to === user) throw new RollingDropError('market/own')
    await checkUser(parts, principal, to)
    await checkConfirmed(parts, principal, [{ asset, amount: BigInt(count) }])
    return null
  })
  const owner = userOwner(user)
  const payload = { from: user, to, asset, count }
  const committing = ledger.commit({
    id,
    request,
    owner,
    tenant,
    kind: 'item.give',
    transfers: [move(toAsset(asset), owner, userOwner(to), BigInt(count))],
    events: [user, to].map((each) => ({ type: 'item.moved', user: each, payload: { user: each, ...payload } })),
  })
  const { balances } = await tellingOfLocks(ledger, principal, committing)
  const left = balances.find((balance) => balance.owner === owner)
  return { to, asset, count, left: `${left?.balance ?? 0n}` }
}

/**
 * Locks so many of an item, or shows it, once for a key. What is locked is held by the ledger until it is unlocked, whatever else is
 * asked of it at the same moment. Throws `ledger/insufficient` when there are not so many, `market/too-many`.
 */
export async function markOnce(
  { pool, ledger, clock }: MarketParts,
  principal: Principal,
  key: string,
  { asset, locked, shown }: Readonly<{ asset: AssetId }> & Pick<MarkItem, 'locked' | 'shown'>,
): Promise<void> {
  const { tenant, user } = principal
  const command = { principal, route: 'PUT /inventory/item/{itemId}', key, body: { asset, locked, shown } }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => null)
  const hold = derivedId(id, 'lock')
  await act(ledger, marksOf(user, tenant), { id, request, owner: userOwner(user) }, (known) =>
    markItem(known ?? { user, tenant, items: {} }, { asset, locked, shown }, hold),
  )
}

async function readMarks({ ledger }: MarketParts, { tenant, user }: Who): Promise<Marks | undefined> {
  const row = await ledger.actors.find(marksActor(user))
  return row?.tenant === tenant ? marksFromJson(row.state) : undefined
}

type Items = ReadonlyMap<AssetId, CatalogItem>

/** Nothing for what is no item, or of which there is none left. */
function itemOf(balance: Balance, marks: Marks | undefined, items: Items): readonly InventoryItem[] {
  return skuOf(balance.asset) === undefined || balance.balance === 0n ? [] : [describe(balance, marks, items)]
}

function describe({ asset, balance, held }: Balance, marks: Marks | undefined, items: Items): InventoryItem {
  const item = items.get(asset)
  const { name = null, rarity = null, value = null } = item?.prize ?? {}
  const { locked, shown } = markOf(marks, asset)
  const worth = { value: value === null ? null : `${value}`, money: item?.money ?? null }
  return {
    asset,
    sku: skuOf(asset) ?? asset,
    count: `${balance}`,
    name,
    rarity,
    ...worth,
    held: `${held}`,
    locked,
    shown,
  }
}

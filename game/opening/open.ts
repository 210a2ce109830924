import { HOUSE, ITEM_ISSUER, STOCK, userOwner, WAGER_ISSUER, wageredOwner } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { itemAsset, wageredAsset, type AssetId } from '../../schema/asset.ts'
import type { Box } from '../../schema/box.ts'
import type { OpeningDrop, OpeningOpened, OpeningPayout } from '../../schema/opening.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { drawOpening, openingUrn } from './draw.ts'
import type { Decision, Seeds } from './state.ts'

/** Nonces of one pair; far beyond what anybody opens, and within what a draw's line can hold. */
const NONCES_MAX = 2 ** 32

/**
 * What is opened, and with which server seed. `free` says how many of each limited item are left; what is not in it is not
 * limited. `taken` is what the price takes from the user's budgets.
 */
export type Opening = Readonly<{
  id: string
  box: Box
  boxHash: string
  count: number
  serverSeed: string
  free: ReadonlyMap<AssetId, bigint>
  taken: readonly Transfer[]
}>

/**
 * Opens a box `count` times with the pair in use: the price goes to the house, what is drawn is issued to the user or comes
 * out of the stock, and what was paid counts for the user's level. What the stock lacks the house pays at its value. Refuses with
 * `seeds/unknown` before the first pair has begun.
 */
export function openBoxes(seeds: Seeds, opening: Opening): Decision {
  const { box, count } = opening
  const { current, user } = seeds
  if (current === null || current.nonce + count > NONCES_MAX)
    return { ok: false, code: 'seeds/unknown', details: { next: seeds.next.id } }
  const price = toAmount(box.price * BigInt(count))
  const drops = dropsOf(seeds, opening)
  const payouts = payoutsOf(box.asset, drops)
  const owner = userOwner(user)
  const payload: OpeningOpened = {
    opening: opening.id,
    user,
    box: box.id,
    version: box.version,
    boxHash: opening.boxHash,
    asset: box.asset,
    price: price.toString(),
    seeds: current.id,
    seedHash: current.seedHash,
    clientSeed: current.clientSeed,
    drops,
    payouts,
  }
  return {
    ok: true,
    seeds: { ...seeds, current: { ...current, nonce: current.nonce + count } },
    effects: {
      kind: 'box.open',
      transfers: [
        ...opening.taken,
        { asset: box.asset, debit: owner, credit: HOUSE, amount: price },
        ...payouts.map((payout) => paid(payout, user, opening)),
        { asset: wageredAsset(box.asset), debit: WAGER_ISSUER, credit: wageredOwner(user), amount: price },
      ],
      events: [{ type: 'opening.opened', user, payload }],
    },
  }
}

function dropsOf({ user, current }: Seeds, { box, boxHash, count, serverSeed, free }: Opening): OpeningDrop[] {
  const { clientSeed, nonce: first } = current!
  const urn = openingUrn(serverSeed, { user, boxHash, clientSeed })
  const left = new Map(free)
  return Array.from({ length: count }, (_, i) => {
    const nonce = first + i
    const { sku, name, rarity, value } = box.prizes[drawOpening(urn, nonce, box)]!
    const asset = itemAsset(sku, box.asset)
    const stock = left.get(asset)
    const drop = { nonce, sku, name, rarity, value: value.toString() }
    if (stock === 0n) return { ...drop, bought: true }
    if (stock !== undefined) left.set(asset, stock - 1n)
    return drop
  })
}

/** Each kind of item once, in the order in which it was first drawn, then the money for what was bought. */
export function payoutsOf(
  money: AssetId,
  drops: readonly Pick<OpeningDrop, 'sku' | 'value' | 'bought'>[],
): readonly OpeningPayout[] {
  const items = new Map<string, bigint>()
  let bought = 0n
  for (const { sku, value, bought: isBought } of drops) {
    const asset = itemAsset(sku, money)
    if (isBought) bought += BigInt(value)
    else items.set(asset, (items.get(asset) ?? 0n) + 1n)
  }
  const payouts = [...items].map(([asset, amount]) => ({ asset, amount: amount.toString() }))
  return bought === 0n ? payouts : [...payouts, { asset: money, amount: bought.toString() }]
}

function paid({ asset, amount }: OpeningPayout, user: string, { box, free }: Opening): Transfer {
  const item = asset as AssetId
  const from = item === box.asset ? HOUSE : free.has(item) ? STOCK : ITEM_ISSUER
  return { asset: item, debit: from, credit: userOwner(user), amount: toAmount(BigInt(amount)) }
}

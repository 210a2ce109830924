import { toAmount } from './amount.ts'
import type { AssetId } from './asset.ts'
import { hashBox, type Box } from './box.ts'
import type { BoxContents } from './box-admin.ts'

/** Contents as the box that draws are made from. */
export function boxOf(id: string, version: number, { name, asset, price, prizes }: BoxContents): Box {
  return {
    id,
    version,
    name,
    asset: asset as AssetId,
    price: toAmount(BigInt(price)),
    prizes: prizes.map((prize) => ({
      sku: prize.sku,
      name: prize.name,
      rarity: prize.rarity,
      value: toAmount(BigInt(prize.value)),
      weight: prize.weight,
    })),
  }
}

/** A published box as contents to start a draft from. */
export function contentsOf({ name, asset, price, prizes }: Box): BoxContents {
  return {
    name,
    asset,
    price: `${price}`,
    prizes: prizes.map(({ sku, name: prize, rarity, value, weight }) => ({
      sku,
      name: prize,
      rarity,
      value: `${value}`,
      weight,
    })),
  }
}

/** The hash of what is drawn from, whichever version it becomes: a report holds for exactly this. */
export function hashContents(id: string, contents: BoxContents): string {
  return hashBox(boxOf(id, 0, contents))
}

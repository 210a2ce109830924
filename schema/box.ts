import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { amountFromText, toAmount, type Amount } from './amount.ts'
import type { AssetId } from './asset.ts'
import { toCanonicalJson } from './json.ts'

export const rarities = ['common', 'uncommon', 'rare', 'epic', 'legendary'] as const
export type Rarity = (typeof rarities)[number]

/** One thing a box can hold. `weight` of the total weight is its chance; `value` is in the box's money. */
export type Prize = Readonly<{ sku: string; name: string; rarity: Rarity; value: Amount; weight: number }>

/** One version of a box; never changed once published. `price` and every value are in smallest units of `asset`. */
export type Box = Readonly<{
  id: string
  version: number
  name: string
  asset: AssetId
  price: Amount
  prizes: readonly Prize[]
}>

/** Prizes a box may hold, and the largest sum of their weights. */
export const PRIZES_MAX = 1_000
export const WEIGHT_SUM_MAX = 2 ** 48

export function weightSum(box: Box): number {
  return box.prizes.reduce((total, prize) => total + prize.weight, 0)
}

/** SHA-256, in hex, of the box's canonical JSON: contents, values, weights and price. What a battle commits to. */
export function hashBox(box: Box): string {
  return bytesToHex(sha256(utf8ToBytes(toCanonicalJson(box))))
}

/** The expected value of one opening in smallest units, rounded down. */
export function expectedValue(box: Box): Amount {
  const weighted = box.prizes.reduce((total, prize) => total + prize.value * BigInt(prize.weight), 0n)
  return toAmount(weighted / BigInt(weightSum(box)))
}

/**
 * A box as it stands in JSON (amounts as decimal strings) back as a box. The caller has validated the shape, except of
 * amounts: one that is not written as we write them is refused with a RangeError.
 */
export function boxFromJson(json: {
  id: string
  version: number
  name: string
  asset: string
  price: string
  prizes: readonly { sku: string; name: string; rarity: Rarity; value: string; weight: number }[]
}): Box {
  return {
    id: json.id,
    version: json.version,
    name: json.name,
    asset: json.asset as AssetId,
    price: amountFromText(json.price),
    prizes: json.prizes.map(({ sku, name, rarity, value, weight }) => ({
      sku,
      name,
      rarity,
      value: amountFromText(value),
      weight,
    })),
  }
}

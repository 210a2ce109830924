import { rarities, weightSum, type Box } from '../../schema/box.ts'
import type { HouseEdge } from '../../schema/box-admin.ts'

/** After how many openings it is asked whether the house has lost. */
const OPENINGS = [100, 1_000, 10_000, 100_000, 1_000_000]

/** What one opening of a box is worth: mean and standard deviation in smallest units. */
export type Worth = Readonly<{ mean: number; deviation: number }>

/** Everything about a box's odds that follows from its weights. The box has at least one weight above 0 and a price. */
export function houseEdgeOf(box: Box): HouseEdge {
  const total = BigInt(weightSum(box))
  const weighted = momentOf(box, 1n)
  const divisor = gcd(weighted, total)
  const { mean, deviation } = worthOf(box)
  const price = Number(box.price)
  const returned = (weight: number, value: bigint) => ratio(BigInt(weight) * value, weighted)
  const chance = (weight: number) => weight / Number(total)
  return {
    expectedValue: { numerator: `${weighted / divisor}`, denominator: `${total / divisor}` },
    returnToPlayer: ratio(weighted, total * box.price),
    houseEdge: ratio(total * box.price - weighted, total * box.price),
    deviation,
    worthwhile: sumOf(box.prizes.filter(({ value }) => value >= box.price).map(({ weight }) => chance(weight))),
    prizes: box.prizes.map(({ sku, weight, value }) => ({
      sku,
      chance: chance(weight),
      returned: returned(weight, value),
    })),
    rarities: rarities.map((rarity) => {
      const own = box.prizes.filter((prize) => prize.rarity === rarity)
      return {
        rarity,
        chance: sumOf(own.map(({ weight }) => chance(weight))),
        returned: sumOf(own.map(({ weight, value }) => returned(weight, value))),
      }
    }),
    houseLoses: OPENINGS.map((openings) => ({ openings, chance: lossChance(price - mean, deviation, openings) })),
  }
}

/** Mean and standard deviation; the difference of squares is taken in whole numbers, where nothing cancels out. */
export function worthOf(box: Box): Worth {
  const total = BigInt(weightSum(box))
  const [first, second] = [momentOf(box, 1n), momentOf(box, 2n)]
  const variance = ratio(total * second - first * first, total * total)
  return { mean: ratio(first, total), deviation: Math.sqrt(variance) }
}

function momentOf({ prizes }: Box, power: bigint): bigint {
  return prizes.reduce((sum, { value, weight }) => sum + BigInt(weight) * value ** power, 0n)
}

/** Chance that `openings` of them, each gaining `edge` on average, end below zero: the central limit theorem's answer. */
function lossChance(edge: number, deviation: number, openings: number): number {
  if (deviation === 0) return edge < 0 ? 1 : 0
  return normalBelow((-edge * Math.sqrt(openings)) / deviation)
}

/** The chance that a standard normal variable lies below `z` (Abramowitz and Stegun 26.2.17; within 7.5e-8). */
export function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly
  return z < 0 ? tail : 1 - tail
}

/** `numerator / denominator`; 0 where there is nothing to share. Both may be far past what a number holds exactly. */
function ratio(numerator: bigint, denominator: bigint): number {
  if (denominator === 0n) return 0
  return Number(numerator) / Number(denominator)
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b)
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

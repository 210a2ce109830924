import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { describe, expect, it } from 'vitest'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { Box } from '../../schema/box.ts'
import { chiSquared, tally } from './chi-squared.ts'
import { drawBelow, prizeAt } from './draw.ts'
import { u32 } from './line.ts'

const DRAWS = 200_000
const N = 100_000

const line = {
  battle: 'b',
  mode: 'standard',
  clientSeeds: ['0a'.repeat(32)],
  entropy: '0b'.repeat(32),
  seat: 0,
  draw: 0,
}
const serverSeed = '0c'.repeat(32)
const ours = Array.from({ length: DRAWS }, (_, round) => Number(drawBelow(serverSeed, { ...line, round }, BigInt(N))))

/** The formula in wide use: the first 15 hex digits as a float, modulo 100,000. */
function skewed(hash: string): number {
  return Number.parseInt(hash.slice(0, 15), 16) % N
}
const theirs = Array.from({ length: DRAWS }, (_, i) => skewed(bytesToHex(sha256(u32(i)))))

/** Every residue modulo 32 is as likely, since 32 divides 100,000. */
function residues(values: readonly number[]) {
  const counts = tally(
    values.map((value) => value % 32),
    32,
  )
  return chiSquared(
    counts,
    counts.map(() => DRAWS / 32),
  )
}

describe('200,000 draws below 100,000', () => {
  it('fall evenly into 1,000 equal bins', () => {
    const counts = tally(
      ours.map((value) => Math.floor(value / 100)),
      1_000,
    )
    const { fair } = chiSquared(
      counts,
      counts.map(() => DRAWS / 1_000),
    )
    expect(fair).toBe(true)
  })

  it('fall evenly on the residues modulo 32', () => {
    expect(residues(ours).fair).toBe(true)
  })

  it('give prizes by their weights', () => {
    const weights = [60_000, 25_000, 10_000, 4_000, 900, 90, 10]
    const prizes = weights.map((weight, i) => ({
      sku: `p${i}`,
      name: '',
      rarity: 'common' as const,
      value: toAmount(1n),
      weight,
    }))
    const box: Box = { id: 'b', version: 1, name: 'B', asset: PLAY_CREDIT, price: toAmount(1n), prizes }
    const counts = tally(
      ours.map((ticket) => prizeAt(box, BigInt(ticket))),
      weights.length,
    )
    const { fair } = chiSquared(
      counts,
      weights.map((weight) => (weight * DRAWS) / N),
    )
    expect(fair).toBe(true)
  })

  it('are not independent of the low digits under the formula in wide use, which the same check catches', () => {
    const { fair, statistic } = residues(theirs)
    expect(fair).toBe(false)
    expect(statistic).toBeGreaterThan(100_000)
    expect(theirs.filter((value) => value % 2 === 1).length).toBeLessThan(DRAWS / 50)
  })
})

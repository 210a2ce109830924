import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { Box } from '../../schema/box.ts'
import { chiSquared, tally } from './chi-squared.ts'
import { drawFrom, drawWords, openUrn, prizeAt } from './draw.ts'
import { u32 } from './line.ts'

/** A million draws each time, ten where the environment says so, which takes about a minute. */
const DRAWS = Number(process.env['FAIRNESS_DRAWS'] ?? 1_000_000)
const TIMEOUT_MS = 20_000 + DRAWS / 40
const N = 100_000
const SEATS = 6

const shared = { battle: 'b', mode: 'standard', clientSeeds: ['0a'.repeat(32)], entropy: '0b'.repeat(32) }
const serverSeed = '0c'.repeat(32)
const ours = new Uint32Array(DRAWS)

beforeAll(() => {
  const urn = openUrn(serverSeed, shared)
  for (let i = 0; i < DRAWS; i++) {
    ours[i] = Number(drawFrom(urn, { round: Math.floor(i / SEATS), seat: i % SEATS, draw: 0 }, BigInt(N)))
  }
}, TIMEOUT_MS)

/** The formula in wide use: the first 15 hex digits as a float, modulo 100,000. */
function skewed(hash: string): number {
  return Number.parseInt(hash.slice(0, 15), 16) % N
}
const theirs = Uint32Array.from({ length: 200_000 }, (_, i) => skewed(bytesToHex(sha256(u32(i)))))

/** How often each of 0 … bins−1 occurs, against all of them being as likely. */
function evenly(values: Iterable<number>, count: number, bins: number) {
  const counts = tally(values, bins)
  return chiSquared(
    counts,
    counts.map(() => count / bins),
  )
}

/** Every residue modulo 32 is as likely, since 32 divides 100,000. */
const residues = (values: Uint32Array) =>
  evenly(
    values.map((value) => value % 32),
    values.length,
    32,
  )

/** Pairs of draws `lag` apart, none in two pairs, by 32 parts of the range each: every pair is as likely. */
function serial(values: Uint32Array, lag: number) {
  const cells: number[] = []
  for (let i = 0; i + lag < values.length; i += 1) {
    if (Math.floor(i / lag) % 2 === 0)
      cells.push(Math.floor(values[i]! / 3_125) * 32 + Math.floor(values[i + lag]! / 3_125))
  }
  return evenly(cells, cells.length, 1_024)
}

describe(`${DRAWS} draws below 100,000`, () => {
  it('fall evenly into 1,000 equal bins', { timeout: TIMEOUT_MS }, () => {
    const bins = ours.map((value) => Math.floor(value / 100))
    expect(evenly(bins, DRAWS, 1_000).fair).toBe(true)
  })

  it('fall evenly on the residues modulo 32', { timeout: TIMEOUT_MS }, () => {
    expect(residues(ours).fair).toBe(true)
  })

  it.each([
    ['the next seat', 1],
    ['the same seat one round later', SEATS],
    ['the same seat two rounds later', 2 * SEATS],
  ])('tell nothing of the draw of %s', { timeout: TIMEOUT_MS }, (_which, lag) => {
    expect(serial(ours, lag).fair).toBe(true)
  })

  it('rise about as often as they fall', { timeout: TIMEOUT_MS }, () => {
    let rises = 0
    for (let i = 0; i + 1 < DRAWS; i += 2) rises += Number(ours[i]! < ours[i + 1]!) + Number(ours[i]! <= ours[i + 1]!)
    // Twice the count of pairs, so that equal ones count for half; its standard deviation is the root of the pairs.
    expect(Math.abs(rises - DRAWS / 2)).toBeLessThan(4 * Math.sqrt(DRAWS / 2))
  })

  it('give prizes by their weights', { timeout: TIMEOUT_MS }, () => {
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
})

describe('the same checks catch', () => {
  it('digits taken through a float', () => {
    const { fair, statistic } = residues(theirs)
    expect(fair).toBe(false)
    expect(statistic).toBeGreaterThan(100_000)
    expect(theirs.filter((value) => value % 2 === 1).length).toBeLessThan(theirs.length / 50)
  })

  it('a modulus without rejection', () => {
    const n = 3n * 2n ** 62n
    const thirds = (values: readonly bigint[]) => values.map((value) => Number(value / 2n ** 62n))
    const rounds = Array.from({ length: 3_000 }, (_, round) => ({ ...shared, round, seat: 0, draw: 0 }))
    const without = rounds.map((line) => drawWords(serverSeed, line, 0)[0]! % n)
    const urn = openUrn(serverSeed, shared)
    const rejecting = rounds.map((line) => drawFrom(urn, line, n))
    expect(evenly(thirds(without), rounds.length, 3).fair).toBe(false)
    expect(evenly(thirds(rejecting), rounds.length, 3).fair).toBe(true)
  })

  it('a draw that follows from the one before', () => {
    const following = Uint32Array.from(theirs, (_, i) => (i % 2 === 0 ? ours[i]! : (ours[i - 1]! + 7) % N))
    expect(serial(following, 1).fair).toBe(false)
  })

  it('two draws from digits of one hash that overlap', () => {
    const overlapping = Uint32Array.from(theirs, (_, i) => {
      const hash = bytesToHex(sha256(u32(Math.floor(i / 2))))
      return Number(BigInt(`0x${hash.slice(i % 2, 15 + (i % 2))}`) % 32n) * 3_125
    })
    expect(serial(overlapping, 1).fair).toBe(false)
  })
})

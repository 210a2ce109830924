import type { Simulation } from '../../schema/box-admin.ts'
import { weightSum, type Box } from '../../schema/box.ts'
import { drawWithin } from '../fairness/draw.ts'
import { worthOf } from './exact.ts'

/** How far, in standard errors, chance may lead a simulation away before we believe that something is wrong. */
const SIGMAS_MAX = 5
/** Prizes expected fewer times than this are not judged by their count: chance is not normal there. */
const COUNT_MIN = 100
/** 95 % of a normal variable lie within so many standard deviations. */
const BAND = 1.96
/** Bounds of worth / price in the histogram. */
const EDGES = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000]
const POINTS_PER_DECADE = 12

/** Draws of one box as they go: how often each prize came, and the return after each of the checkpoints. */
export type Tally = Readonly<{
  box: Box
  counts: Float64Array
  running: { draws: number; returnToPlayer: number }[]
}>

export function newTally(box: Box): Tally {
  return { box, counts: new Float64Array(box.prizes.length), running: [] }
}

/**
 * Draws `count` times, by the same draw as openings and battles do, from 32 fresh bytes each. `next` gives them; they are
 * uniform and independent.
 */
export function drawInto({ box, counts }: Tally, count: number, next: () => DataView): void {
  const prize = prizeFinder(box)
  const total = BigInt(weightSum(box))
  for (let i = 0; i < count; i++) counts[prize(Number(drawWithin(next, total)))]! += 1
}

/** Notes the return so far. */
export function note({ box, counts, running }: Tally): void {
  const draws = counts.reduce((sum, count) => sum + count, 0)
  const won = box.prizes.reduce((sum, { value }, i) => sum + counts[i]! * Number(value), 0)
  running.push({ draws, returnToPlayer: won / draws / Number(box.price) })
}

/** After how many draws the return is noted: evenly on a scale of powers of ten, `draws` last. */
export function checkpoints(draws: number): readonly number[] {
  const first = Math.min(100, draws)
  const steps = Math.ceil(Math.log10(draws / first) * POINTS_PER_DECADE)
  const points = Array.from({ length: steps + 1 }, (_, i) =>
    Math.min(draws, Math.round(first * 10 ** (i / POINTS_PER_DECADE))),
  )
  return [...new Set([...points, draws])]
}

/** What the draws say beside what the weights say. */
export function judge({ box, counts, running }: Tally): Simulation {
  const { mean, deviation } = worthOf(box)
  const price = Number(box.price)
  const { draws, returnToPlayer } = running.at(-1)!
  const error = deviation / price / Math.sqrt(draws)
  const off = returnToPlayer - mean / price
  const sigmas = error === 0 ? 0 : off / error
  const worst = worstOf(box, counts, draws)
  return {
    draws,
    returnToPlayer,
    sigmas,
    worst,
    histogram: histogramOf(box, counts, draws),
    running: running.map((point) => {
      const reach = (BAND * deviation) / price / Math.sqrt(point.draws)
      return { ...point, low: mean / price - reach, high: mean / price + reach }
    }),
    agrees: Math.abs(sigmas) <= SIGMAS_MAX && Math.abs(worst?.sigmas ?? 0) <= SIGMAS_MAX,
  }
}

/** Finds the prize that a ticket falls on, as `prizeAt` does, in a few steps also where there are a thousand. */
export function prizeFinder({ prizes }: Box): (ticket: number) => number {
  let end = 0
  const ends = Float64Array.from(prizes, ({ weight }) => (end += weight))
  return (ticket) => {
    let [low, high] = [0, ends.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (ticket < ends[middle]!) high = middle
      else low = middle + 1
    }
    return low
  }
}

function worstOf(box: Box, counts: Float64Array, draws: number): Simulation['worst'] {
  const total = weightSum(box)
  let worst: Simulation['worst'] = null
  for (const [i, { sku, weight }] of box.prizes.entries()) {
    const chance = weight / total
    const expected = draws * chance
    if (expected < COUNT_MIN || chance === 1) continue
    const sigmas = (counts[i]! - expected) / Math.sqrt(expected * (1 - chance))
    if (worst === null || Math.abs(sigmas) > Math.abs(worst.sigmas)) worst = { sku, sigmas }
  }
  return worst
}

function histogramOf(box: Box, counts: Float64Array, draws: number): Simulation['histogram'] {
  const total = weightSum(box)
  const bins = EDGES.map((from, i) => ({ from, to: EDGES[i + 1] ?? null, expected: 0, seen: 0 }))
  for (const [i, { value, weight }] of box.prizes.entries()) {
    const worth = Number(value) / Number(box.price)
    const bin = bins.findLast(({ from }) => worth >= from)!
    bin.expected += weight / total
    bin.seen += counts[i]! / draws
  }
  const isUsed = ({ expected, seen }: (typeof bins)[number]) => expected > 0 || seen > 0
  return bins.slice(bins.findIndex(isUsed), bins.findLastIndex(isUsed) + 1)
}

import { worthOf, type Worth } from '../game/box/exact.ts'
import type { VersionFigures } from '../schema/analytics.ts'
import type { Box } from '../schema/box.ts'

/** What a box gave back, beside what it should have. Shares of what was paid. */
export type Returned = Readonly<{
  openings: number
  paid: bigint
  won: bigint
  returnToPlayer: number | null
  expected: number | null
  low: number | null
  high: number | null
  outside: boolean
}>

/** 95 of 100 values of a normal distribution lie within so many deviations of its middle. */
const DEVIATIONS = 1.959964

/** So many openings of one version; `box` undefined where its contents are not known. */
export type Opened = Readonly<{ figures: Pick<VersionFigures, 'openings' | 'paid' | 'won'>; box: Box | undefined }>

/**
 * What `opened` gave back, and the band in which that lies in 95 of 100 cases by the exact odds of each version, as the central
 * limit theorem has it: with a rare large prize it takes many openings until that holds.
 */
export function returnedOf(opened: readonly Opened[]): Returned {
  const [openings, paid, won] = [
    opened.reduce((sum, { figures }) => sum + figures.openings, 0),
    opened.reduce((sum, { figures }) => sum + figures.paid, 0n),
    opened.reduce((sum, { figures }) => sum + figures.won, 0n),
  ]
  const returnToPlayer = paid === 0n ? null : Number(won) / Number(paid)
  const worths = opened.map(({ figures, box }) => ({ times: figures.openings, worth: box && worthOf(box) }))
  const known = worths.filter((each): each is { times: number; worth: Worth } => each.worth !== undefined)
  if (returnToPlayer === null || known.length < opened.length)
    return { openings, paid, won, returnToPlayer, expected: null, low: null, high: null, outside: false }
  const mean = known.reduce((sum, { times, worth }) => sum + times * worth.mean, 0)
  const variance = known.reduce((sum, { times, worth }) => sum + times * worth.deviation ** 2, 0)
  const expected = mean / Number(paid)
  const half = (DEVIATIONS * Math.sqrt(variance)) / Number(paid)
  const [low, high] = [Math.max(0, expected - half), expected + half]
  // What adding up fractions has gathered is no finding.
  const slack = 1e-9
  const outside = returnToPlayer < low - slack || returnToPlayer > high + slack
  return { openings, paid, won, returnToPlayer, expected, low, high, outside }
}

import type { Opened } from './mode.ts'

/** The sides with the highest score, rising. */
export function highest(scores: readonly bigint[]): readonly number[] {
  return levelAt(
    scores,
    scores.reduce((most, score) => (score > most ? score : most)),
  )
}

/** The sides with the lowest score, rising. */
export function lowest(scores: readonly bigint[]): readonly number[] {
  return levelAt(
    scores,
    scores.reduce((least, score) => (score < least ? score : least)),
  )
}

function levelAt(scores: readonly bigint[], score: bigint): readonly number[] {
  return scores.flatMap((each, side) => (each === score ? [side] : []))
}

/** The one of these sides that wins: a tie-break is asked for only where there are several. */
export function oneOf(level: readonly number[], { breakTie }: Pick<Opened, 'breakTie'>): readonly number[] {
  return [level.length > 1 ? breakTie(level) : level[0]!]
}

/** The side that one ticket falls on, each as likely as its share of the odds; all alike when there are no odds at all. */
export function drawnBy(odds: readonly bigint[], { drawTicket }: Pick<Opened, 'drawTicket'>): readonly number[] {
  const sum = odds.reduce((total, each) => total + each, 0n)
  const weights = sum === 0n ? odds.map(() => 1n) : odds
  let rest = drawTicket(sum === 0n ? BigInt(odds.length) : sum)
  for (const [side, weight] of weights.entries()) {
    rest -= weight
    if (rest < 0n) return [side]
  }
  throw new RangeError('the ticket lies past the odds')
}

/**
 * Pearson's statistic of `counts` against `expected`, and whether it stays below what chance passes in all but about one
 * case of 10,000 (Wilson and Hilferty's approximation of the quantile, good from a few degrees of freedom on).
 */
export function chiSquared(
  counts: readonly number[],
  expected: readonly number[],
): { statistic: number; fair: boolean } {
  const statistic = counts.reduce((total, count, i) => total + (count - expected[i]!) ** 2 / expected[i]!, 0)
  const degrees = counts.length - 1
  const spread = 2 / (9 * degrees)
  const limit = degrees * (1 - spread + 3.719 * Math.sqrt(spread)) ** 3
  return { statistic, fair: statistic < limit }
}

/** How often each of 0 … n−1 occurs in `values`. */
export function tally(values: Iterable<number>, n: number): number[] {
  const counts = Array.from({ length: n }, () => 0)
  for (const value of values) counts[value]! += 1
  return counts
}

/** `levels[i]` is what must have been wagered, in smallest units of one money, to be of level i. Level 0 is everyone's. */
export const levels: readonly bigint[] = [
  0n,
  10_00n,
  50_00n,
  100_00n,
  250_00n,
  500_00n,
  1_000_00n,
  2_500_00n,
  5_000_00n,
  10_000_00n,
  25_000_00n,
]

export const LEVEL_MAX = levels.length - 1

/** The level of a player who has wagered this much: 0 … LEVEL_MAX. */
export function levelOf(wagered: bigint): number {
  return levels.findLastIndex((least) => wagered >= least)
}

import { rules } from '../../../client-sdk/rules.ts'
import { isCrazy, isJackpot, isPeaceful, isTerminal } from '../mode/modes.ts'
import { teamName } from '../mode/sides.ts'
import { totalOf, type BattleView } from './battle-view.ts'

/** The seats of each side, rising. */
export function sidesOf(view: BattleView): readonly (readonly number[])[] {
  return rules.sidesOf({ seats: view.seats.length, teamSize: view.teamSize })
}

/** What each side opened in the first `rounds` rounds. */
export function sideTotals(view: BattleView, rounds: number): readonly bigint[] {
  return sidesOf(view).map((side) => side.reduce((total, seat) => total + totalOf(view, seat, rounds), 0n))
}

/**
 * What decides after `rounds` rounds, side by side: the totals, or in the terminal modes the last round alone. Null while
 * nothing decides yet.
 */
function scores(view: BattleView, rounds: number): readonly bigint[] | null {
  if (!isTerminal(view.mode)) return rounds === 0 ? null : sideTotals(view, rounds)
  if (rounds < view.rounds.length) return null
  const before = sideTotals(view, view.rounds.length - 1)
  return sideTotals(view, rounds).map((total, side) => total - before[side]!)
}

/** The sides that lead after `rounds` rounds; none while all are level, and none where nobody plays against anybody. */
export function leadingSides(view: BattleView, rounds: number): readonly number[] {
  const reached = isPeaceful(view.mode) ? null : scores(view, rounds)
  if (reached === null) return []
  const better = isCrazy(view.mode) ? (a: bigint, b: bigint) => a < b : (a: bigint, b: bigint) => a > b
  const top = reached.reduce((best, each) => (better(each, best) ? each : best))
  const leading = reached.flatMap((each, side) => (each === top ? [side] : []))
  return leading.length === reached.length ? [] : leading
}

/** Whether the winner was found by one more draw, since several sides were level at the top. */
export function wasTied(view: BattleView): boolean {
  if (isPeaceful(view.mode) || isJackpot(view.mode)) return false
  const leading = leadingSides(view, view.rounds.length)
  return leading.length !== 1
}

/** Each side's chance in a jackpot after `rounds` rounds, 0 … 1; all alike while nothing is opened. */
export function oddsOf(view: BattleView, rounds: number): readonly number[] {
  const totals = sideTotals(view, rounds)
  const pot = totals.reduce((sum, each) => sum + each, 0n)
  const weights = view.mode === 'crazy-jackpot' ? totals.map((total) => pot - total) : totals
  const all = weights.reduce((sum, each) => sum + each, 0n)
  return weights.map((each) => (all === 0n ? 1 / totals.length : Number(each) / Number(all)))
}

/** The side that won; null where everyone did. */
export function winningSide(view: BattleView): number | null {
  if (isPeaceful(view.mode) || view.winners.length === 0) return null
  return sidesOf(view).findIndex((side) => side.includes(view.winners[0]!))
}

/** `Team A`, or the player who is a side alone. */
export function sideName(view: BattleView, side: number): string {
  return view.teamSize > 1 ? teamName(side) : (view.seats[side]?.name ?? `Seat ${side + 1}`)
}

/** What a seat gets so far where nobody plays against anybody. Null elsewhere. */
export function shareSoFar(view: BattleView, seat: number, rounds: number): bigint | null {
  if (view.mode === 'group') return totalOf(view, seat, rounds)
  if (view.mode !== 'shared') return null
  const pot = sideTotals(view, rounds).reduce((sum, each) => sum + each, 0n)
  const count = BigInt(view.seats.length)
  return pot / count + (BigInt(seat) < pot % count ? 1n : 0n)
}

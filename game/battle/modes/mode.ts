import type { Amount } from '../../../schema/amount.ts'
import type { BattleMode } from '../../../schema/battle-mode.ts'

/**
 * A drawn battle as its rule sees it, side by side: a side is one seat, or the seats of a team. Worths are in smallest
 * units of the battle's asset.
 */
export type Opened = Readonly<{
  /** Worth of all that each side opened. */
  totals: readonly Amount[]
  /** Worth of what each side opened in the last round. */
  last: readonly Amount[]
  /** One of the sides level with each other (at least two, rising), by further draws from the same seeds. */
  breakTie: (level: readonly number[]) => number
  /** A number 0 … n−1 from the same seeds, for n in 1 … 2^64. The same one however often it is asked for. */
  drawTicket: (n: bigint) => bigint
}>

/**
 * The rule of one kind of battle. `judge` names the winning sides, rising. `spoils` says who gets what was opened: it is
 * shared by worth among all seats of the winning sides, or everyone keeps what they opened. Pure.
 */
export type Mode = Readonly<{
  name: BattleMode
  spoils: 'shared' | 'kept'
  judge: (opened: Opened) => readonly number[]
}>

import type { Amount } from '../../../schema/amount.ts'

/** One prize as the rules see it: who opened it, when, and what it is worth in smallest units. */
export type Opening = Readonly<{ round: number; seat: number; value: Amount }>

/** All that was opened in a battle, round by round and seat by seat; `totals[i]` is the worth of what seat i opened. */
export type Opened = Readonly<{
  seats: number
  rounds: number
  openings: readonly Opening[]
  totals: readonly Amount[]
  /** One of the seats level with each other (at least two, rising), by further draws from the same seeds. */
  breakTie: (level: readonly number[]) => number
}>

/** Who won (rising), and for each opening, in the same order, the seat that gets it. */
export type Verdict = Readonly<{ winners: readonly number[]; owners: readonly number[] }>

/** The rule of one kind of battle. Pure: the same openings and the same tie-breaks give the same verdict. */
export type Mode = Readonly<{ name: 'standard'; judge: (opened: Opened) => Verdict }>

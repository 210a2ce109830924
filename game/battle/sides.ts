import type { BattleMode } from '../../schema/battle-mode.ts'

/** How a battle is seated: `teamSize` seats in a row are a side; 1 when everyone is alone. */
export type Seating = Readonly<{ seats: number; teamSize: number }>

/** The seats of each side, rising. */
export function sidesOf({ seats, teamSize }: Seating): readonly (readonly number[])[] {
  return Array.from({ length: seats / teamSize }, (_, side) =>
    Array.from({ length: teamSize }, (_seat, index) => side * teamSize + index),
  )
}

/**
 * The rule of a battle as text, which is part of every draw and of what is committed to: the mode's name, and for teams how
 * they are seated: `standard`, `crazy/2v2`, `jackpot/2v2v2`.
 */
export function ruleOf(mode: BattleMode, { seats, teamSize }: Seating): string {
  return teamSize === 1
    ? mode
    : `${mode}/${sidesOf({ seats, teamSize })
        .map((side) => side.length)
        .join('v')}`
}

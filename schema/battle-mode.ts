/**
 * Every kind of battle by its name, which is part of every draw. `crazy-…` turns the rule of the other around; shared and
 * group have nobody to beat and so nothing to turn around.
 */
export const battleModes = [
  'standard',
  'crazy',
  'terminal',
  'crazy-terminal',
  'shared',
  'group',
  'jackpot',
  'crazy-jackpot',
] as const

export type BattleMode = (typeof battleModes)[number]

export function isBattleMode(text: string): text is BattleMode {
  return battleModes.some((mode) => mode === text)
}

/** The most of a stake that can be borrowed, in percent: somebody who pays nothing has no stake. */
export const BORROW_PERCENT_MAX = 90

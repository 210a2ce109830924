import { isBattleMode, type BattleMode } from '../../../schema/battle-mode.ts'
import type { BattleProof } from '../../../schema/http.ts'

const rules: Readonly<Record<BattleMode, string>> = {
  standard: 'The highest total won.',
  crazy: 'The lowest total won.',
  terminal: 'The most in the last round won.',
  'crazy-terminal': 'The least in the last round won.',
  shared: 'Everything was split evenly.',
  group: 'Everyone kept what they opened.',
  jackpot: 'One ticket, drawn from the same seeds, won; what each side opened was its chance.',
  'crazy-jackpot': 'One ticket, drawn from the same seeds, won; what the others opened was a side’s chance.',
}

/** What the last stage shows, by the rule of this battle. */
export function payoutWords({ mode, teamSize = 1, seats, winners, limited = [] }: BattleProof): string {
  const rule = isBattleMode(mode) ? rules[mode] : 'The winner follows from the rule.'
  const split = mode !== 'group' && (teamSize > 1 || winners.length > 1) && ' Shares are equal to the cent.'
  const lent = seats.some(({ borrow = 0 }) => borrow > 0) && ' The house took the part it lent, no more.'
  const short = limited.some(({ reserved }) => reserved === 0)
  const stock = short && ' Of what too few were left is paid in credits, at its value.'
  return [rule, split || ' What was paid out is exactly that.', lent || '', stock || ''].join('')
}

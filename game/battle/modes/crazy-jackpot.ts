import { sum } from '../../../schema/amount.ts'
import type { Mode } from './mode.ts'
import { drawnBy } from './sides.ts'

/** One ticket decides, with a side's chance as the part of all that was opened which the others opened. */
export const crazyJackpot: Mode = {
  name: 'crazy-jackpot',
  spoils: 'shared',
  judge: (opened) => {
    const pot = sum(opened.totals)
    return drawnBy(
      opened.totals.map((total) => pot - total),
      opened,
    )
  },
}

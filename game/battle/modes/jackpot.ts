import type { Mode } from './mode.ts'
import { drawnBy } from './sides.ts'

/** One ticket decides: a side wins everything with a chance of its part of all that was opened. */
export const jackpot: Mode = {
  name: 'jackpot',
  spoils: 'shared',
  judge: (opened) => drawnBy(opened.totals, opened),
}

import type { Mode } from './mode.ts'
import { highest, oneOf } from './sides.ts'

/** The highest total wins everything. */
export const standard: Mode = {
  name: 'standard',
  spoils: 'shared',
  judge: (opened) => oneOf(highest(opened.totals), opened),
}

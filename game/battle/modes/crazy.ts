import type { Mode } from './mode.ts'
import { lowest, oneOf } from './sides.ts'

/** The lowest total wins everything. */
export const crazy: Mode = {
  name: 'crazy',
  spoils: 'shared',
  judge: (opened) => oneOf(lowest(opened.totals), opened),
}

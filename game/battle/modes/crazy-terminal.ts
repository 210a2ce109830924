import type { Mode } from './mode.ts'
import { lowest, oneOf } from './sides.ts'

/** Whoever opens the least in the last round wins everything. */
export const crazyTerminal: Mode = {
  name: 'crazy-terminal',
  spoils: 'shared',
  judge: (opened) => oneOf(lowest(opened.last), opened),
}

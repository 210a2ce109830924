import type { Mode } from './mode.ts'
import { highest, oneOf } from './sides.ts'

/** Whoever opens the most in the last round wins everything; the rounds before only fill the pot. */
export const terminal: Mode = {
  name: 'terminal',
  spoils: 'shared',
  judge: (opened) => oneOf(highest(opened.last), opened),
}

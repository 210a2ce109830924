import type { Mode } from './mode.ts'

/** Nobody plays against anybody: all that is opened is shared equally by worth. */
export const shared: Mode = {
  name: 'shared',
  spoils: 'shared',
  judge: ({ totals }) => [...totals.keys()],
}

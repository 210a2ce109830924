import type { Mode } from './mode.ts'

/** Nobody plays against anybody: everyone keeps what they open. */
export const group: Mode = {
  name: 'group',
  spoils: 'kept',
  judge: ({ totals }) => [...totals.keys()],
}

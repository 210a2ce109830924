import { signal } from '@preact/signals'
import { rules } from '../../../client-sdk/rules.ts'
import type { BattleMode } from '../../../schema/battle-mode.ts'
import { isPeaceful } from '../mode/modes.ts'
import type { Seating } from '../mode/sides.ts'

/** Everything that is chosen for a battle besides its boxes. Percents are whole. */
export type Options = Readonly<{
  mode: BattleMode
  seats: number
  teamSize: number
  sponsor: number
  minLevel: number
  borrowMax: number
  /** What the creator borrows of the own stake. */
  borrow: number
  fast: boolean
  unlisted: boolean
}>

/** Lent in these steps: 5, 10 … 90 percent. */
export const BORROW_STEP = 5

const standard: Options = {
  mode: 'standard',
  seats: 2,
  teamSize: 1,
  sponsor: 0,
  minLevel: 0,
  borrowMax: 0,
  borrow: 0,
  fast: false,
  unlisted: false,
}

export const options = signal<Options>(standard)

/** Changes some of the options; what the creator borrows never exceeds what anybody may. */
export function choose(some: Partial<Options>): void {
  const next = { ...options.value, ...some }
  options.value = { ...next, borrow: Math.min(next.borrow, next.borrowMax) }
}

/** Why these options do not go together with what is chosen; undefined when they do. */
export function whyNot(some: Partial<Options>): string | undefined {
  const reason = rules.whyNotTogether({ ...options.value, ...some })
  return reason && reason.charAt(0).toUpperCase() + reason.slice(1)
}

/** A mode without opponents has neither teams nor loans: they are dropped on choosing it. */
export function chooseMode(mode: BattleMode): void {
  choose(isPeaceful(mode) ? { mode, teamSize: 1, borrowMax: 0 } : { mode })
}

export function chooseSeating({ seats, teamSize }: Seating): void {
  choose({ seats, teamSize })
}

type Paying = Pick<Options, 'seats' | 'sponsor' | 'borrow' | 'borrowMax'>

/** Who pays how much for seats of this price, in smallest units. */
export function costs(price: bigint, { seats, sponsor, borrow, borrowMax }: Paying) {
  const sponsored = rules.percentOf(price, sponsor)
  const entry = price - sponsored
  const own = price - rules.percentOf(price, borrow)
  return {
    own,
    gift: sponsored * BigInt(seats - 1),
    entry,
    leastEntry: entry - rules.percentOf(entry, borrowMax),
  }
}

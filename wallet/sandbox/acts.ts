import type { Happening } from './store.ts'

const LATE_MS = 8_000

type Act = Readonly<{ name: string; label: string; what: (part: string) => readonly Happening[] }>

/** What a visitor of the pay page may let happen while it is not paid. */
export const openActs: readonly Act[] = [
  { name: 'approve', label: 'Approve', what: () => [{ type: 'paid' }] },
  { name: 'decline', label: 'Decline', what: () => [{ type: 'failed' }] },
  { name: 'approve-late', label: 'Approve, and tell in 8 s', what: () => [{ type: 'paid', delays_ms: [LATE_MS] }] },
  { name: 'approve-twice', label: 'Approve, and tell twice', what: () => [{ type: 'paid', delays_ms: [0, 1000] }] },
  {
    name: 'refund-first',
    label: 'Approve and refund, and tell the refund first',
    what: (part) => [
      { type: 'refunded', part, delays_ms: [0] },
      { type: 'paid', delays_ms: [1000] },
    ],
  },
]

/** What they may let happen to a payment that is paid. */
export const paidActs: readonly Act[] = [
  { name: 'refund', label: 'Refund', what: (part) => [{ type: 'refunded', part }] },
  { name: 'charge-back', label: 'Charge back', what: (part) => [{ type: 'charged-back', part }] },
]

export const actNamed = (name: string): Act | undefined => [...openActs, ...paidActs].find((act) => act.name === name)

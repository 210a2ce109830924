import type { Pool } from 'pg'
import { createPersons } from '../access/persons/persons.ts'
import type { Sealer } from '../access/seal.ts'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import { createLimits, type Limits } from '../limits/limits.ts'

/** As the settings have them. */
export const PLAY_RULES = {
  usualRules: { ageMin: 18, countriesBlocked: ['BE'], realMoney: true },
  choices: { coolOffHours: [1, 24], selfExclusionDays: [183, 365] },
}

/** The limits of one more node over the database of a test. */
export function openTestLimits(
  parts: Readonly<{ pool: Pool; ledger: Ledger; tail: Pick<Tail, 'subscribe'>; sealer: Sealer; clock?: () => number }>,
): Limits {
  const all = { clock: Date.now, ...parts, ...PLAY_RULES }
  return createLimits({ ...all, persons: createPersons({ ...all, kyc: undefined }) })
}

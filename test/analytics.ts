import type { Pool } from 'pg'
import { createPostgresClientEvents } from '../bridge/analytics/postgres-client-events.ts'
import { createPostgresAnalytics } from '../bridge/analytics/postgres-reader.ts'
import type { FraudRules } from '../schema/fraud.ts'
import type { Analytics } from '../services/parts.ts'

/** Narrow enough that a test passes them. */
export const FRAUD_RULES: FraudRules = {
  pace: {
    minute: { openings: 20, trades: 3 },
    hour: { openings: 50, deposits: 3, withdrawals: 2, trades: 10 },
    day: { openings: 100, deposits: 5, withdrawals: 4, trades: 20 },
  },
  shared: { device: 3, address: 4, payout: 2 },
  given: 10_000n,
}

export function analyticsOver(pool: Pool): Analytics {
  const clientEvents = createPostgresClientEvents({ pool, clock: Date.now, keptDays: 90 })
  return { ...createPostgresAnalytics(pool), clientEvents }
}

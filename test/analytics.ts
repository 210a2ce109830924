import { hash } from 'node:crypto'
import type { Pool } from 'pg'
import { expect, vi } from 'vitest'
import { createPostgresClientEvents } from '../bridge/analytics/postgres-client-events.ts'
import { createPostgresAnalytics } from '../bridge/analytics/postgres-reader.ts'
import { createAnalyticsSink } from '../bridge/analytics/postgres-sink.ts'
import { Relay } from '../bridge/relay.ts'
import type { EventDraft } from '../schema/event.ts'
import type { FraudRules } from '../schema/fraud.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { Analytics } from '../services/parts.ts'
import type { TestNode } from './node.ts'

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

/** Commits events as they are, for what is counted of them. */
export async function tellLedger({ ledger }: Pick<TestNode, 'ledger'>, tenant: string, events: readonly EventDraft[]) {
  const request = hash('sha256', 'told', 'hex')
  const outcome = { kind: 'test', tenant, request, owner: 'house:main', transfers: [] }
  for (let from = 0; from < events.length; from += 100)
    await ledger.commit({ ...outcome, id: uuidv7(), events: events.slice(from, from + 100) })
}

/** Counts what the node commits, as the bridge does. Resolves once all that is committed by then is counted. */
export function countingOf({ pool, ledger, tail }: TestNode) {
  const log = { info: () => {}, error: () => {} }
  const relay = new Relay({ pool, ledger, tail, node: () => 'n1', log, sink: createAnalyticsSink({ pool }) })
  return {
    counted: async () => {
      const { seq } = await ledger.reader.head()
      await vi.waitFor(() => expect(relay.status.seq).toBeGreaterThanOrEqual(seq), 15_000)
    },
    close: () => relay.close(),
  }
}

import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { createClickHouseClientEvents } from '../bridge/analytics/clickhouse-client-events.ts'
import { createClickHouseAnalytics } from '../bridge/analytics/clickhouse-reader.ts'
import { createPostgresClientEvents } from '../bridge/analytics/postgres-client-events.ts'
import { createPostgresAnalytics } from '../bridge/analytics/postgres-reader.ts'
import { clickHouseClient, ensureDatabase } from '../bridge/clickhouse/client.ts'
import type { Config } from '../config.ts'
import type { ClientEvents } from '../schema/client-event.ts'
import type { FraudRules } from '../schema/fraud.ts'
import type { Analytics } from '../services/parts.ts'

type Parts = Readonly<{ config: Config; pool: Pool; log: Pick<Logger, 'warn'> }>
type Opened = Readonly<{ analytics: Analytics; close(): Promise<void> }>

const DROP_MS = 3_600_000

/** What analysts ask, and what pages tell: from and into ClickHouse where there is one. */
export function openAnalytics(parts: Parts): Opened {
  const { config, pool } = parts
  const keptDays = config.client_event_days
  if (config.clickhouse_url === '') {
    const clientEvents = createPostgresClientEvents({ pool, clock: Date.now, keptDays })
    const stop = dropNowAndThen(parts, clientEvents)
    return { analytics: { ...createPostgresAnalytics(pool), clientEvents }, close: () => Promise.resolve(stop()) }
  }
  const client = clickHouseClient(config.clickhouse_url)
  const clientEvents = createClickHouseClientEvents({
    client,
    ensure: () => ensureDatabase(config.clickhouse_url),
    clock: Date.now,
    keptDays,
    chunk_ms: config.clickhouse_chunk_ms,
    waiting_max: config.client_events_waiting_max,
  })
  const stop = dropNowAndThen(parts, clientEvents)
  return {
    analytics: { ...createClickHouseAnalytics(client), clientEvents },
    close: async () => {
      stop()
      await clientEvents.close()
      await client.close()
    },
  }
}

function dropNowAndThen({ log }: Parts, clientEvents: ClientEvents): () => void {
  const timer = setInterval(() => {
    clientEvents.dropOld().catch((error: unknown) => log.warn({ err: error }, 'old client events were not deleted'))
  }, DROP_MS)
  return () => clearInterval(timer)
}

/** When something looks like fraud. */
export function fraudRules(config: Config): FraudRules {
  return {
    pace: {
      minute: { openings: config.fraud_openings_per_minute, trades: config.fraud_trades_per_minute },
      hour: {
        openings: config.fraud_openings_per_hour,
        deposits: config.fraud_deposits_per_hour,
        withdrawals: config.fraud_withdrawals_per_hour,
        trades: config.fraud_trades_per_hour,
      },
      day: {
        openings: config.fraud_openings_per_day,
        deposits: config.fraud_deposits_per_day,
        withdrawals: config.fraud_withdrawals_per_day,
        trades: config.fraud_trades_per_day,
      },
    },
    shared: {
      device: config.fraud_shared_device,
      address: config.fraud_shared_address,
      payout: config.fraud_shared_payout,
    },
    given: BigInt(config.fraud_given),
  }
}

import type pg from 'pg'
import type { OutcomeId } from '../../schema/uuid.ts'
import type { LapsingHolds } from '../expirer.ts'
import { run, statement } from './statement.ts'

const lapsingHolds = statement('lapsing-holds')

/** Looks for lapsing holds over a pool. See `LapsingHolds`. */
export function lapsingHoldsOf(pool: pg.Pool): LapsingHolds {
  return async ({ within_ms, limit }) => {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      const rows = await run(client, lapsingHolds, [within_ms, limit])
      return rows.map(([id, tenant, placedBy, wait_ms]) => ({
        hold: { id: id as OutcomeId, tenant: tenant!, placedBy: placedBy as OutcomeId },
        wait_ms: Number(wait_ms),
      }))
    } catch (error) {
      broken = error as Error
      throw error
    } finally {
      client.release(broken)
    }
  }
}

import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { TurnLost } from '../cursor.ts'
import { eventsOf, LINEAGE } from '../sink-spec.ts'
import { SinkStopped } from '../sink.ts'
import { createAnalyticsSink } from './postgres-sink.ts'

const TURN = { sink: 'analytics', epoch: 1, node: 'n' }
const floor = (seq: bigint) => ({ lineage: LINEAGE, seq })

let database: TestDatabase
let pool: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 4 })
})
beforeEach(async () => {
  await pool.query('truncate sink_cursor, analytics_cursor, analytics_user, analytics_daily, dead_letter')
  await pool.query(`insert into sink_cursor (name, lineage, seq, epoch) values ('analytics', $1, 0, 1)`, [LINEAGE])
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const grants = (...amounts: readonly string[]) =>
  eventsOf(1, amounts.length).map((event, i) =>
    Object.assign({}, event, {
      type: 'faucet.granted' as const,
      payload: { user: 'u', asset: 'USD', amount: amounts[i]! },
    }),
  )

async function granted(): Promise<string | undefined> {
  const { rows } = await pool.query<{ granted: string }>('select granted from analytics_user')
  return rows[0]?.granted
}

describe('analytics in Postgres', () => {
  test('an event that cannot be counted is put aside with its seq, and the others count', async () => {
    const sink = createAnalyticsSink({ pool })
    await sink.open(floor(0n), TURN)
    await sink.write(grants('5', '-1', '7'), 3n)
    expect(await granted()).toBe('12')
    const { rows } = await pool.query('select sink, seq, reason from dead_letter')
    expect(rows).toEqual([{ sink: 'analytics', seq: '2', reason: '"-1" is no amount' }])
  })

  test('a turn that is over counts nothing', async () => {
    const sink = createAnalyticsSink({ pool })
    await sink.open(floor(0n), TURN)
    await pool.query('update sink_cursor set epoch = 2')
    await expect(sink.write(grants('5'), 1n)).rejects.toThrow(TurnLost)
    expect(await granted()).toBeUndefined()
  })

  test('two who believe to have the turn count each event once', async () => {
    const [one, other] = [createAnalyticsSink({ pool }), createAnalyticsSink({ pool })]
    for (const sink of [one, other]) await sink.open(floor(0n), TURN)
    await one.write(grants('5'), 1n)
    await expect(other.write(grants('5'), 1n)).rejects.toThrow(TurnLost)
    expect(await granted()).toBe('5')
  })

  test('another lineage, or a part of the history, is not counted on top', async () => {
    const sink = createAnalyticsSink({ pool })
    await sink.open(floor(0n), TURN)
    await sink.write(grants('5', '6'), 2n)
    await expect(sink.rewind!(1n)).rejects.toThrow(SinkStopped)
    await expect(sink.open({ lineage: 'ffffffffffffffff', seq: 0n }, TURN)).rejects.toThrow(SinkStopped)
    expect(await sink.open(floor(0n), TURN)).toBe(2n)
    await sink.rewind!(0n)
    await sink.write(grants('1'), 1n)
    expect(await granted()).toBe('1')
  })
})

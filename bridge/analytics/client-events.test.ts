import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { createClickHouse, hasClickHouse } from '../../test/clickhouse.ts'
import { createDatabase } from '../../test/database.ts'
import { clickHouseClient } from '../clickhouse/client.ts'
import { createClickHouseClientEvents } from './clickhouse-client-events.ts'
import { clientEventsSpec } from './client-events-spec.ts'
import { createPostgresClientEvents } from './postgres-client-events.ts'

clientEventsSpec('Postgres', async () => {
  const database = await createDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  const open = () => createPostgresClientEvents({ pool, clock: Date.now, keptDays: 10 })
  return {
    store: open(),
    other: open(),
    count: async (day) =>
      (await pool.query('select count(*)::int as n from client_event where day = $1', [day])).rows[0].n,
    remove: async () => {
      await pool.end()
      await database.drop()
    },
  }
})

describe.skipIf(!hasClickHouse)('with ClickHouse', () => {
  const CHUNKS = { clock: Date.now, keptDays: 10, chunk_ms: 10, waiting_max: 1000 }

  clientEventsSpec('ClickHouse', async () => {
    const there = await createClickHouse()
    const client = clickHouseClient(there.url)
    const open = () => createClickHouseClientEvents({ client, ensure: () => Promise.resolve(), ...CHUNKS })
    return {
      store: open(),
      other: open(),
      count: async (day) => {
        const query = 'select count() as n from client_events final where day = {day:Date}'
        const answer = await client.query({ query, query_params: { day }, format: 'JSONEachRow' })
        return Number((await answer.json<{ n: string }>())[0]!.n)
      },
      remove: async () => {
        await client.close()
        await there.drop()
      },
    }
  })

  test('that cannot be kept are refused as a whole, and no more wait than are allowed to', async () => {
    const client = clickHouseClient('http://127.0.0.1:1/x')
    const store = createClickHouseClientEvents({ client, ensure: () => Promise.resolve(), ...CHUNKS, waiting_max: 2 })
    const event = { id: '0189abcd-ef01-7234-8567-89abcdef0123', type: 'a', at: Date.now(), properties: {} }
    const first = store.record({ tenant: 'main', user: 'u' }, [event])
    const second = store.record({ tenant: 'main', user: 'u' }, [event, event])
    expect(() => store.record({ tenant: 'main', user: 'u' }, [event])).toThrow(
      expect.objectContaining({ code: 'server/busy' }),
    )
    await expect(first).rejects.toMatchObject({ code: 'server/busy' })
    await expect(second).rejects.toMatchObject({ code: 'server/busy' })
    await store.close()
    await client.close()
  })
})

import { createDatabase } from '../../test/database.ts'
import pg from 'pg'
import { createPostgresAnalytics } from './postgres-reader.ts'
import { createAnalyticsSink } from './postgres-sink.ts'
import { analyticsSpec } from './reader-spec.ts'

const LINEAGE = 'abcdef0123456789'
const TURN = { sink: 'analytics', epoch: 1, node: 'n' }

analyticsSpec('Postgres', { histories: 15, timeout_ms: 30_000 }, async () => {
  const database = await createDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  await pool.query(`insert into sink_cursor (name, lineage, seq, epoch) values ('analytics', $1, 0, 1)`, [LINEAGE])
  let seq = 0n
  const opened = async () => {
    const sink = createAnalyticsSink({ pool })
    return { sink, from: await sink.open({ lineage: LINEAGE, seq }, TURN) }
  }
  return {
    reader: createPostgresAnalytics(pool),
    empty: async () => {
      const { sink } = await opened()
      await sink.rewind!(0n)
      seq = 0n
    },
    feed: async (events, hitch) => {
      const last = events.at(-1)!.seq
      const { sink } = await opened()
      await sink.write(events, last)
      // The relay could not record it: the next turn begins from what the sink says, not from the floor.
      if (hitch === 'unrecorded' || hitch === 'doubled') {
        const { sink: next, from } = await opened()
        if (from !== last) throw new Error(`it goes on from ${from}, not from ${last}`)
        if (hitch === 'doubled') await next.write(events, last)
      }
      seq = last
    },
    remove: async () => {
      await pool.end()
      await database.drop()
    },
  }
})

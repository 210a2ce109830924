import pg from 'pg'
import { describe } from 'vitest'
import type { CommittedEvent } from '../../schema/event.ts'
import { createClickHouse, hasClickHouse } from '../../test/clickhouse.ts'
import { createDatabase } from '../../test/database.ts'
import { nameChunk } from '../clickhouse/chunk.ts'
import { clickHouseClient } from '../clickhouse/client.ts'
import { createClickHouseSink } from '../clickhouse/sink.ts'
import { createClickHouseAnalytics } from './clickhouse-reader.ts'
import { analyticsSpec } from './reader-spec.ts'

const LINEAGE = 'abcdef0123456789'
const TURN = { sink: 'clickhouse', epoch: 1, node: 'n' }
const SUMS = ['daily', 'user_total', 'box_total', 'version_total', 'pace', 'given_pair']

async function place() {
  const [database, store] = await Promise.all([createDatabase(), createClickHouse()])
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  const client = clickHouseClient(store.url)
  await pool.query(`insert into sink_cursor (name, lineage, seq, epoch) values ('clickhouse', $1, 0, 1)`, [LINEAGE])
  let seq = 0n
  let ledger: CommittedEvent[] = []
  const reader = {
    events: ({ since, until }: { since: bigint; until?: bigint }) =>
      Promise.resolve(ledger.filter((event) => event.seq > since && event.seq <= until!)),
  }
  const newSink = () => createClickHouseSink({ url: store.url, pool, reader, chunk_events: 1000, chunk_ms: 0 })
  /** The relay recorded nothing of what came last: the next turn finds out by itself. */
  const again = async (last: bigint) => {
    const sink = newSink()
    const from = await sink.open({ lineage: LINEAGE, seq }, TURN)
    if (from !== last) throw new Error(`it goes on from ${from}, not from ${last}`)
    await sink.close()
  }
  const views = async (verb: 'detach' | 'attach') => {
    for (const table of SUMS) await client.command({ query: `${verb} table ${table}_of_events` })
  }
  return {
    reader: createClickHouseAnalytics(client),
    empty: async () => {
      const sink = newSink()
      await sink.open({ lineage: LINEAGE, seq }, TURN)
      await sink.rewind!(0n)
      await sink.close()
      ledger = []
      seq = 0n
    },
    feed: async (events: readonly CommittedEvent[], hitch: string) => {
      ledger.push(...events)
      const last = events.at(-1)!.seq
      const sink = newSink()
      await sink.open({ lineage: LINEAGE, seq }, TURN)
      if (hitch === 'named only') await nameChunk(pool, TURN, { lineage: LINEAGE, first: seq + 1n, last }, [])
      else if (hitch === 'events without sums') {
        await views('detach')
        await sink.write(events, last)
        await views('attach')
      } else await sink.write(events, last)
      await sink.close()
      if (hitch !== 'none') await again(last)
      if (hitch === 'doubled') await again(last)
      seq = last
    },
    remove: async () => {
      await client.close()
      await pool.end()
      await Promise.all([store.drop(), database.drop()])
    },
  }
}

describe.skipIf(!hasClickHouse)('analytics', () =>
  analyticsSpec('ClickHouse', { histories: 8, timeout_ms: 60_000 }, place),
)

import type { Pool, PoolClient } from 'pg'
import type { CommittedEvent } from '../../schema/event.ts'
import { TurnLost } from '../cursor.ts'
import { recordDeadLetters, type DeadLetter } from '../dead-letter.ts'
import { SinkStopped, type Sink, type Turn } from '../sink.ts'
import { factsOf } from './facts.ts'
import { Sums } from './sums.ts'
import { upsert } from './upsert.ts'

/**
 * The sums that `AnalyticsReader` gives, in Postgres, for those who have no ClickHouse. They and how far they go change in one
 * transaction, so each event is counted once.
 */
export function createAnalyticsSink({ pool }: Readonly<{ pool: Pool }>): Sink {
  let turn: Turn | undefined
  let lineage = ''
  let seq = 0n

  return {
    name: 'analytics',
    async open(floor, taken) {
      const { rows } = await pool.query<{ lineage: string; seq: string }>(
        `insert into analytics_cursor as c (sink, lineage, seq) values ($1, $2, 0)
         on conflict (sink) do update set seq = c.seq returning lineage, seq`,
        [taken.sink, floor.lineage],
      )
      if (rows[0]!.lineage !== floor.lineage)
        throw new SinkStopped(
          `the analytics are of lineage ${rows[0]!.lineage}, the ledger is at ${floor.lineage}: rewind them to 0`,
        )
      turn = taken
      lineage = floor.lineage
      seq = BigInt(rows[0]!.seq)
      return seq
    },
    async write(events, cursor) {
      const held = turn
      if (!held) throw new Error('the analytics are not open')
      const fresh = events.filter((event) => event.seq > seq)
      const { sums, dead } = summed(fresh)
      await transaction(pool, async (client) => {
        await move(client, held, { lineage, from: seq, to: cursor })
        await recordDeadLetters(client, { sink: held.sink, lineage }, dead)
        await upsert(client, sums)
      })
      seq = cursor
    },
    async rewind(to) {
      if (to !== 0n) throw new SinkStopped('the analytics can only be counted anew as a whole: rewind them to 0')
      await transaction(pool, async (client) => {
        await move(client, turn!, { lineage, from: seq, to })
        await client.query(
          `truncate analytics_daily, analytics_active, analytics_user, analytics_box, analytics_version, analytics_pace,
             analytics_given`,
        )
      })
      seq = to
    },
    close() {
      turn = undefined
      return Promise.resolve()
    },
  }
}

function summed(events: readonly CommittedEvent[]): Readonly<{ sums: Sums; dead: readonly DeadLetter[] }> {
  const sums = new Sums()
  const dead: DeadLetter[] = []
  for (const event of events) {
    try {
      sums.add(event, factsOf(event))
    } catch (error) {
      dead.push({ event, reason: (error as Error).message })
    }
  }
  return { sums, dead }
}

type Step = Readonly<{ lineage: string; from: bigint; to: bigint }>

/** @throws TurnLost when another relay has had its turn since */
async function move(client: PoolClient, { sink, epoch }: Turn, { lineage, from, to }: Step): Promise<void> {
  const { rowCount } = await client.query(
    `with fence as (select name from sink_cursor where name = $1 and epoch = $2 for share)
     update analytics_cursor a set seq = $5 from fence where a.sink = fence.name and a.lineage = $3 and a.seq = $4`,
    [sink, epoch, lineage, from, to],
  )
  if (rowCount !== 1) throw new TurnLost(`another relay of ${sink} has a later turn`)
}

async function transaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    await work(client)
    await client.query('commit')
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    // One that failed midway is closed, which rolls it back.
    client.release(broken)
  }
}

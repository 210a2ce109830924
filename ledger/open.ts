import pg from 'pg'
import type { CommittedEvent } from '../schema/event.ts'
import type { Outcome, Receipt } from '../schema/outcome.ts'
import { eventsOf } from './committed-events.ts'
import { Expirer } from './expirer.ts'
import { GroupCommit, type GroupCommitLimits } from './group-commit.ts'
import type { Ledger } from './ledger.ts'
import { defaultLimits } from './limits.ts'
import { PostgresActors } from './postgres/actors.ts'
import { PostgresStore } from './postgres/lane.ts'
import { lapsingHoldsOf } from './postgres/lapsing.ts'
import { PostgresReader } from './postgres/reader.ts'
import { TailBus } from './tail-bus.ts'
import { LedgerTail } from './tail.ts'

/** Events of one partition of `event` and `transfer`, unless told otherwise; outcomes are parted by day. */
const PARTITION_EVENTS = 20_000_000n
const PARTITIONS_AHEAD = 1
const DAYS_AHEAD = 3
const PARTITION_CHECK_MS = 3_600_000

export type LedgerOptions = Readonly<{
  databaseUrl: string
  /** Where nodes tell each other what they committed, ahead of what they read from the database; empty or left out: nowhere. */
  redisUrl?: string
  limits?: Partial<GroupCommitLimits>
  /** Events the tail keeps in memory. */
  ring_max?: number
  /** Connections for reading. */
  readers_max?: number
  /** Events of one partition: the same in the whole life of a database. */
  partition_events?: bigint
  /** Told of errors that no caller hears of. */
  failed?: (error: unknown) => void
}>

export type OpenLedger = Readonly<{ ledger: Ledger; tail: LedgerTail; close(): Promise<void> }>

/** Opens the ledger of a migrated database: the door for commits and reads, and the node's tail from now on. */
export async function openLedger(options: LedgerOptions): Promise<OpenLedger> {
  const failed = options.failed ?? ((error) => console.error(error))
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.readers_max ?? 8,
    application_name: 'rollingdrop reader',
    pipeline: true,
  })
  let closing = false
  pool.on('error', (error) => closing || failed(error)) // a connection that Postgres ends after we have is no news
  pool.on('connect', (client) => void client.on('error', () => {})) // whoever has it just then hears of it
  const size = options.partition_events ?? PARTITION_EVENTS
  await addPartitions(pool, size)
  const timer = setInterval(() => void addPartitions(pool, size).catch(failed), PARTITION_CHECK_MS)
  timer.unref()
  const reader = new PostgresReader(pool)
  const { lineage, seq } = await reader.head()
  const tail = new LedgerTail({ lineage, seq, reader, ring_max: options.ring_max ?? 10_000, failed })
  const offer = (run: readonly CommittedEvent[]): void => tail.offer(run)
  const bus = options.redisUrl ? new TailBus({ redisUrl: options.redisUrl, lineage, offer, failed }) : undefined
  const store = new PostgresStore(options.databaseUrl)
  let reserved = nextReserve(seq, size)
  const commits = new GroupCommit(store, { ...defaultLimits, ...options.limits }, (committed) => {
    const events = eventsOf(committed)
    tail.offer(events)
    bus?.publish(events)
    expirer.noticed(committed)
    if (committed.written.last < reserved) return
    reserved = nextReserve(committed.written.last, size)
    void addPartitions(pool, size).catch(failed)
  })
  const ledger: Ledger = {
    commit: (outcome: Outcome): Promise<Receipt> => commits.submit(outcome),
    reader,
    actors: new PostgresActors(pool),
  }
  const expirer = new Expirer({ lapsing: lapsingHoldsOf(pool), ledger, failed })
  expirer.start()
  const close = async (): Promise<void> => {
    closing = true
    clearInterval(timer)
    await expirer.close()
    await commits.close()
    bus?.close()
    tail.close()
    await pool.end()
  }
  return { ledger, tail, close }
}

async function addPartitions(pool: pg.Pool, size: bigint): Promise<void> {
  await pool.query('select add_partitions($1, $2, $3)', [size, PARTITIONS_AHEAD, DAYS_AHEAD])
}

/** The seq in the middle of its partition's rest: reaching it, the next partition is made, long before it is needed. */
function nextReserve(seq: bigint, size: bigint): bigint {
  const base = (seq / size) * size
  const middle = base + size / 2n
  return seq < middle ? middle : base + size + size / 2n
}

import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import {
  CLIENT_EVENT_LATE_MS,
  type ClientEvent,
  type ClientEventDay,
  type ClientEvents,
} from '../../schema/client-event.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { migrateClickHouse } from '../clickhouse/migrate.ts'
import { dayOf } from './sums.ts'

const DAY_MS = 86_400_000

type Options = Readonly<{
  client: ClickHouseClient
  /** Makes the database unless it is there. */
  ensure: () => Promise<void>
  /** Unix ms. */
  clock: () => number
  keptDays: number
  /** Each insert is a part on disk: they are this long apart, and take all that waits. */
  chunk_ms: number
  waiting_max: number
}>

type Row = Readonly<{ tenant: string; day: string; type: string; user: string; id: string; at: number }> &
  Readonly<{ properties: string }>
/** One request that waits for its chunk. */
type Waiting = Readonly<{ rows: readonly Row[]; done: (stored: number) => void; failed: (error: unknown) => void }>

const SETTINGS = { async_insert: 0, wait_end_of_query: 1 } as const
/** A part on disk holds one day: more of them at once are not allowed. */
const DAYS_AT_ONCE = 100
const ASKED = `tenant = {tenant:String} and day between {from:Date} and {to:Date} and ({type:String} = '' or type = {type:String})`

/** What pages tell, in ClickHouse: written in chunks, each under the digest of its ids, so that one sent twice is there once. */
export function createClickHouseClientEvents(options: Options): ClientEvents {
  return new ClickHouseClientEvents(options)
}

class ClickHouseClientEvents implements ClientEvents {
  readonly #options: Options
  #waiting: Waiting[] = []
  #rows = 0
  #running: Promise<void> | undefined
  #opened: Promise<void> | undefined

  constructor(options: Options) {
    this.#options = options
  }

  record(whose: Readonly<{ tenant: string; user: string }>, events: readonly ClientEvent[]): Promise<number> {
    if (this.#rows + events.length > this.#options.waiting_max) throw new RollingDropError('server/busy')
    const rows = events.map(({ id, type, at, properties }) =>
      Object.assign({ day: dayOf(at), type, id: id.toLowerCase(), at, properties: JSON.stringify(properties) }, whose),
    )
    this.#rows += rows.length
    const stored = new Promise<number>((done, failed) => this.#waiting.push({ rows, done, failed }))
    this.#running ??= this.#run()
    return stored
  }

  async summary(tenant: string, { from, to, type }: Parameters<ClientEvents['summary']>[1]) {
    await this.#open()
    const until = await this.#summedUntil()
    return this.#read<ClientEventDay>(
      `select * from (
         select day, type, toFloat64(any(events)) as events, toFloat64(any(users)) as users from client_event_days
         where day <= {until:Date} and ${ASKED} group by day, type
         union all
         select day, type, toFloat64(count()) as events, toFloat64(uniqExact(user)) as users from client_events final
         where day > {until:Date} and ${ASKED} group by day, type)
       order by day, type settings do_not_merge_across_partitions_select_final = 1`,
      { tenant, from, to, until, type: type ?? '' },
    )
  }

  async dropOld(): Promise<void> {
    const { client, clock, keptDays } = this.#options
    await this.#open()
    const before = dayOf(clock() - keptDays * DAY_MS)
    const complete = dayOf(clock() - CLIENT_EVENT_LATE_MS - DAY_MS)
    const days = await this.#read<{ partition: string }>(
      `select distinct partition from system.parts
       where database = currentDatabase() and table = 'client_events' and active order by partition`,
    )
    const over = days.map(({ partition }) => partition).filter((day) => day < before || day < complete)
    const until = await this.#summedUntil()
    for (const day of over.filter((each) => each > until)) await this.#sumUp(day)
    for (const day of over.filter((each) => each < before))
      await client.command({ query: `alter table client_events drop partition '${day}'` })
  }

  /** The days up to here are read from their sums. */
  async #summedUntil(): Promise<string> {
    const [row] = await this.#read<{ until: string }>('select max(until) as until from client_event_days_until')
    return row!.until
  }

  /** Sums up a day of which nothing more is told: days in order, and what is there of one before it is said to be. */
  async #sumUp(day: string): Promise<void> {
    const { client } = this.#options
    const clickhouse_settings = { wait_end_of_query: 1 } as const
    await client.command({
      query: `insert into client_event_days
              select tenant, day, type, count(), uniqExact(user) from client_events final
              where day = {day:Date} group by tenant, day, type`,
      query_params: { day },
      clickhouse_settings,
    })
    const query = 'insert into client_event_days_until select {day:Date}'
    await client.command({ query, query_params: { day }, clickhouse_settings })
  }

  async #read<T>(query: string, query_params: Record<string, unknown> = {}): Promise<T[]> {
    const answer = await this.#options.client.query({ query, query_params, format: 'JSONEachRow' })
    return answer.json<T>()
  }

  async close(): Promise<void> {
    while (this.#running) await this.#running
  }

  /** The table is there; tried again by the next one when that failed. */
  #open(): Promise<void> {
    const { client, ensure } = this.#options
    this.#opened ??= ensure().then(() => migrateClickHouse(client))
    this.#opened.catch(() => (this.#opened = undefined))
    return this.#opened
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const chunk = this.#waiting
      this.#waiting = []
      this.#rows = 0
      const began = performance.now()
      try {
        const fresh = await this.#write(chunk.flatMap(({ rows }) => rows))
        for (const { rows, done } of chunk) done(rows.filter((row) => fresh.has(row)).length)
      } catch (error) {
        const busy = new RollingDropError('server/busy', undefined, error)
        for (const { failed } of chunk) failed(busy)
      }
      if (this.#waiting.length > 0) await delay(Math.max(0, began + this.#options.chunk_ms - performance.now()))
    }
    this.#running = undefined
  }

  /** Writes what is not there yet, and gives it back. */
  async #write(rows: readonly Row[]): Promise<ReadonlySet<Row>> {
    await this.#open()
    const known = await this.#known(rows)
    const fresh = rows.filter((row) => {
      const key = keyOf(row)
      return !known.has(key) && known.add(key)
    })
    const days = [...new Set(fresh.map(({ day }) => day))]
    for (let from = 0; from < days.length; from += DAYS_AT_ONCE) {
      const some = new Set(days.slice(from, from + DAYS_AT_ONCE))
      await this.#insert(fresh.filter(({ day }) => some.has(day)))
    }
    return new Set(fresh)
  }

  async #known(rows: readonly Row[]): Promise<Set<string>> {
    const each = (name: 'tenant' | 'day' | 'user' | 'id') => [...new Set(rows.map((row) => row[name]))]
    const found = await this.#read<Row>(
      `select tenant, day, user, id from client_events
       where tenant in {tenants:Array(String)} and day in {days:Array(Date)}
         and user in {users:Array(String)} and id in {ids:Array(UUID)}`,
      { tenants: each('tenant'), days: each('day'), users: each('user'), ids: each('id') },
    )
    return new Set(found.map(keyOf))
  }

  async #insert(values: readonly Row[]): Promise<void> {
    const token = createHash('sha256').update(values.map(keyOf).join('\n')).digest('hex')
    const insert = () =>
      this.#options.client.insert({
        table: 'client_events',
        format: 'JSONEachRow',
        values: [...values],
        clickhouse_settings: { ...SETTINGS, insert_deduplication_token: token },
      })
    // The first try may have arrived: by its token the second one is known then.
    await insert().catch(insert)
  }
}

const keyOf = ({ tenant, day, user, id }: Pick<Row, 'tenant' | 'day' | 'user' | 'id'>): string =>
  [tenant, day, user, id].join('\n')

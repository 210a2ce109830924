import type { Pool } from 'pg'
import type { ClientEvent, ClientEventDay, ClientEvents } from '../../schema/client-event.ts'
import { dayOf } from './sums.ts'

const DAY_MS = 86_400_000
/** What Postgres says of a row that fits into no partition: check_violation. */
const NO_PARTITION = '23514'

type Whose = Parameters<ClientEvents['record']>[0]

type Parts = Readonly<{
  pool: Pool
  /** Unix ms. */
  clock: () => number
  keptDays: number
}>

const RECORD = `with told as (
    select * from unnest($3::date[], $4::uuid[], $5::text[], $6::bigint[], $7::text[]) with ordinality
      as each(day, id, type, at_ms, properties, n)
  ), added as (
    insert into client_event (day, tenant, user_id, id, type, at_ms, properties)
    select distinct on (day, id) day, $1::text, $2::text, id, type, at_ms, properties from told order by day, id, n
    on conflict do nothing returning day, type
  ), came as (
    insert into client_event_user (tenant, day, type, user_id)
    select distinct $1::text, day, type, $2::text from added
    on conflict do nothing returning day, type
  ), counted as (
    insert into client_event_day as d (tenant, day, type, events, users)
    select $1::text, day, type, count(*), (select count(*) from came where (came.day, came.type) = (added.day, added.type))
    from added group by day, type order by day, type
    on conflict (tenant, day, type) do update set events = d.events + excluded.events, users = d.users + excluded.users
  )
  select count(*)::int as stored from added`

/** What pages tell, in Postgres: an event and what it adds to the sums of its day in one statement. */
export function createPostgresClientEvents({ pool, clock, keptDays }: Parts): ClientEvents {
  /** The days that have a partition, as far as this node knows. */
  const made = new Set<string>()

  async function makeDays(days: readonly string[]): Promise<void> {
    for (const day of new Set(days)) {
      if (made.has(day)) continue
      await pool.query('select make_client_event_day($1)', [day])
      made.add(day)
    }
  }

  async function write({ tenant, user }: Whose, events: readonly ClientEvent[]): Promise<number> {
    const days = events.map(({ at }) => dayOf(at))
    await makeDays(days)
    const { rows } = await pool.query<{ stored: number }>(RECORD, [
      tenant,
      user,
      days,
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      events.map(({ at }) => at),
      events.map(({ properties }) => JSON.stringify(properties)),
    ])
    return rows[0]!.stored
  }

  return {
    record: (whose, events) =>
      write(whose, events).catch((error: unknown) => {
        if ((error as { code?: string }).code !== NO_PARTITION) throw error
        // Another node has dropped the day.
        made.clear()
        return write(whose, events)
      }),
    async summary(tenant, { from, to, type }) {
      const { rows } = await pool.query<ClientEventDay>(
        `select day::text, type, events::float8, users::float8 from client_event_day d
         where tenant = $1 and day between $2::date and $3::date and ($4::text is null or type = $4)
         order by d.day, type collate "C"`,
        [tenant, from, to, type ?? null],
      )
      return rows
    },
    async dropOld() {
      await pool.query('select drop_client_event_days($1)', [dayOf(clock() - keptDays * DAY_MS)])
      made.clear()
    },
    close: () => Promise.resolve(),
  }
}

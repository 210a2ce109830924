import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { AssetId } from '../../schema/asset.ts'
import { Expirer } from '../expirer.ts'
import { openLedger } from '../open.ts'
import { lapsingHoldsOf } from '../postgres/lapsing.ts'
import type { SpecStore } from './store.ts'

/**
 * Makes the database's clock one that can be moved: its own `clock_timestamp`, found before the built-in one, which it moves
 * ahead by what stands in a table.
 */
const MOVABLE_CLOCK = `
  create schema clock;
  create table clock.ahead (ms float8 not null);
  insert into clock.ahead values (0);
  create function clock.clock_timestamp() returns timestamptz language sql volatile security definer as
    $$ select pg_catalog.clock_timestamp() + ms * interval '1 millisecond' from clock.ahead $$;
  grant usage on schema clock to public;
  do $$ begin execute format('alter database %I set search_path = clock, pg_catalog, public', current_database()); end $$`

const DUMP = `
  select json_agg(d order by d.t, d.row::text)::text as dump from (
    select 'account' as t, to_json(a) as row from account a where tenant = $1
    union all select 'account_closed', to_json(a) from account_closed a where tenant = $1
    union all select 'actor', to_json(a) from actor a where tenant = $1
    union all select 'actor_finished', to_json(a) from actor_finished a where tenant = $1
    union all select 'hold', to_json(h) from hold h where tenant = $1
    union all select 'hold_closed', to_json(h) from hold_closed h where tenant = $1
    union all select 'outcome', to_json(o) from outcome o where tenant = $1
    union all select 'transfer', to_json(t) from transfer t where tenant = $1
    union all select 'event', to_json(e) from event e where tenant = $1) d`

/** The spec's view of a migrated database that nobody else uses. */
export async function openPostgresSpecStore(databaseUrl: string): Promise<SpecStore> {
  const setup = new pg.Client({ connectionString: databaseUrl })
  await setup.connect()
  await setup.query(MOVABLE_CLOCK)
  await setup.end()
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 })
  pool.on('connect', (client) => void client.on('error', () => {})) // Dropping the database may still meet one that closes.
  const problems: unknown[] = []
  const failed = (error: unknown): void => void problems.push(error)
  return {
    open: async (limits = {}) => {
      const opened = await openLedger({ databaseUrl, limits, failed })
      const expirer = new Expirer({ lapsing: lapsingHoldsOf(pool), ledger: opened.ledger, failed })
      return { ...opened, expire: async () => void (await expirer.look()) }
    },
    now_ms: async () => {
      const { rows } = await pool.query<{ now: string }>(`select extract(epoch from clock_timestamp()) * 1000 as now`)
      return Math.floor(Number(rows[0]!.now))
    },
    pass: async (ms) => void (await pool.query('update clock.ahead set ms = ms + $1', [ms])),
    node: () => openNode(databaseUrl),
    accounts: async (tenant) => {
      const sql = `select owner, asset, balance, held from account where tenant = $1 order by id`
      const { rows } = await pool.query<Record<'owner' | 'asset' | 'balance' | 'held', string>>(sql, [tenant])
      return rows.map(({ owner, asset, balance, held }) => ({
        owner,
        asset: asset as AssetId,
        balance: BigInt(balance),
        held: BigInt(held),
      }))
    },
    dump: async (tenant) => (await pool.query<{ dump: string }>(DUMP, [tenant])).rows[0]!.dump,
    close: async () => {
      await pool.end()
      if (problems.length > 0) throw new AggregateError(problems, 'what no caller heard of')
    },
  }
}

/** A node with a lease and the session that holds its lock, as a real one has. */
async function openNode(databaseUrl: string): Promise<Readonly<{ id: string; die(): Promise<void> }>> {
  const session = new pg.Client({ connectionString: databaseUrl })
  await session.connect()
  const id = `node-${randomUUID()}`
  const { rows } = await session.query<{ lock_key: number }>(
    `insert into node (id, process, address, lease_until) values ($1, 'spec', 'nowhere', 'infinity') returning lock_key`,
    [id],
  )
  await session.query('select pg_advisory_lock(7, $1)', [rows[0]!.lock_key])
  const die = async (): Promise<void> => {
    await session.query('select pg_advisory_unlock_all()') // now, and not when Postgres notices that the session is gone
    await session.end()
  }
  return { id, die }
}

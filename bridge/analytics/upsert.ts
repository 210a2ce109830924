import type { PoolClient } from 'pg'
import type { Active, Sums } from './sums.ts'

const FIGURES = ['openings', 'battles', 'wagered', 'won', 'granted', 'sold'] as const

/** How many came new to a day and asset: by the key of the day's sum. */
type Newcomers = ReadonlyMap<string, number>

const keyOf = ({ tenant, day, asset }: Omit<Active, 'user'>): string => [tenant, day, asset].join('\n')

/** Notes who was there, and counts those who had not been yet on that day. */
export async function countActive(client: PoolClient, sums: Sums): Promise<Newcomers> {
  const rows = [...sums.active.values()]
  const counts = new Map<string, number>()
  if (rows.length === 0) return counts
  const fresh = await client.query<Omit<Active, 'user'>>(
    `insert into analytics_active (tenant, day, asset, user_id)
     select * from unnest($1::text[], $2::date[], $3::text[], $4::text[])
     on conflict do nothing returning tenant, day::text, asset`,
    [...columnsOf(rows, ['tenant', 'day', 'asset']), rows.map(({ user }) => user)],
  )
  for (const row of fresh.rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1)
  return counts
}

export async function upsertDaily(client: PoolClient, sums: Sums, newcomers: Newcomers): Promise<void> {
  const rows = [...sums.daily.values()]
  await client.query(
    `insert into analytics_daily as a (tenant, day, asset, users, openings, battles, wagered, won, granted, sold)
     select * from unnest($1::text[], $2::date[], $3::text[], $10::bigint[], $4::bigint[], $5::bigint[],
       $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[])
     on conflict (tenant, day, asset) do update set
       users = a.users + excluded.users, openings = a.openings + excluded.openings,
       battles = a.battles + excluded.battles, wagered = a.wagered + excluded.wagered,
       won = a.won + excluded.won, granted = a.granted + excluded.granted, sold = a.sold + excluded.sold`,
    [...columnsOf(rows, ['tenant', 'day', 'asset', ...FIGURES]), rows.map((row) => newcomers.get(keyOf(row)) ?? 0)],
  )
}

export async function upsertUsers(client: PoolClient, sums: Sums): Promise<void> {
  const rows = [...sums.users.values()]
  await client.query(
    `insert into analytics_user as a (tenant, user_id, asset, last_at, openings, battles, wagered, won, granted, sold)
     select * from unnest($1::text[], $2::text[], $3::text[], $10::timestamptz[], $4::bigint[], $5::bigint[],
       $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[])
     on conflict (tenant, user_id, asset) do update set
       last_at = greatest(a.last_at, excluded.last_at), openings = a.openings + excluded.openings,
       battles = a.battles + excluded.battles, wagered = a.wagered + excluded.wagered,
       won = a.won + excluded.won, granted = a.granted + excluded.granted, sold = a.sold + excluded.sold`,
    [...columnsOf(rows, ['tenant', 'user', 'asset', ...FIGURES]), rows.map(({ last_ms }) => new Date(last_ms))],
  )
}

export async function upsertBoxes(client: PoolClient, sums: Sums): Promise<void> {
  await client.query(
    `insert into analytics_box as a (tenant, box, asset, openings, paid, won, draws, drawn)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::numeric[], $6::numeric[],
       $7::bigint[], $8::numeric[])
     on conflict (tenant, box, asset) do update set
       openings = a.openings + excluded.openings, paid = a.paid + excluded.paid, won = a.won + excluded.won,
       draws = a.draws + excluded.draws, drawn = a.drawn + excluded.drawn`,
    columnsOf([...sums.boxes.values()], ['tenant', 'box', 'asset', 'openings', 'paid', 'won', 'draws', 'drawn']),
  )
}

/** One array for each column, as `unnest` takes them. */
function columnsOf<T>(rows: readonly T[], names: readonly (keyof T)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]))
}

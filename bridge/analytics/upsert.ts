import type { PoolClient } from 'pg'
import { paced } from '../../schema/analytics.ts'
import { figures } from './figures.ts'
import type { Active, Sums } from './sums.ts'

/** How many came new to a day and asset: by the key of the day's sum. */
type Newcomers = ReadonlyMap<string, number>

/** A column, its type, and its values. */
type Column = readonly [name: string, type: string, values: readonly unknown[]]
/** A table of sums: rows are found by `keys`, `sums` are added to what is there, of `latest` the larger one stays. */
type Addition = Readonly<{ table: string; keys: readonly Column[]; sums: readonly Column[]; latest?: Column }>

const keyOf = ({ tenant, day, asset }: Omit<Active, 'user'>): string => [tenant, day, asset].join('\n')
const numeric = (name: string): string => (name === 'openings' || name === 'battles' ? 'bigint' : 'numeric')

/** Notes who was there, and counts those who had not been yet on that day. */
export async function countActive(client: PoolClient, sums: Sums): Promise<Newcomers> {
  const rows = [...sums.active.values()]
  const newcomers = new Map<string, number>()
  if (rows.length === 0) return newcomers
  const fresh = await client.query<Omit<Active, 'user'>>(
    `insert into analytics_active (tenant, day, asset, user_id)
     select * from unnest($1::text[], $2::date[], $3::text[], $4::text[])
     on conflict do nothing returning tenant, day::text, asset`,
    (['tenant', 'day', 'asset', 'user'] as const).map((name) => rows.map((row) => row[name])),
  )
  for (const row of fresh.rows) newcomers.set(keyOf(row), (newcomers.get(keyOf(row)) ?? 0) + 1)
  return newcomers
}

/** Adds to every table of sums what a run of events adds to it. */
export async function upsert(client: PoolClient, sums: Sums): Promise<void> {
  const newcomers = await countActive(client, sums)
  for (const addition of additionsOf(sums, newcomers)) await addTo(client, addition)
}

function additionsOf(sums: Sums, newcomers: Newcomers): readonly Addition[] {
  const [daily, users, boxes] = [rowsOf(sums.daily), rowsOf(sums.users), rowsOf(sums.boxes)]
  const [versions, paces, given] = [rowsOf(sums.versions), rowsOf(sums.paces), rowsOf(sums.given)]
  const came = [...sums.daily.values()].map((row) => newcomers.get(keyOf(row)) ?? 0)
  return [
    {
      table: 'analytics_daily',
      keys: [text(daily, 'tenant'), column(daily, 'day', 'date'), text(daily, 'asset')],
      sums: [['users', 'bigint', came], ...figures.map((name) => column(daily, name, numeric(name)))],
    },
    {
      table: 'analytics_user',
      keys: [text(users, 'tenant'), text(users, 'user', 'user_id'), text(users, 'asset')],
      sums: figures.map((name) => column(users, name, numeric(name))),
      latest: ['last_at', 'timestamptz', times(users, 'last_ms')],
    },
    {
      table: 'analytics_box',
      keys: [text(boxes, 'tenant'), text(boxes, 'box'), text(boxes, 'asset')],
      sums: ['openings', 'paid', 'won', 'draws', 'drawn'].map((name) =>
        column(boxes, name, name === 'draws' ? 'bigint' : numeric(name)),
      ),
    },
    {
      table: 'analytics_version',
      keys: [
        text(versions, 'tenant'),
        text(versions, 'box'),
        column(versions, 'version', 'integer'),
        text(versions, 'asset'),
      ],
      sums: ['openings', 'paid', 'won'].map((name) => column(versions, name, numeric(name))),
    },
    {
      table: 'analytics_pace',
      keys: [
        text(paces, 'unit'),
        ['at', 'timestamptz', times(paces, 'at_ms')],
        text(paces, 'tenant'),
        text(paces, 'user', 'user_id'),
      ],
      sums: paced.map((name) => column(paces, name, 'bigint')),
    },
    {
      table: 'analytics_given',
      keys: [
        text(given, 'tenant'),
        text(given, 'user', 'user_id'),
        text(given, 'other', 'other_id'),
        text(given, 'asset'),
      ],
      sums: [column(given, 'gifts', 'bigint'), column(given, 'given', 'numeric')],
      latest: ['last_at', 'timestamptz', times(given, 'last_ms')],
    },
  ]
}

type RowList = readonly Readonly<Record<string, unknown>>[]

const rowsOf = (sums: ReadonlyMap<string, RowList[number]>): RowList => [...sums.values()]
const column = (rows: RowList, from: string, type: string, name = from): Column => [
  name,
  type,
  rows.map((row) => row[from]),
]
const text = (rows: RowList, from: string, name = from): Column => column(rows, from, 'text', name)
const times = (rows: RowList, from: string): readonly Date[] => rows.map((row) => new Date(Number(row[from])))

async function addTo(client: PoolClient, { table, keys, sums, latest }: Addition): Promise<void> {
  if (keys[0]![2].length === 0) return
  const columns = [...keys, ...sums, ...(latest ? [latest] : [])]
  const names = columns.map(([name]) => name)
  const added = sums.map(([name]) => `${name} = a.${name} + excluded.${name}`)
  if (latest) added.push(`${latest[0]} = greatest(a.${latest[0]}, excluded.${latest[0]})`)
  await client.query(
    `insert into ${table} as a (${names.join(', ')})
     select * from unnest(${columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})
     on conflict (${keys.map(([name]) => name).join(', ')}) do update set ${added.join(', ')}`,
    columns.map(([, , values]) => values),
  )
}

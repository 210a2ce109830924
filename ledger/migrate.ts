import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'

const folder = new URL('../sql/', import.meta.url)

/** Serialises migrations over all nodes that start at once. */
const MIGRATION_LOCK = 7_310_001

/**
 * Brings the database at `databaseUrl` to the newest schema: every `sql/NNNNNN_name.sql` that is not yet in
 * `migration` runs in order, each in a transaction of its own. A file that has run is never edited.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(
      'create table if not exists migration (name text primary key, applied_at timestamptz not null default now())',
    )
    const applied = await client.query<{ name: string }>('select name from migration')
    const done = new Set(applied.rows.map((row) => row.name))
    const files = (await readdir(folder)).filter((name) => /^\d{6}_.+\.sql$/.test(name)).toSorted()
    for (const name of files) if (!done.has(name)) await apply(client, name)
  } finally {
    await client.end()
  }
}

async function apply(client: pg.Client, name: string): Promise<void> {
  const text = await readFile(new URL(name, folder), 'utf8')
  await client.query('begin')
  try {
    await client.query(text)
    await client.query('insert into migration(name) values ($1)', [name])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error })
  }
}

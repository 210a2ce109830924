import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../embedded/postgres.ts'
import { migrate } from '../../ledger/migrate.ts'

/** Runs `work` on an embedded Postgres of its own, and takes it and its data away afterwards. */
export async function withPostgres<T>(log: (line: string) => void, work: (url: string) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollingdrop-bench-'))
  chmodSync(dataDir, 0o711) // Run as root, Postgres has an account of its own that must get in.
  const postgres = await startPostgres({ dataDir, log })
  try {
    return await work(postgres.url)
  } finally {
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** A fresh, migrated database on the server of `url`. */
export async function createDatabase(url: string, name: string): Promise<string> {
  const own = await createEmptyDatabase(url, name)
  await migrate(own)
  return own
}

/** A fresh database without a table on the server of `url`. */
export async function createEmptyDatabase(url: string, name: string): Promise<string> {
  await query(url, `create database ${name}`)
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

/** The rows of one statement on a connection of its own. */
export async function query<T extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<T>(text, values)).rows
  } finally {
    await client.end()
  }
}

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { SinkStopped } from '../sink.ts'

const FOLDER = join(import.meta.dirname, 'sql')

/**
 * Brings the client's database to the newest schema: every `NNNNNN_name.sql` of `folder` with a number above the last one applied
 * runs in order. ClickHouse has no transactions for this, so each statement may run twice and changes nothing the second time.
 * @throws SinkStopped when the schema is newer than this program
 */
export async function migrateClickHouse(client: ClickHouseClient, folder = FOLDER): Promise<void> {
  await client.command({
    query: `create table if not exists schema_version (version UInt32, name String, at DateTime default now())
            engine = MergeTree order by version`,
  })
  const files = (await readdir(folder)).filter((name) => /^\d{6}_.+\.sql$/.test(name)).toSorted()
  const newest = files.length === 0 ? 0 : numberOf(files.at(-1)!)
  const version = await versionOf(client)
  if (version > newest)
    throw new SinkStopped(`the schema in ClickHouse is of version ${version}, this program knows ${newest}: update it`)
  for (const file of files.filter((name) => numberOf(name) > version)) {
    for (const query of statementsOf(await readFile(join(folder, file), 'utf8'))) await client.command({ query })
    const values = [{ version: numberOf(file), name: file }]
    await client.insert({ table: 'schema_version', format: 'JSONEachRow', values })
  }
}

const numberOf = (file: string): number => Number(file.slice(0, 6))

async function versionOf(client: ClickHouseClient): Promise<number> {
  const answer = await client.query({
    query: 'select max(version) as version from schema_version',
    format: 'JSONEachRow',
  })
  const [row] = await answer.json<{ version: number }>()
  return row?.version ?? 0
}

/** A statement ends at a semicolon at the end of a line. */
function statementsOf(text: string): readonly string[] {
  return text
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

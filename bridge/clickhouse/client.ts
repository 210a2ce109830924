import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'

const REQUEST_MS = 60_000
const DATABASE = 'rollingdrop'
/** ClickHouse's number for a database that is not there. */
const UNKNOWN_DATABASE = '81'

/** A client for `http://user:password@host:8123/database`; without a database it is `rollingdrop`. Nothing is sent yet. */
export function clickHouseClient(address: string): ClickHouseClient {
  const url = new URL(address)
  if (url.pathname === '/') url.pathname = `/${DATABASE}`
  return createClient({
    url,
    application: 'rollingdrop',
    request_timeout: REQUEST_MS,
    max_open_connections: 4,
    // What fails is thrown, and told by whoever called; nothing else writes to the log.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      // In a JSON number a sum could lose its last digits.
      output_format_json_quote_64bit_integers: 1,
      date_time_output_format: 'iso',
    },
  })
}

/** Makes the database of `address` unless it is there. */
export async function ensureDatabase(address: string): Promise<void> {
  const client = clickHouseClient(address)
  try {
    await client.command({ query: 'select 1' })
  } catch (error) {
    if ((error as { code?: string }).code !== UNKNOWN_DATABASE) throw error
    await createDatabase(address)
  } finally {
    await client.close()
  }
}

async function createDatabase(address: string): Promise<void> {
  const name = new URL(address).pathname.slice(1) || DATABASE
  const client = clickHouseClient(Object.assign(new URL(address), { pathname: '/default' }).href)
  try {
    await client.command({ query: 'create database if not exists {name:Identifier}', query_params: { name } })
  } finally {
    await client.close()
  }
}

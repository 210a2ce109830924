import { randomBytes } from 'node:crypto'
import { clickHouseClient, ensureDatabase } from '../bridge/clickhouse/client.ts'
import { clickhouse } from './services/clickhouse.ts'
import { hasService, sharedService } from './services/shared.ts'

/** Whether tests that need ClickHouse can run. */
export const hasClickHouse = hasService(clickhouse)

export type TestClickHouse = Readonly<{ url: string; drop: () => Promise<void> }>

/** An empty database of its own in the ClickHouse that all tests share. */
export async function createClickHouse(): Promise<TestClickHouse> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = Object.assign(new URL(await sharedService(clickhouse)), { pathname: `/${name}` }).href
  await ensureDatabase(url)
  const drop = async () => {
    const client = clickHouseClient(url)
    await client.command({ query: 'drop database {name:Identifier}', query_params: { name } })
    await client.close()
  }
  return { url, drop }
}

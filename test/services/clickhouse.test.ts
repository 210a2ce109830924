import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../embedded/free-port.ts'
import { clickhouse } from './clickhouse.ts'
import { kill, start, stop, type Started } from './process.ts'
import { hasService } from './shared.ts'

/** What is refused is asserted, and need not be told. */
const log = { level: ClickHouseLogLevel.OFF }

describe.skipIf(!hasService(clickhouse))('the engine of ClickHouse over HTTP', () => {
  let folder: string
  let running: Started
  let client: ClickHouseClient
  const rows = async (query: string) => (await client.query({ query, format: 'JSONEachRow' })).json()

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'rollingdrop-clickhouse-')))
    running = await start(clickhouse, { folder, port: await freePort() })
    client = createClient({ url: running.address, compression: { request: true, response: true }, log })
  })
  afterAll(async () => {
    await client.close()
    await stop(running)
    rmSync(folder, { recursive: true })
  })

  test('answers a query with parameters, packed both ways', async () => {
    const query = 'select {text:String} as text, {many:Array(UInt8)} as many'
    const query_params = { text: 'it\'s "\\\n', many: [1, 2] }
    const answer = await client.query({ query, query_params, format: 'JSONEachRow' })
    expect(answer.response_headers['x-clickhouse-format']).toBe('JSONEachRow')
    expect(answer.response_headers['content-encoding']).toBe('gzip')
    expect(await answer.json()).toEqual([query_params])
  })

  test('applies settings of the URL to their query and to no other', async () => {
    const query = `select value from system.settings where name = 'max_threads'`
    const set = await client.query({ query, format: 'JSONEachRow', clickhouse_settings: { max_threads: 1 } })
    expect(await set.json()).toEqual([{ value: '1' }])
    expect(await rows(query)).not.toEqual([{ value: '1' }])
  })

  test('refuses what ClickHouse refuses, by its code', async () => {
    await expect(rows('select * from nowhere')).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' })
    const unknown = { no_such_setting: 1 } as Record<string, number>
    const asked = client.query({ query: 'select 1', clickhouse_settings: unknown })
    await expect(asked).rejects.toMatchObject({ code: '115' })
    const stranger = createClient({ url: running.address, password: 'wrong', log })
    await expect(stranger.query({ query: 'select 1' })).rejects.toMatchObject({ code: '516' })
    await stranger.close()
  })

  test('drops what comes again under its token, also in a dependent view, and keeps it all over a kill', async () => {
    for (const query of [
      `create table t (n UInt64) engine = MergeTree order by n settings non_replicated_deduplication_window = 10`,
      `create table sums (n UInt64) engine = SummingMergeTree order by tuple() settings non_replicated_deduplication_window = 10`,
      `create materialized view v to sums as select sum(n) as n from t`,
    ])
      await client.command({ query })
    const insert = async (token: string) => {
      // Bytes that a parser of text would take for the end of a statement.
      const bytes = Buffer.from('0a0a000000000000203b0d0a0a000000', 'hex')
      const { stream } = await client.exec({
        query: 'insert into t (n) format RowBinary',
        values: Readable.from([bytes]),
        clickhouse_settings: {
          insert_deduplication_token: token,
          deduplicate_blocks_in_dependent_materialized_views: 1,
        },
      })
      await text(stream)
    }
    await insert('a')
    await insert('a')
    const once = [{ rows: '2', same: 1 }]
    const count = `select toString((select count() from t)) as rows, (select sum(n) from sums) = (select sum(n) from t) as same`
    expect(await rows(count)).toEqual(once)
    await kill(running)
    running = await start(clickhouse, { folder, port: running.port })
    expect(await rows(count)).toEqual(once)
    await insert('a')
    expect(await rows(count)).toEqual(once)
    await insert('b')
    expect(await rows(count)).toEqual([{ rows: '4', same: 1 }])
  })
})

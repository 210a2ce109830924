import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CommittedEvent } from '../../schema/event.ts'
import { createClickHouse, hasClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { TurnLost } from '../cursor.ts'
import { eventsOf, LINEAGE, sinkSpec } from '../sink-spec.ts'
import { SinkStopped } from '../sink.ts'
import { nameChunk } from './chunk.ts'
import { clickHouseClient } from './client.ts'
import { migrateClickHouse } from './migrate.ts'
import { createClickHouseSink } from './sink.ts'

/** The newest version of the schema that lies in `sql`. */
const NEWEST = Math.max(...readdirSync(join(import.meta.dirname, 'sql')).map((file) => Number(file.slice(0, 6))))
const TURN = { sink: 'clickhouse', epoch: 1, node: 'n' }
const floor = (seq: bigint) => ({ lineage: LINEAGE, seq })
/** As the spec makes them, but not so old that ClickHouse would let them expire. */
const recent = (events: readonly CommittedEvent[]) =>
  events.map((event) => Object.assign({}, event, { at_ms: Date.now() }))
const ledger = {
  events: ({ since, until, limit }: { since: bigint; until?: bigint; limit: number }) =>
    Promise.resolve(recent(eventsOf(Number(since) + 1, Math.min(Number(until), Number(since) + limit)))),
}

let database: TestDatabase
let store: TestClickHouse
let pool: pg.Pool
let client: ClickHouseClient

async function open(): Promise<void> {
  ;[database, store] = await Promise.all([createDatabase(), createClickHouse()])
  pool = new pg.Pool({ connectionString: database.url, max: 4 })
  client = clickHouseClient(store.url)
  await pool.query(`insert into sink_cursor (name, lineage, seq, epoch) values ('clickhouse', $1, 0, 1)`, [LINEAGE])
}

async function remove(): Promise<void> {
  await client.close()
  await pool.end()
  await Promise.all([store.drop(), database.drop()])
}

function newSink(changed: { url?: string; chunk_bytes_max?: number } = {}) {
  const sink = createClickHouseSink({
    url: store.url,
    pool,
    reader: ledger,
    chunk_events: 1000,
    chunk_ms: 0,
    ...changed,
  })
  return Object.assign(sink, {
    write: (
      (write) => (events: readonly CommittedEvent[], cursor: bigint) =>
        write(recent(events), cursor)
    )(sink.write.bind(sink)),
  })
}

async function seqs(): Promise<bigint[]> {
  const query = 'select seq from transaction_events order by seq'
  const rows = await (await client.query({ query, format: 'JSONEachRow' })).json<{ seq: string }>()
  return rows.map(({ seq }) => BigInt(seq))
}

const rowsOf = async (query: string) => (await client.query({ query, format: 'JSONEachRow' })).json()
const upTo = (last: number) => Array.from({ length: last }, (_, i) => BigInt(i + 1))

describe.skipIf(!hasClickHouse)('ClickHouse', () => {
  sinkSpec('clickhouse', async () => {
    await open()
    return {
      sink: () => newSink(),
      seqs,
      // Named, and then killed: nothing of it has arrived.
      tear: (events) =>
        nameChunk(pool, TURN, { lineage: LINEAGE, first: events[0]!.seq, last: events.at(-1)!.seq }, []),
      remove,
    }
  })

  describe('the sink', () => {
    beforeEach(open)
    afterEach(remove)

    test('keeps every column as it was committed', async () => {
      const sink = newSink()
      await sink.open(floor(0n), TURN)
      const payload = { user: 'u"1\\', asset: 'USD', amount: '9007199254740993', note: 'ünï\n\t\u0000😀' }
      const event = { ...eventsOf(1, 1)[0]!, type: 'faucet.granted' as const, actor: 'battle-1', user: 'u1', payload }
      await sink.write([{ ...event, outcome: '0189abcd-ef01-7234-8567-89abcdef0123' }], 1n)
      const [row] = (await rowsOf('select * from transaction_events')) as Record<string, unknown>[]
      expect(row).toMatchObject({
        seq: '1',
        lineage: LINEAGE,
        type: 'faucet.granted',
        audience: 'internal',
        tenant: 'main',
        actor: 'battle-1',
        user: 'u1',
        outcome: '0189abcd-ef01-7234-8567-89abcdef0123',
        'fact.user': ['u"1\\'],
        'fact.asset': ['USD'],
        'fact.granted': ['9007199254740993'],
        'fact.wagered': ['0'],
      })
      expect(JSON.parse(String(row!['payload']))).toEqual(payload)
      expect(Math.abs(Date.parse(String(row!['at'])) - Date.now())).toBeLessThan(60_000)
      await sink.close()
    })

    test('a batch too large for one chunk becomes several, and is gone on from after the last', async () => {
      const sink = newSink({ chunk_bytes_max: 400 })
      await sink.open(floor(0n), TURN)
      await sink.write(eventsOf(1, 20), 20n)
      await sink.close()
      const named = await pool.query('select first_seq, last_seq from clickhouse_chunk')
      expect(Number(named.rows[0].first_seq)).toBeGreaterThan(10)
      const next = newSink()
      expect(await next.open(floor(0n), TURN)).toBe(20n)
      await next.close()
      expect(await seqs()).toEqual(upTo(20))
    })

    test('an event that cannot be counted is put aside with its seq, and the others go on', async () => {
      const sink = newSink()
      await sink.open(floor(0n), TURN)
      const [first, second, third] = eventsOf(1, 3)
      const granted = { type: 'faucet.granted' as const, payload: { user: 'u', asset: 'USD', amount: '5' } }
      const poisoned = { ...second!, ...granted, payload: { user: 'u', asset: 'USD', amount: 'a lot' } }
      await sink.write([first!, poisoned, { ...third!, ...granted }], 3n)
      await sink.close()
      expect(await seqs()).toEqual(upTo(3))
      expect(await rowsOf('select sum(granted) as granted from user_total')).toEqual([{ granted: '5' }])
      const { rows } = await pool.query('select sink, lineage, seq, type, tenant, reason from dead_letter')
      expect(rows).toEqual([
        {
          sink: 'clickhouse',
          lineage: LINEAGE,
          seq: '2',
          type: 'faucet.granted',
          tenant: 'main',
          reason: '"a lot" is no amount',
        },
      ])
    })

    test('a turn that is over names no chunk and so writes nothing', async () => {
      const frozen = newSink()
      await frozen.open(floor(0n), TURN)
      await pool.query('update sink_cursor set epoch = 2')
      await expect(frozen.write(eventsOf(1, 2), 2n)).rejects.toThrow(TurnLost)
      await frozen.close()
      expect(await seqs()).toEqual([])
    })

    test('a chunk that a frozen turn sends after the next one has sent it too counts once', async () => {
      const payload = { user: 'u', asset: 'USD', amount: '1' }
      const granted = { type: 'faucet.granted' as const, payload }
      const events = eventsOf(1, 4).map((event) => Object.assign({}, event, granted))
      const [frozen, next] = [newSink(), newSink()]
      await frozen.open(floor(0n), TURN)
      await next.open(floor(0n), TURN)
      await frozen.write(events, 4n)
      await next.write(events, 4n)
      await Promise.all([frozen.close(), next.close()])
      expect(await rowsOf('select count() as n, sum(granted) as granted from transaction_events, user_total')).toEqual([
        { n: '4', granted: '16' }, // 4 events beside one total of 4
      ])
    })

    test('it stops when ClickHouse has lost events, and fills it anew when it is rewound to 0', async () => {
      const sink = newSink()
      await sink.open(floor(0n), TURN)
      await sink.write(eventsOf(1, 9), 9n)
      await client.command({ query: 'truncate table transaction_events' })
      await expect(sink.open(floor(9n), TURN)).rejects.toThrow(/ends at 0, but 9 had been written/)
      await expect(sink.open(floor(9n), TURN)).rejects.toThrow(SinkStopped)
      await sink.open(floor(0n), TURN)
      await expect(sink.rewind!(5n)).rejects.toThrow(/rewind it to 0/)
      await sink.rewind!(0n)
      await sink.write(eventsOf(1, 12), 12n)
      await sink.close()
      expect(await seqs()).toEqual(upTo(12))
    })

    test('ClickHouse that is away, or refuses the password, says so', async () => {
      const away = newSink({ url: 'http://127.0.0.1:1/x' })
      await expect(away.open(floor(0n), TURN)).rejects.toThrow(/ECONNREFUSED/)
      const stranger = newSink({ url: Object.assign(new URL(store.url), { password: 'wrong' }).href })
      await expect(stranger.open(floor(0n), TURN)).rejects.toThrow(/Authentication failed/)
      await Promise.all([away.close(), stranger.close()])
    })
  })

  describe('the schema', () => {
    let folder: string
    beforeEach(async () => {
      await open()
      folder = mkdtempSync(join(tmpdir(), 'rollingdrop-ddl-'))
      cpSync(join(import.meta.dirname, 'sql'), folder, { recursive: true })
    })
    afterEach(async () => {
      rmSync(folder, { recursive: true })
      await remove()
    })

    test('of an older version is brought to the newest, and what it holds stays', async () => {
      const sink = newSink()
      await sink.open(floor(0n), TURN)
      await sink.write(eventsOf(1, 3), 3n)
      await sink.close()
      const file = join(folder, '900001_later.sql')
      writeFileSync(
        file,
        '-- Later.\nalter table transaction_events\n  add column if not exists later UInt8 default 7;\n',
      )
      await migrateClickHouse(client, folder)
      await migrateClickHouse(client, folder)
      expect(await rowsOf('select seq, later from transaction_events order by seq limit 1')).toEqual([
        { seq: '1', later: 7 },
      ])
    })

    test('that was left halfway by a crash is completed', async () => {
      await migrateClickHouse(client, folder)
      await client.command({ query: 'truncate table schema_version' })
      await client.command({ query: 'drop table box_total_of_events' })
      await migrateClickHouse(client, folder)
      expect(await rowsOf('select max(version) as version from schema_version')).toEqual([{ version: NEWEST }])
      expect(await rowsOf('exists table box_total_of_events')).toEqual([{ result: 1 }])
    })

    test('of a newer version is refused, and left as it is', async () => {
      writeFileSync(join(folder, '900001_later.sql'), 'create table if not exists later (n UInt8) engine = Memory;\n')
      await migrateClickHouse(client, folder)
      const sink = newSink()
      await expect(sink.open(floor(0n), TURN)).rejects.toThrow(`of version 900001, this program knows ${NEWEST}`)
      await expect(sink.open(floor(0n), TURN)).rejects.toThrow(SinkStopped)
      await sink.close()
    })
  })
})

import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tail } from '../../ledger/ledger.ts'
import { openLedger, type OpenLedger } from '../../ledger/open.ts'
import { digestOf } from '../../schema/digest.ts'
import type { EventDraft } from '../../schema/event.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { wishOf } from '../feed/filter.ts'
import { replay } from './replay.ts'

/** Events of one partition: small, so that some can be taken away. */
const SIZE = 1_000n
let database: TestDatabase
let pool: pg.Pool
let opened: OpenLedger
beforeAll(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
  pool.on('connect', (client) => void client.on('error', () => {})) // Dropping the database may still meet one that closes.
  for (const parent of ['event', 'transfer']) {
    const { rows } = await pool.query<{ name: string }>(
      `select inhrelid::regclass as name from pg_inherits where inhparent = $1::regclass`,
      [parent],
    )
    for (const { name } of rows) await pool.query(`drop table ${name}`)
    await pool.query(`select add_seq_partition($1, $2 * n, $2) from generate_series(0, 40) n`, [parent, SIZE])
  }
  opened = await openLedger({ databaseUrl: database.url, partition_events: SIZE })
})
afterAll(async () => {
  await opened.close()
  await pool.end()
  await database.drop()
})

const wish = wishOf('acme', {}, 'notifications')
const position = (seq: bigint) => ({ lineage: opened.tail.lineage, seq })
/** A node that remembers nothing. */
const parts = () => ({
  reader: opened.ledger.reader,
  tail: {
    lineage: opened.tail.lineage,
    seq: opened.tail.seq,
    recent: () => undefined,
    subscribe: () => () => {},
  } satisfies Tail,
})

async function publish(tenant: string, count: number): Promise<void> {
  const outcomes = Array.from({ length: Math.ceil(count / 50) }, (_, n) => {
    const events: EventDraft[] = Array.from({ length: Math.min(50, count - 50 * n) }, (_event, version) => ({
      type: 'box.published',
      payload: { box: 'b', version, hash: 'h' },
    }))
    const id = uuidv7()
    return opened.ledger.commit({ id, kind: 'test', tenant, request: digestOf(id), transfers: [], events })
  })
  await Promise.all(outcomes)
}

test('where others have much to tell, pages say how far they are and go on', async () => {
  const from = opened.tail.seq
  await publish('acme', 1)
  await publish('other', 21_000)
  await publish('acme', 2_500)
  let since: bigint | undefined = from
  const seqs: string[] = []
  while (since !== undefined) {
    const page = await replay(parts(), wish, position(since), 1_000)
    expect(page.from).toBe(since.toString())
    seqs.push(...page.events.map(({ seq }) => seq))
    since = page.next === null ? undefined : BigInt(page.to)
  }
  const all = await opened.ledger.reader.events({ since: from, limit: 10_000, tenant: 'acme' })
  expect(seqs).toEqual(all.map(({ seq }) => seq.toString()))
  expect(seqs).toHaveLength(2_501)
})

test('what was archived is too old, and whoever names no position begins with what is kept', async () => {
  await publish('acme', 60)
  const kept = 2n * SIZE
  await pool.query('drop table event_0, event_1')
  const [first] = await opened.ledger.reader.events({ since: 0n, limit: 1 })
  expect(first!.seq).toBe(kept)
  for (const seq of [0n, 1n, kept - 2n])
    await expect(replay(parts(), wish, position(seq), 10)).rejects.toMatchObject({ code: 'feed/too-old' })
  const edge = await replay(parts(), wish, position(kept - 1n), 10)
  const anew = await replay(parts(), wish, undefined, 10)
  expect(anew).toEqual(edge)
  expect(anew.from).toBe((kept - 1n).toString())
})

test('a node that is behind tells up to where the ledger is', async () => {
  const behind = parts()
  await publish('acme', 3)
  const page = await replay(behind, wish, position(behind.tail.seq + 1n), 10)
  expect(page).toMatchObject({ to: opened.tail.seq.toString(), next: null })
  expect(page.events).toHaveLength(2)
  await expect(replay(behind, wish, position(opened.tail.seq + 1n), 10)).rejects.toMatchObject({
    code: 'feed/position',
  })
  await expect(replay(behind, wish, { lineage: 'another0lineage', seq: 1n }, 10)).rejects.toMatchObject({
    code: 'feed/lineage',
  })
})

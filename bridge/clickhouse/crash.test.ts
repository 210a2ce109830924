import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../../embedded/free-port.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { hasClickHouse } from '../../test/clickhouse.ts'
import { joinLiving, type Living } from '../../test/living.ts'
import { openTestNode, type TestNode } from '../../test/node.ts'
import { clickhouse } from '../../test/services/clickhouse.ts'
import { kill, start, stop, type Started } from '../../test/services/process.ts'
import { createClickHouseAnalytics } from '../analytics/clickhouse-reader.ts'
import { createPostgresAnalytics } from '../analytics/postgres-reader.ts'
import { createAnalyticsSink } from '../analytics/postgres-sink.ts'
import { Relay } from '../relay.ts'
import type { Sink } from '../sink.ts'
import { clickHouseClient } from './client.ts'
import { createClickHouseSink } from './sink.ts'

const KILLS = 3

type Running = Readonly<{ here: Living; relay: Relay }>

describe.skipIf(!hasClickHouse)('while ClickHouse and the relay are killed again and again', () => {
  let node: TestNode
  let folder: string
  let engine: Started
  const nodes: Running[] = []

  beforeAll(async () => {
    node = await openTestNode()
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'rollingdrop-crash-')))
    engine = await start(clickhouse, { folder, port: await freePort() })
  })
  afterAll(async () => {
    for (const { here } of nodes) here.die()
    await stop(engine)
    rmSync(folder, { recursive: true })
    await node.close()
  })

  async function begin(sink: Sink): Promise<Running> {
    const { pool, ledger, tail } = node
    const here = await joinLiving(pool)
    const log = { info: () => {}, error: () => {} }
    const relay = new Relay({
      pool,
      ledger,
      tail,
      node: () => here.id,
      sink,
      log,
      batchEvents: 50,
      backoff_ms: [1, 50],
    })
    nodes.push({ here, relay })
    return { here, relay }
  }

  const url = () => `${engine.address}/crash`
  const rows = () =>
    createClickHouseSink({
      url: url(),
      pool: node.pool,
      reader: node.ledger.reader,
      chunk_events: 1,
      chunk_ms: 0,
      chunk_bytes_max: 20_000,
    })

  /** Commits until it is told to stop, and returns how many events. */
  async function commitUntil(ended: () => boolean): Promise<void> {
    for (let n = 0; !ended(); n++) {
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => {
          const payload = { user: `user-${(n * 7 + i) % 13}`, asset: 'play:CREDIT', amount: `${n * i + 1}` }
          return node.ledger.commit({
            id: uuidv7(),
            kind: 'test.grant',
            tenant: 'main',
            request: 'ab'.repeat(32),
            transfers: [],
            events: [{ type: 'faucet.granted', user: payload.user, payload }],
          })
        }),
      )
      await delay(50)
    }
  }

  test('every event arrives once, and every sum is that of Postgres', async () => {
    let ended = false
    const committing = commitUntil(() => ended)
    let leader = await begin(rows())
    const beside = await begin(createAnalyticsSink({ pool: node.pool }))
    for (let each = 0; each < KILLS; each++) {
      const { relay } = leader
      const from = relay.status.seq
      await vi.waitFor(() => expect(relay.status.seq).toBeGreaterThan(from + 100n), { timeout: 20_000 })
      await kill(engine)
      // The node is taken for dead and another one leads; the first one's relay does not know, and goes on trying to write.
      if (each === 1) {
        leader.here.die()
        leader = await begin(rows())
      }
      engine = await start(clickhouse, { folder, port: engine.port })
    }
    ended = true
    await committing
    const { seq } = await node.ledger.reader.head()
    for (const { relay } of [leader, beside])
      await vi.waitFor(() => expect(relay.status.seq).toBe(seq), { timeout: 60_000, interval: 50 })

    const client = clickHouseClient(url())
    const query =
      'select count() as n, uniqExact(seq) as seqs, min(seq) as least, max(seq) as most from transaction_events'
    const found = await (await client.query({ query, format: 'JSONEachRow' })).json()
    expect(found).toEqual([{ n: `${seq}`, seqs: `${seq}`, least: '1', most: `${seq}` }])
    const [ours, theirs] = [createClickHouseAnalytics(client), createPostgresAnalytics(node.pool)]
    const overview = await ours.overview('main')
    expect(overview.assets[0]?.granted).toBeGreaterThan(0n)
    expect(overview).toEqual(await theirs.overview('main'))
    for (let user = 0; user < 13; user++)
      expect(await ours.user('main', `user-${user}`)).toEqual(await theirs.user('main', `user-${user}`))
    await client.close()
    await Promise.all(nodes.map(({ relay }) => relay.close()))
  }, 120_000)
})

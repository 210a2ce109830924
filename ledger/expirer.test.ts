import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUSE } from '../schema/account.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { openLedger, type OpenLedger } from './open.ts'
import { openPostgresSpecStore } from './spec/postgres-store.ts'
import type { SpecStore } from './spec/store.ts'
import { pay, place, World } from './spec/world.ts'

describe('the alarm of holds', () => {
  let database: TestDatabase
  let store: SpecStore
  let opened: OpenLedger
  beforeAll(async () => {
    database = await createDatabase()
    store = await openPostgresSpecStore(database.url)
    opened = await openLedger({ databaseUrl: database.url })
  })
  afterAll(async () => {
    await opened.close()
    await store.close()
    await database.drop()
  })
  const given = () => new World(store, { ...opened, expire: () => Promise.reject(new Error('nobody asks')) })

  /** Resolves with the tail's next `count` events `hold.expired` of this world, and when the first came. */
  function lapses(w: World, count: number): Promise<Readonly<{ at_ms: number; holds: unknown[] }>> {
    return new Promise((resolve) => {
      const holds: unknown[] = []
      const stop = opened.tail.subscribe((events) => {
        for (const { type, tenant, payload, at_ms } of events)
          if (type === 'hold.expired' && tenant === w.tenant && holds.push(payload['hold']) === count) {
            stop()
            resolve({ at_ms, holds })
          }
      })
    })
  }

  test('a hold of 50 ms is told to have lapsed with nobody asking, and soon', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const told = lapses(w, 1)
    const expires_at_ms = await w.in_ms(50)
    const placing = place('user:a', 'user:b', 6n, { expires_at_ms })
    await w.hold(placing)
    const { at_ms, holds } = await told
    expect(holds).toEqual([placing.hold])
    expect(at_ms).toBeGreaterThanOrEqual(expires_at_ms)
    expect(at_ms - expires_at_ms).toBeLessThan(900)
    expect(await w.held('user:a')).toBe(0n)
  })

  test('a hold that another node placed and left is noticed as well', async () => {
    const w = given()
    const other = await openLedger({ databaseUrl: database.url })
    const told = lapses(w, 1)
    await w.fund(HOUSE, 10n)
    const placing = place(HOUSE, 'user:b', 6n, { expires_at_ms: await w.in_ms(300) })
    await other.ledger.commit(w.outcome({ holds: [placing] }))
    await other.close()
    expect((await told).holds).toEqual([placing.hold])
  })

  test('many at once, over two nodes, each once', async () => {
    const w = given()
    const other = await openLedger({ databaseUrl: database.url })
    await w.fund('user:a', 1_000n)
    const told = lapses(w, 600)
    const expires_at_ms = await w.in_ms(400)
    const placings = Array.from({ length: 600 }, () => place('user:a', 'user:b', 1n, { expires_at_ms }))
    await Promise.all(
      placings.map((placing, i) => (i % 2 === 0 ? opened : other).ledger.commit(w.outcome({ holds: [placing] }))),
    )
    const { holds } = await told
    await other.close()
    expect(new Set(holds)).toEqual(new Set(placings.map(({ hold }) => hold)))
    await w.pay(pay('user:a', 'user:c', 1_000n))
    expect(await w.events('hold.expired')).toHaveLength(600)
  })
})

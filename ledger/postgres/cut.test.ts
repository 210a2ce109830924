import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Receipt } from '../../schema/outcome.ts'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { auditLedger } from '../audit/audit.ts'
import { GroupCommit } from '../group-commit.ts'
import { defaultLimits } from '../limits.ts'
import { openPostgresSpecStore } from '../spec/postgres-store.ts'
import type { SpecLedger, SpecStore } from '../spec/store.ts'
import { pay, place, World } from '../spec/world.ts'
import type { Store, StoreLane } from '../store.ts'
import { PostgresStore } from './lane.ts'

let database: TestDatabase
let store: SpecStore
let opened: SpecLedger
let sql: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  store = await openPostgresSpecStore(database.url)
  opened = await store.open()
  sql = new pg.Pool({ connectionString: database.url, max: 2 })
})
afterAll(async () => {
  await opened.close()
  await store.close()
  await sql.end()
  await database.drop()
})

/** Ends every connection that a ledger writes over, as an administrator or a failing network would. */
async function cut(): Promise<number> {
  const { rowCount } = await sql.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'rollingdrop ledger' and datname = current_database()`,
  )
  return rowCount ?? 0
}

/** A writer of its own whose connection is cut at a moment of each batch, until `calm` is called. */
function cutWriter(at: 'loaded' | 'written' | 'writing'): Readonly<{ commits: GroupCommit; calm(): void }> {
  let wild = true
  const inner = new PostgresStore(database.url)
  const open = async (): Promise<StoreLane> => {
    const lane = await inner.open()
    return {
      stripe: lane.stripe,
      load: async (needs) => {
        const book = await lane.load(needs)
        if (wild && at === 'loaded') await cut()
        return book
      },
      write: async (book, accepted) => {
        const writing = lane.write(book, accepted)
        if (wild && at === 'writing') {
          writing.catch(() => {}) // awaited below
          await delay(Math.random() * 3)
          await cut()
        }
        const written = await writing
        if (wild && at === 'written') await cut()
        return written
      },
      abandon: () => lane.abandon(),
      close: () => lane.close(),
    }
  }
  const limits = { ...defaultLimits, lanes: 1 }
  const wrapped: Store = { open }
  return { commits: new GroupCommit(wrapped, limits, () => {}), calm: () => void (wild = false) }
}

/** Every outcome is there once, moved money once, and its caller's receipt is what the ledger says of it. */
async function settledOnce(w: World, receipts: readonly Receipt[], each: bigint): Promise<void> {
  const { rows } = await sql.query<{ id: string; first_seq: string }>(
    `select id, first_seq from outcome where tenant = $1 and kind = 'cut' order by first_seq`,
    [w.tenant],
  )
  const told = receipts.map(({ id, first_seq }) => ({ id, first_seq: `${first_seq}` }))
  expect(rows).toEqual(told.toSorted((a, b) => Number(a.first_seq) - Number(b.first_seq)))
  expect(await w.balance('user:a')).toBe(BigInt(receipts.length) * each)
}

describe('a connection that is cut', () => {
  for (const at of ['loaded', 'writing', 'written'] as const)
    test(`while a batch is ${at} settles every outcome once, and every caller gets its receipt`, async () => {
      const w = new World(store, opened)
      const writer = cutWriter(at)
      const outcomes = Array.from({ length: 60 }, () =>
        w.outcome({ kind: 'cut', transfers: [pay('world', 'user:a', 2n)] }),
      )
      const receipts: Receipt[] = []
      for (let i = 0; i < outcomes.length; i += 4) {
        const commits = outcomes.slice(i, i + 4).map((outcome) => writer.commits.submit(outcome))
        // Cut between load and write nothing ever commits: after a while it is left in peace.
        if (at === 'loaded') void delay(30).then(writer.calm)
        receipts.push(...(await Promise.all(commits)))
      }
      writer.calm()
      await writer.commits.close()
      await settledOnce(w, receipts, 2n)
    })

  test('in the middle of an idle moment is opened anew by the next commit', async () => {
    const w = new World(store, opened)
    await w.fund('user:a', 1n)
    expect(await cut()).toBeGreaterThan(0)
    await w.fund('user:a', 1n)
    expect(await w.balance('user:a')).toBe(2n)
  })

  test('at random under load loses nothing and repeats nothing', async () => {
    const w = new World(store, opened)
    const stop = new AbortController()
    const cutting = (async () => {
      while (!stop.signal.aborted) {
        await delay(20 + Math.random() * 60)
        await cut()
      }
    })()
    const receipts: Receipt[] = []
    for (let round = 0; round < 15; round++) {
      const outcomes = Array.from({ length: 40 }, () =>
        w.outcome({ kind: 'cut', transfers: [pay('world', 'user:a', 3n)] }),
      )
      receipts.push(...(await Promise.all(outcomes.map((outcome) => w.ledger.commit(outcome)))))
    }
    stop.abort()
    await cutting
    await settledOnce(w, receipts, 3n)
  })

  test('a writer that stands still between lock and write is ended, and others go on', async () => {
    const w = new World(store, opened)
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 1n))
    const frozen = await new PostgresStore(database.url).open()
    const key = `${w.tenant}\u001fuser:a\u001fUSD`
    await frozen.load({ accounts: [key], wide: [], actors: [], holds: [], outcomes: [], created: [], placed: [] })
    const began_ms = performance.now()
    await w.pay(pay('user:a', 'user:b', 1n))
    expect(performance.now() - began_ms).toBeLessThan(2_500)
    await expect(frozen.abandon()).rejects.toThrow('lost')
    await frozen.close()
  })

  test('leaves a ledger that the audit finds nothing wrong with', async () => {
    expect(await auditLedger({ databaseUrl: database.url })).toEqual(expect.objectContaining({ audit: 'ok' }))
  })
})

import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUSE } from '../../schema/account.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { Outcome } from '../../schema/outcome.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { auditLedger } from '../audit/audit.ts'
import { openPostgresSpecStore } from '../spec/postgres-store.ts'
import type { SpecLedger, SpecStore } from '../spec/store.ts'
import { EVENT, pay, place, post, World } from '../spec/world.ts'

const LOAD_MS = 5_000
const CALLERS = 48

let database: TestDatabase
let store: SpecStore
let nodes: SpecLedger[]
beforeAll(async () => {
  database = await createDatabase()
  store = await openPostgresSpecStore(database.url)
  nodes = [await store.open(), await store.open()]
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()))
  await store.close()
  await database.drop()
})

test('of 100 pairs of activations that race, never two win', async () => {
  const w = new World(store, nodes[0]!)
  const [one, two] = await Promise.all([store.node(), store.node()])
  const ids = await Promise.all(Array.from({ length: 100 }, () => w.actor()))
  const winners = await Promise.all(
    ids.map(async (id) => {
      const got = await Promise.all([
        nodes[0]!.ledger.actors.activate(id, one.id),
        nodes[1]!.ledger.actors.activate(id, two.id),
      ])
      return got.filter((row) => row !== undefined).length
    }),
  )
  expect(winners).toEqual(ids.map(() => 1))
  await Promise.all([one.die(), two.die()])
})

test('of 100 pairs that both believe to have the actor, never two commit', async () => {
  const w = new World(store, nodes[0]!)
  const [one, two] = await Promise.all([store.node(), store.node()])
  const ids = await Promise.all(Array.from({ length: 100 }, () => w.actor()))
  const first = await Promise.all(ids.map((id) => nodes[0]!.ledger.actors.activate(id, one.id)))
  await one.die() // its lease is gone, which it does not know
  const second = ids.map((id) => nodes[1]!.ledger.actors.activate(id, two.id))
  const commits = await Promise.all(
    ids.map(async (id, i) => {
      const { epoch, version } = first[i]!
      const stale = nodes[0]!.ledger.commit(w.outcome({ actor: { id, kind: 'thing', epoch, version, state: '"one"' } }))
      const taken = second[i]!.then((row) => {
        const actor = { id, kind: 'thing', epoch: row!.epoch, version: row!.version, state: '"two"' }
        return nodes[1]!.ledger.commit(w.outcome({ actor }))
      })
      const [a, b] = await Promise.allSettled([stale, taken])
      const { state } = (await w.ledger.actors.find(id))!
      return { first: a.status, second: b.status, state }
    }),
  )
  // The first may have committed before it was taken over, and never after; the second always does.
  for (const each of commits) expect(each).toMatchObject({ second: 'fulfilled', state: '"two"' })
  await two.die()
})

/** One random outcome over a few hot accounts, actors and holds of a world. */
function randomOutcome(w: World, actors: Map<string, number>, holds: string[]): Outcome {
  const pick = (n: number) => Math.floor(Math.random() * n)
  const user = () => `user:${pick(6)}`
  const legs = Array.from({ length: 1 + pick(3) }, () => {
    const owners = [user(), user(), HOUSE, `escrow:battle-${pick(4)}`, 'world', `user:cold-${uuidv7()}`]
    const debit = owners[pick(5)]!
    const credit = owners[pick(6)]!
    return debit === credit
      ? pay('world', credit === 'world' ? HOUSE : credit, 5n)
      : pay(debit, credit, BigInt(1 + pick(20)))
  })
  const events = Array.from({ length: 1 + pick(3) }, () => EVENT)
  switch (pick(4)) {
    case 0: {
      const id = `${w.tenant}-${pick(8)}`
      const version = actors.get(id) ?? 0
      return w.outcome({ transfers: legs, events, actor: { id, kind: 'thing', epoch: 0, version, state: '{}' } })
    }
    case 1: {
      const placing = place(user(), 'user:sink', BigInt(1 + pick(5)))
      holds.push(placing.hold)
      return w.outcome({ holds: [placing], events })
    }
    case 2: {
      const hold = (holds.splice(pick(holds.length), 1)[0] ?? uuidv7()) as ReturnType<typeof uuidv7>
      return w.outcome({
        holds: [pick(2) === 0 ? post(hold) : { type: 'void', hold }],
        transfers: legs.slice(1),
        events,
      })
    }
    default:
      return w.outcome({ owner: user(), transfers: legs, events })
  }
}

test(
  'two nodes under random load over hot accounts: no deadlock, no gap, nothing lost',
  { timeout: 60_000 },
  async () => {
    const worlds = [new World(store, nodes[0]!), new World(store, nodes[1]!)]
    const { seq: before } = await nodes[0]!.ledger.reader.head()
    const heard: CommittedEvent[] = []
    nodes[0]!.tail.subscribe((events) => void heard.push(...events))
    const stop_at = performance.now() + LOAD_MS
    let committed = 0
    const codes = new Set<string>()
    const caller = async (n: number): Promise<void> => {
      const w = worlds[Math.floor(n / 2) % 2]!
      const { ledger } = nodes[n % 2]!
      const actors = new Map<string, number>()
      const holds: string[] = []
      while (performance.now() < stop_at) {
        const outcome = randomOutcome(w, actors, holds)
        try {
          await ledger.commit(outcome)
          committed += 1
          if (outcome.actor !== undefined) actors.set(outcome.actor.id, outcome.actor.version + 1)
        } catch (error) {
          if (!(error instanceof RollingDropError) || error.status >= 500) throw error
          codes.add(error.code)
          if (error.code === 'ledger/fenced')
            actors.set(outcome.actor!.id, (await ledger.actors.find(outcome.actor!.id))!.version)
        }
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, (_, n) => caller(n)))
    expect(committed).toBeGreaterThan(500)
    expect([...codes].toSorted()).toEqual(['ledger/fenced', 'ledger/hold-gone', 'ledger/insufficient'])

    const { seq: head } = await nodes[0]!.ledger.reader.head()
    const sql = new pg.Client({ connectionString: database.url })
    await sql.connect()
    const { rows } = await sql.query(
      `select count(*)::int as events, max(seq) - min(seq) + 1 = count(*) as gapless,
       (select deadlocks::int from pg_stat_database where datname = current_database()) as deadlocks
     from event where seq > $1`,
      [before],
    )
    await sql.end()
    expect(rows).toEqual([{ events: Number(head - before), gapless: true, deadlocks: 0 }])
    await expect.poll(() => nodes[0]!.tail.seq, { timeout: 5_000 }).toBe(head)
    const [first] = heard
    const gap = heard.findIndex(({ seq }, i) => seq !== first!.seq + BigInt(i))
    expect({ gap, last: heard.at(-1)!.seq }).toEqual({ gap: -1, last: head })
    expect(await auditLedger({ databaseUrl: database.url })).toEqual(expect.objectContaining({ audit: 'ok' }))
  },
)

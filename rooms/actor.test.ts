import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError, type ErrorCode } from '../schema/errors.ts'
import type { Outcome, Receipt } from '../schema/outcome.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { stillClock } from '../test/still-clock.ts'
import { Actor, type ActorOptions, type Command, type Rules } from './actor.ts'

type Counter = Readonly<{ id: string; count: number }>

let database: TestDatabase
let opened: OpenLedger
beforeAll(async () => {
  database = await createDatabase()
  opened = await openLedger({ databaseUrl: database.url })
})
afterAll(async () => {
  await opened.close()
  await database.drop()
})

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const moved = (count: number) => [{ type: 'money.moved' as const, payload: { count } }]

/** Adds `by`, unless that makes more than ten. */
function add(by: number, wake_at_ms: number | null = null): Command<Counter> {
  return {
    request: digestOf({ add: by }),
    decide: ({ id, count }) =>
      count + by > 10
        ? { ok: false, code: 'battle/full' }
        : {
            ok: true,
            step: {
              state: { id, count: count + by },
              kind: 'counter.add',
              transfers: [],
              events: moved(count + by),
              wake_at_ms,
              finished: false,
            },
          },
  }
}

const rules: Rules<Counter> = {
  kind: 'counter',
  root: ({ id }) => id,
  parse: (text) => JSON.parse(text) as Counter,
  format: (state) => JSON.stringify(state),
  wake: async () => add(5),
}

async function createCounter(): Promise<string> {
  const id = uuidv7()
  const actor = { id, kind: 'counter', epoch: 0, version: 0, state: rules.format({ id, count: 0 }), wake_at_ms: null }
  await opened.ledger.commit({
    id,
    kind: 'counter.create',
    tenant: 'main',
    request: digestOf(id),
    transfers: [],
    events: moved(0),
    actor,
  })
  return id
}

async function activate(id: string, changed: Partial<ActorOptions<Counter>> = {}) {
  const row = (await opened.ledger.actors.activate(id, 'node-that-is-not-there'))!
  const told: number[] = []
  const gone: ErrorCode[] = []
  const options = { row, rules, ledger: opened.ledger, clock: stillClock(), mailbox_max: 100, log: quiet, ...changed }
  const actor = new Actor({ ...options, told: ({ count }) => told.push(count), gone: ({ code }) => gone.push(code) })
  return { actor, told, gone }
}

const storedCount = async (id: string) => rules.parse((await opened.ledger.actors.find(id))!.state).count
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 5_000, interval: 5 })

/** The real ledger, whose every commit `around` may spoil. */
function spoiled(around: (outcome: Outcome, commit: () => Promise<Receipt>) => Promise<Receipt>): Ledger {
  return { ...opened.ledger, commit: (outcome) => around(outcome, () => opened.ledger.commit(outcome)) }
}

test('commands are decided one after the other, told after their commit, and outlive the activation', async () => {
  const id = await createCounter()
  const { actor, told } = await activate(id)
  const answers = await Promise.allSettled([1, 2, 3, 5, 4].map((by) => actor.ask(add(by))))
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  expect(told).toEqual([1, 3, 6, 10])
  expect(await actor.release()).toBe(true)
  const next = await activate(id)
  expect(next.actor.state.count).toBe(10)
  expect(next.actor.epoch).toBe(2)
})

test('of two activations of one actor only the later one commits, and the other one ends', async () => {
  const id = await createCounter()
  const [zombie, owner] = [await activate(id), await activate(id)]
  const both = await Promise.allSettled([zombie.actor.ask(add(1)), owner.actor.ask(add(2))])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect(zombie).toMatchObject({ told: [], gone: ['ledger/fenced'] })
  await expect(zombie.actor.ask(add(1))).rejects.toMatchObject({ code: 'ledger/fenced' })
  expect(await zombie.actor.release()).toBe(false)
  expect(await storedCount(id)).toBe(2)
})

test('an activation that commits nothing ends when it hears of its successor, and only then', async () => {
  const { actor, gone } = await activate(await createCounter())
  actor.supersededBy(1)
  expect(gone).toEqual([])
  actor.supersededBy(2)
  expect(gone).toEqual(['ledger/fenced'])
})

test('after a lost answer the same outcome is submitted again, and nothing is told until it is settled', async () => {
  const clock = stillClock()
  const ids: string[] = []
  const toldBefore: number[] = []
  const ledger = spoiled(async (outcome, commit) => {
    ids.push(outcome.id)
    toldBefore.push(told.length)
    if (ids.length === 1) await commit() // It is written, but nobody hears of it.
    if (ids.length < 4) throw new RollingDropError(ids.length === 3 ? 'ledger/overloaded' : 'ledger/unavailable')
    return commit()
  })
  const { actor, told } = await activate(await createCounter(), { ledger, clock })
  const answers = [actor.ask(add(3)), actor.ask(add(1))]
  await until(() => {
    clock.move(2_000)
    expect(told).toHaveLength(2)
  })
  expect((await answers[0])!.replayed).toBe(true)
  expect((await answers[1])!.replayed).toBe(false)
  expect(new Set(ids.slice(0, 4)).size).toBe(1)
  expect([told, toldBefore]).toEqual([
    [3, 4],
    [0, 0, 0, 0, 1],
  ])
  expect(await storedCount(actor.id)).toBe(4)
})

test('what the ledger refuses changes nothing and is told to the caller alone', async () => {
  let refuses = true
  const ledger = spoiled((_outcome, commit) =>
    refuses ? Promise.reject(new RollingDropError('ledger/insufficient')) : commit(),
  )
  const { actor, told } = await activate(await createCounter(), { ledger })
  await expect(actor.ask(add(3))).rejects.toMatchObject({ code: 'ledger/insufficient' })
  expect([actor.state.count, told]).toEqual([0, []])
  refuses = false
  await actor.ask(add(4))
  expect([actor.state.count, told]).toEqual([4, [4]])
})

test('whoever asks again on hearing an answer is served', async () => {
  const { actor } = await activate(await createCounter())
  const again = () => actor.ask(add(1))
  await expect(actor.ask(add(11)).catch(again)).resolves.toMatchObject({ replayed: false })
  await expect(actor.ask(add(1)).then(again)).resolves.toMatchObject({ replayed: false })
  await until(() => expect(actor.busy).toBe(false))
})

test('past its limit the mailbox says so at once', async () => {
  const { actor } = await activate(await createCounter(), { mailbox_max: 2 })
  const answers = await Promise.allSettled([1, 1, 1, 1].map((by) => actor.ask(add(by))))
  const reasons = answers.map((answer) =>
    answer.status === 'rejected' ? (answer.reason as RollingDropError).code : 'ok',
  )
  expect(reasons).toEqual(['ok', 'ok', 'ok', 'ledger/overloaded'])
})

test('an alarm rings at its time, also one that came due while nobody acted', async () => {
  const clock = stillClock(1_000)
  const id = await createCounter()
  const { actor, told } = await activate(id, { clock })
  await actor.ask(add(1, 2_000))
  await actor.release()
  clock.move(500)
  const early = await activate(id, { clock })
  clock.move(400)
  await new Promise(setImmediate)
  expect(early.told).toEqual([])
  await early.actor.release()
  clock.move(5_000)
  const late = await activate(id, { clock })
  clock.move(0)
  await until(() => expect(late.told).toEqual([6]))
  expect([told, await storedCount(id)]).toEqual([[1], 6])
})

test('an alarm that fails rings again', async () => {
  const clock = stillClock(1_000)
  let failures = 2
  const wake = async () => (failures-- > 0 ? Promise.reject(new Error('not yet')) : add(5))
  const { actor, told } = await activate(await createCounter(), { clock, rules: { ...rules, wake } })
  await actor.ask(add(1, 1_500))
  for (let i = 0; i < 4; i++) {
    clock.move(1_000)
    await new Promise(setImmediate)
  }
  await until(() => expect(told).toEqual([1, 6]))
})

test('an activation that leaves serves what waits, takes nothing more, and gives the actor back', async () => {
  const id = await createCounter()
  const { actor, told } = await activate(id)
  const waiting = [actor.ask(add(1)), actor.ask(add(2))]
  const released = actor.release()
  await expect(actor.ask(add(3))).rejects.toMatchObject({ code: 'server/draining' })
  await Promise.all(waiting)
  expect(await released).toBe(true)
  expect(told).toEqual([1, 3])
  expect((await opened.ledger.actors.find(id))!.node).toBeNull()
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RollingDropError } from '../schema/errors.ts'
import type { Receipt } from '../schema/outcome.ts'
import { digestOf } from '../schema/digest.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { act, type ActDecision, type RoomlessActor } from './act.ts'
import type { Ledger } from './ledger.ts'
import { openLedger, type OpenLedger } from './open.ts'
import { EVENT, pay } from './spec/world.ts'

type Count = Readonly<{ count: number }>

const OWNER = 'user:ann'
let database: TestDatabase
let nodes: readonly [OpenLedger, OpenLedger]
beforeAll(async () => {
  database = await createDatabase()
  nodes = [await openLedger({ databaseUrl: database.url }), await openLedger({ databaseUrl: database.url })]
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()))
  await database.drop()
})

function counter(): RoomlessActor<Count> {
  const read = (text: string) => JSON.parse(text) as Count
  return { id: `listing-${uuidv7()}`, kind: 'listing', tenant: 'main', read, write: (state) => JSON.stringify(state) }
}
const command = () => ({ id: uuidv7(), request: digestOf('count'), owner: OWNER })
/** Each count brings a cent, so that one too many would show in the balance as well. */
const more = (state: Count = { count: 0 }): ActDecision<Count> => ({
  type: 'commit',
  state: { count: state.count + 1 },
  effects: { kind: 'test.count', transfers: [pay('world', OWNER, 1n)], events: [EVENT] },
})
const once = (state: Count | undefined): ActDecision<Count> =>
  state ? { type: 'refuse', code: 'market/ended' } : more(state)
const balance = async () =>
  (await nodes[0].ledger.reader.balance('main', OWNER, pay('world', OWNER, 1n).asset))!.balance
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no refusal',
    (error: unknown) => (error instanceof RollingDropError ? error.code : String(error)),
  )

describe('acting on an actor that has no room', () => {
  test('creates it, changes it, and finishes it: what comes later sees that it has', async () => {
    const [{ ledger }] = nodes
    const actor = counter()
    expect((await act(ledger, actor, command(), more)).state).toEqual({ count: 1 })
    expect((await act(ledger, actor, command(), more)).state).toEqual({ count: 2 })
    const finish = (state?: Count): ActDecision<Count> => ({
      type: 'commit',
      state: { count: state!.count },
      effects: { kind: 'test.end', events: [EVENT], finished: true },
    })
    await act(ledger, actor, command(), finish)
    const seen: unknown[] = []
    const done = await act(ledger, actor, command(), (state, isFinished) => {
      seen.push([state, isFinished])
      return { type: 'done', state: state! }
    })
    expect(seen).toEqual([[{ count: 2 }, true]])
    expect(done).toEqual({ receipt: undefined, state: { count: 2 } })
    expect(await codeOf(act(ledger, actor, command(), more))).toBe('ledger/fenced')
  })

  test('those who were slower read again: of 40 at once over two nodes none is lost and none counts twice', async () => {
    const before = await act(nodes[0].ledger, counter(), command(), more).then(balance)
    const actor = counter()
    const commands = Array.from({ length: 40 }, command)
    await Promise.all(commands.map((each, i) => act(nodes[i % 2]!.ledger, actor, each, more)))
    const row = await nodes[0].ledger.actors.find(actor.id)
    expect(actor.read(row!.state)).toEqual({ count: 40 })
    expect(await balance()).toBe(before + 40n)
  })

  test('a command that comes again gets its receipt, and the state as it is by then', async () => {
    const [{ ledger }, other] = nodes
    const actor = counter()
    const first = command()
    const { receipt } = await act(ledger, actor, first, more)
    await act(ledger, actor, command(), more)
    const again = await act(other.ledger, actor, first, more)
    expect(again.receipt).toEqual({ ...receipt, replayed: true })
    expect(again.state).toEqual({ count: 2 })
  })

  test('a command that comes again gets its receipt also where its own effect would refuse it now', async () => {
    const [{ ledger }] = nodes
    const actor = counter()
    const first = command()
    const { receipt } = await act(ledger, actor, first, once)
    const again = await act(ledger, actor, first, once)
    expect(again).toEqual({ receipt: { ...receipt, replayed: true }, state: { count: 1 } })
    expect(await codeOf(act(ledger, actor, command(), once))).toBe('market/ended')
    // Whoever is not its owner is told nothing of it.
    expect(await codeOf(act(ledger, actor, { ...first, owner: 'user:bob' }, once))).toBe('market/ended')
  })

  test('a command whose answer was lost is done once and answered', async () => {
    const [{ ledger }] = nodes
    const before = await balance()
    let lost = 0
    const commit = async (...outcome: Parameters<Ledger['commit']>): Promise<Receipt> => {
      const receipt = await ledger.commit(...outcome)
      if (lost++ === 0) throw new RollingDropError('ledger/unavailable')
      return receipt
    }
    const flaky = { commit, actors: ledger.actors, reader: ledger.reader }
    expect(await act(flaky, counter(), command(), once)).toMatchObject({
      receipt: { replayed: true },
      state: { count: 1 },
    })
    const grown = await act(flaky, counter(), command(), more)
    expect(grown.state).toEqual({ count: 1 })
    expect(await balance()).toBe(before + 2n)
  })

  test('a ledger that stays away is said to be, and is not asked for ever', async () => {
    const [{ ledger }] = nodes
    let asked = 0
    const commit = () => {
      asked++
      return Promise.reject(new RollingDropError('ledger/unavailable'))
    }
    const away = { commit, actors: ledger.actors, reader: ledger.reader }
    expect(await codeOf(act(away, counter(), command(), more))).toBe('ledger/unavailable')
    expect(asked).toBe(3)
  })

  test('an actor of another tenant or of another kind is not read, and not changed', async () => {
    const [{ ledger }] = nodes
    const actor = counter()
    await act(ledger, actor, command(), more)
    for (const stranger of [{ tenant: 'other' }, { kind: 'order' }]) {
      const asking = act(ledger, Object.assign({}, actor, stranger), command(), () => {
        throw new Error('it was read')
      })
      expect(await codeOf(asking)).toBe('ledger/fenced')
    }
    expect(await ledger.actors.find(actor.id)).toMatchObject({ version: 1, state: '{"count":1}' })
  })

  test('what is refused leaves nothing: neither the state nor the money changes', async () => {
    const [{ ledger }] = nodes
    const actor = counter()
    const broke = (state?: Count): ActDecision<Count> => ({
      type: 'commit',
      state: { count: (state?.count ?? 0) + 1 },
      effects: { kind: 'test.pay', transfers: [pay('user:broke', OWNER, 1n)], events: [EVENT] },
    })
    const before = await balance()
    expect(await codeOf(act(ledger, actor, command(), broke))).toBe('ledger/insufficient')
    expect(await ledger.actors.find(actor.id)).toBeUndefined()
    expect(await balance()).toBe(before)
  })
})

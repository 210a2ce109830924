import { describe, expect, test } from 'vitest'
import { uuidv7 } from '../../schema/uuid.ts'
import { pay, refusal, type Given } from './world.ts'

export function fenceSpec(given: Given): void {
  describe('the fence', () => {
    versions(given)
    pipelines(given)
    creating(given)
    finishing(given)
  })
}

function versions(given: Given): void {
  test('each commit raises the version by one, and its state rides along', async () => {
    const w = given()
    const id = await w.actor({ state: '{"phase":"open"}' })
    await w.act({ id, version: 1, state: '{"phase":"drawn"}' })
    await w.act({ id, version: 2 })
    expect(await w.ledger.actors.find(id)).toMatchObject({ epoch: 0, version: 3, state: '{"phase":"drawn"}' })
  })

  for (const version of [2, 4, 99])
    test(`at version 3 a commit that saw ${version} is refused whole`, async () => {
      const w = given()
      const id = await w.actor()
      await w.act({ id, version: 1 })
      await w.act({ id, version: 2 })
      const transfers = [pay('world', 'user:a', 1n)]
      const before = await w.store.dump(w.tenant)
      expect(await refusal(w.act({ id, version, state: '{"stolen":true}' }, { transfers }))).toBe('ledger/fenced')
      expect(await w.store.dump(w.tenant)).toBe(before)
    })

  test('a stale epoch is refused, even with the right version', async () => {
    const w = given()
    const id = await w.actor()
    const node = await w.store.node()
    const active = await w.ledger.actors.activate(id, node.id)
    expect(active).toMatchObject({ epoch: 1, version: 2 })
    expect(await refusal(w.act({ id, epoch: 0, version: 2 }))).toBe('ledger/fenced')
    await w.act({ id, epoch: 1, version: 2 })
    await node.die()
  })

  test('what an actor of another tenant has seen does not help', async () => {
    const [w, other] = [given(), given()]
    const id = await w.actor()
    expect(await refusal(other.act({ id, version: 1 }))).toBe('ledger/fenced')
  })

  test('an actor that never was is fenced', async () => {
    const w = given()
    expect(await refusal(w.act({ id: `a-${uuidv7()}`, version: 1 }))).toBe('ledger/fenced')
  })

  test('an actor id, kind and version need their shapes', async () => {
    const w = given()
    expect(await refusal(w.act({ id: 'not an id', version: 0, state: '{}' }))).toBe('ledger/invalid')
    expect(await refusal(w.act({ id: 'a', version: -1 }))).toBe('ledger/invalid')
    expect(await refusal(w.act({ id: 'a', version: 0.5 }))).toBe('ledger/invalid')
    expect(await refusal(w.act({ id: 'a', version: 0, state: '{\n}' }))).toBe('ledger/invalid')
    expect(await refusal(w.act({ id: 'a', version: 0, state: '{}', wake_at_ms: 1.5 }))).toBe('ledger/invalid')
  })
}

function pipelines(given: Given): void {
  test('pipelined commits of one actor keep their order', async () => {
    const w = given()
    const id = await w.actor()
    const receipts = await Promise.all(
      [1, 2, 3, 4, 5].map((version) => w.act({ id, version, state: `{"v":${version}}` })),
    )
    const seqs = receipts.map(({ first_seq }) => first_seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => Number(a - b)))
    expect(await w.ledger.actors.find(id)).toMatchObject({ version: 6, state: '{"v":5}' })
  })

  test('the failure of one pipelined commit fails those behind it', async () => {
    const w = given()
    const id = await w.actor()
    const [first, second, third] = await Promise.allSettled([
      w.act({ id, version: 1 }),
      w.act({ id, version: 2 }, { transfers: [pay('user:poor', 'user:b', 1n)] }),
      w.act({ id, version: 3 }, { transfers: [pay('world', 'user:b', 1n)] }),
    ])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ reason: { code: 'ledger/insufficient' } })
    expect(third).toMatchObject({ reason: { code: 'ledger/fenced' } })
    expect(await w.balance('user:b')).toBe(0n)
    expect((await w.ledger.actors.find(id))?.version).toBe(2)
  })

  test('pipelines of many actors at once each keep their order', async () => {
    const w = given()
    const ids = await Promise.all(Array.from({ length: 20 }, () => w.actor()))
    await Promise.all(
      [1, 2, 3, 4].flatMap((version) => ids.map((id) => w.act({ id, version, state: `{"v":${version}}` }))),
    )
    const rows = await w.ledger.actors.findMany(ids)
    expect(rows).toHaveLength(20)
    for (const row of rows) expect(row).toMatchObject({ version: 5, state: '{"v":4}' })
  })

  test('of two writers that saw the same version one wins, on whichever node', async () => {
    const w = given()
    const other = await w.store.open()
    for (let round = 0; round < 10; round++) {
      const id = await w.actor()
      const outcome = () => w.outcome({ actor: { id, kind: 'thing', epoch: 0, version: 1 } })
      const both = await Promise.allSettled([w.ledger.commit(outcome()), other.ledger.commit(outcome())])
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    }
    await other.close()
  })
}

function creating(given: Given): void {
  test('an actor is created once', async () => {
    const w = given()
    const id = await w.actor()
    expect(await refusal(w.act({ id, version: 0, state: '{}' }))).toBe('ledger/fenced')
  })

  test('created twice in one batch, the first one wins', async () => {
    const w = given()
    const id = `a-${uuidv7()}`
    const both = await Promise.allSettled(['1', '2'].map((state) => w.act({ id, version: 0, state })))
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'ledger/fenced' } }])
    expect((await w.ledger.actors.find(id))?.state).toBe('1')
  })

  test('created on two nodes at once, one wins', async () => {
    const w = given()
    const other = await w.store.open()
    for (let round = 0; round < 10; round++) {
      const actor = { id: `a-${uuidv7()}`, kind: 'thing', epoch: 0, version: 0, state: '{}' }
      const both = await Promise.allSettled([
        w.ledger.commit(w.outcome({ actor })),
        other.ledger.commit(w.outcome({ actor })),
      ])
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    }
    await other.close()
  })

  test('a new actor needs a state', async () => {
    const w = given()
    expect(await refusal(w.act({ id: `a-${uuidv7()}`, version: 0 }))).toBe('ledger/invalid')
  })

  test('a refused creation leaves no actor', async () => {
    const w = given()
    const id = `a-${uuidv7()}`
    const transfers = [pay('user:poor', 'user:b', 1n)]
    expect(await refusal(w.act({ id, version: 0, state: '{}' }, { transfers }))).toBe('ledger/insufficient')
    expect(await w.ledger.actors.find(id)).toBeUndefined()
  })
}

function finishing(given: Given): void {
  test('a finished actor keeps its last state and takes no more commits', async () => {
    const w = given()
    const id = await w.actor()
    await w.act({ id, version: 1, state: '{"phase":"over"}', finished: true })
    expect(await w.ledger.actors.find(id)).toMatchObject({
      version: 2,
      state: '{"phase":"over"}',
      finished: true,
      node: null,
    })
    expect(await refusal(w.act({ id, version: 2 }))).toBe('ledger/fenced')
  })

  test('finishing without a state keeps the one there was', async () => {
    const w = given()
    const id = await w.actor({ state: '{"phase":"open"}' })
    await w.act({ id, version: 1, finished: true })
    expect(await w.ledger.actors.find(id)).toMatchObject({ state: '{"phase":"open"}', finished: true })
  })

  test('the id of a finished actor cannot be created again, and neighbours do not notice', async () => {
    const w = given()
    const id = await w.actor()
    await w.act({ id, version: 1, finished: true })
    const again = refusal(w.act({ id, version: 0, state: '{}' }))
    const neighbour = w.fund('user:a', 1n)
    expect(await again).toBe('ledger/fenced')
    await neighbour
  })

  test('an actor may live for one outcome only', async () => {
    const w = given()
    const id = `a-${uuidv7()}`
    await w.act({ id, version: 0, state: '{"once":true}', finished: true })
    expect(await w.ledger.actors.find(id)).toMatchObject({ version: 1, state: '{"once":true}', finished: true })
    expect(await refusal(w.act({ id, version: 0, state: '{}' }))).toBe('ledger/fenced')
  })

  test('created, moved on and finished within one batch', async () => {
    const w = given()
    const id = `a-${uuidv7()}`
    await Promise.all([
      w.act({ id, version: 0, state: '{"v":0}' }),
      w.act({ id, version: 1, state: '{"v":1}' }),
      w.act({ id, version: 2, finished: true }),
    ])
    expect(await w.ledger.actors.find(id)).toMatchObject({ version: 3, state: '{"v":1}', finished: true })
  })
}

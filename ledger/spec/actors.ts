import { describe, expect, test } from 'vitest'
import { uuidv7 } from '../../schema/uuid.ts'
import { refusal, type Given, type World } from './world.ts'

export function actorSpec(given: Given): void {
  describe('actors', () => {
    activating(given)
    releasing(given)
    waking(given)
    listing(given)
  })
}

function activating(given: Given): void {
  test('activation raises epoch and version and names the node', async () => {
    const w = given()
    const [id, node] = [await w.actor({ state: '{"a":1}' }), await w.store.node()]
    expect(await w.ledger.actors.activate(id, node.id)).toEqual({
      id,
      tenant: w.tenant,
      kind: 'thing',
      epoch: 1,
      version: 2,
      state: '{"a":1}',
      node: node.id,
      wake_at_ms: null,
      finished: false,
    })
    await node.die()
  })

  test('an actor of a live node is not given away', async () => {
    const w = given()
    const [id, one, two] = [await w.actor(), await w.store.node(), await w.store.node()]
    await w.ledger.actors.activate(id, one.id)
    expect(await w.ledger.actors.activate(id, two.id)).toBeUndefined()
    expect((await w.ledger.actors.activate(id, one.id))?.epoch).toBe(2)
    await Promise.all([one.die(), two.die()])
  })

  test('an actor of a dead node is, and whoever had it is fenced', async () => {
    const w = given()
    const [id, one, two] = [await w.actor(), await w.store.node(), await w.store.node()]
    await w.ledger.actors.activate(id, one.id)
    await one.die()
    expect(await w.ledger.actors.activate(id, two.id)).toMatchObject({ epoch: 2, version: 3, node: two.id })
    expect(await refusal(w.act({ id, epoch: 1, version: 2 }))).toBe('ledger/fenced')
    await w.act({ id, epoch: 2, version: 3 })
    await two.die()
  })

  test('an activation learns that another one has followed it, also when the actor is over by then', async () => {
    const w = given()
    const [one, two] = [await w.store.node(), await w.store.node()]
    const ids = await Promise.all([1, 2, 3].map(() => w.actor()))
    for (const id of ids) await w.ledger.actors.activate(id, one.id)
    await one.die()
    for (const id of ids.slice(1)) await w.ledger.actors.activate(id, two.id)
    await w.act({ id: ids[2]!, epoch: 2, version: 3, finished: true })
    const found = await w.ledger.actors.superseded([...ids, 'nobody'].map((id) => ({ id, epoch: 1 })))
    expect(new Map(found.map(({ id, epoch }) => [id, epoch]))).toEqual(new Map(ids.slice(1).map((id) => [id, 2])))
    expect(await w.ledger.actors.superseded(ids.slice(1).map((id) => ({ id, epoch: 2 })))).toEqual([])
    expect(await w.ledger.actors.superseded([])).toEqual([])
    await two.die()
  })

  test('a finished or unknown actor is not activated', async () => {
    const w = given()
    const [id, node] = [await w.actor(), await w.store.node()]
    await w.act({ id, version: 1, finished: true })
    expect(await w.ledger.actors.activate(id, node.id)).toBeUndefined()
    expect(await w.ledger.actors.activate(`a-${uuidv7()}`, node.id)).toBeUndefined()
    await node.die()
  })

  test('of nodes that race for an actor one gets it', async () => {
    const w = given()
    const nodes = await Promise.all([1, 2, 3].map(() => w.store.node()))
    for (let round = 0; round < 10; round++) {
      const id = await w.actor()
      const got = await Promise.all(nodes.map((node) => w.ledger.actors.activate(id, node.id)))
      expect(got.filter((row) => row !== undefined)).toHaveLength(1)
    }
    await Promise.all(nodes.map((node) => node.die()))
  })
}

function releasing(given: Given): void {
  test('a released actor is anybody’s again, and its last holder is fenced', async () => {
    const w = given()
    const [id, one, two] = [await w.actor(), await w.store.node(), await w.store.node()]
    await w.ledger.actors.activate(id, one.id)
    expect(await w.ledger.actors.release({ id, epoch: 1, version: 2 })).toBe(true)
    expect(await refusal(w.act({ id, epoch: 1, version: 2 }))).toBe('ledger/fenced')
    expect((await w.ledger.actors.activate(id, two.id))?.epoch).toBe(2)
    await Promise.all([one.die(), two.die()])
  })

  test('only the last activation can release, and only as it stands', async () => {
    const w = given()
    const [id, node] = [await w.actor(), await w.store.node()]
    await w.ledger.actors.activate(id, node.id)
    expect(await w.ledger.actors.release({ id, epoch: 0, version: 2 })).toBe(false)
    expect(await w.ledger.actors.release({ id, epoch: 1, version: 1 })).toBe(false)
    expect((await w.ledger.actors.find(id))?.node).toBe(node.id)
    await node.die()
  })
}

/** A kind nobody else has, so that what is claimable is this test's. */
const kindOf = (w: World): string => `k-${w.tenant}`

function waking(given: Given): void {
  test('an actor at rest can be claimed from its alarm on', async () => {
    const w = given()
    const wake_at_ms = await w.in_ms(10_000)
    const id = await w.actor({ kind: kindOf(w), wake_at_ms })
    expect((await w.ledger.actors.find(id))?.wake_at_ms).toBe(wake_at_ms)
    expect(await w.ledger.actors.claimable(kindOf(w), 10)).toEqual([])
    await w.store.pass(10_000)
    expect(await w.ledger.actors.claimable(kindOf(w), 10)).toEqual([id])
  })

  test('a commit moves the alarm, takes it away, or leaves it', async () => {
    const w = given()
    const [early, late] = [await w.in_ms(10_000), await w.in_ms(3_600_000)]
    const kind = kindOf(w)
    const ids = await Promise.all([1, 2, 3].map(() => w.actor({ kind, wake_at_ms: early })))
    await w.act({ id: ids[0]!, kind, version: 1, wake_at_ms: late })
    await w.act({ id: ids[1]!, kind, version: 1, wake_at_ms: null })
    await w.act({ id: ids[2]!, kind, version: 1 })
    await w.store.pass(10_000)
    expect(await w.ledger.actors.claimable(kind, 10)).toEqual([ids[2]])
  })

  test('an actor of a live node is not claimable, of a dead one it is, alarm or not', async () => {
    const w = given()
    const [id, node] = [await w.actor({ kind: kindOf(w), wake_at_ms: await w.in_ms(-1) }), await w.store.node()]
    await w.ledger.actors.activate(id, node.id)
    await w.act({ id, kind: kindOf(w), epoch: 1, version: 2, wake_at_ms: null })
    expect(await w.ledger.actors.claimable(kindOf(w), 10)).toEqual([])
    await node.die()
    expect(await w.ledger.actors.claimable(kindOf(w), 10)).toEqual([id])
  })

  test('a due alarm is claimed by one node only', async () => {
    const w = given()
    const kind = kindOf(w)
    const wake_at_ms = await w.in_ms(-1)
    await Promise.all(Array.from({ length: 10 }, () => w.actor({ kind, wake_at_ms })))
    const nodes = await Promise.all([w.store.node(), w.store.node()])
    const won = await Promise.all(
      nodes.map(async (node) => {
        const ids = await w.ledger.actors.claimable(kind, 10)
        const rows = await Promise.all(ids.map((id) => w.ledger.actors.activate(id, node.id)))
        return rows.filter((row) => row !== undefined).length
      }),
    )
    expect(won[0]! + won[1]!).toBe(10)
    await Promise.all(nodes.map((node) => node.die()))
  })

  test('whoever asks for a slice is told of it first, and of the rest after it', async () => {
    const w = given()
    const kind = kindOf(w)
    const wake_at_ms = await w.in_ms(-1)
    await Promise.all(Array.from({ length: 24 }, () => w.actor({ kind, wake_at_ms })))
    const slices = await Promise.all([0, 1, 2].map((nth) => w.ledger.actors.claimable(kind, 24, { nth, of: 3 })))
    for (const ids of slices) expect(new Set(ids).size).toBe(24)
    // Each slice is a beginning of its own list, and the three have nothing in common: 24 in all.
    const rest = (nth: number) => new Set(slices.filter((_, other) => other !== nth).map((ids) => ids[0]))
    for (const [nth, ids] of slices.entries()) expect(rest(nth).has(ids[0])).toBe(false)
    expect((await w.ledger.actors.claimable(kind, 3, { nth: 1, of: 3 })).every((id) => slices[1]!.includes(id))).toBe(
      true,
    )
  })

  test('no more are claimable than asked for, and none of another kind', async () => {
    const w = given()
    const wake_at_ms = await w.in_ms(-1)
    await Promise.all([1, 2, 3].map(() => w.actor({ kind: kindOf(w), wake_at_ms })))
    expect(await w.ledger.actors.claimable(kindOf(w), 2)).toHaveLength(2)
    expect(await w.ledger.actors.claimable(`${kindOf(w)}-other`, 2)).toEqual([])
  })
}

function listing(given: Given): void {
  test('open and finished actors are listed newest first, page by page', async () => {
    const w = given()
    const { tenant } = w
    const ids = [1, 2, 3, 4, 5].map((n) => `a-${tenant}-${n}`)
    for (const id of ids) await w.actor({ id })
    await w.act({ id: ids[1]!, version: 1, finished: true })
    await w.act({ id: ids[3]!, version: 1, finished: true })
    const listed = (rows: readonly Readonly<{ id: string }>[]) => rows.map(({ id }) => ids.indexOf(id) + 1)
    const page = { tenant, kind: 'thing', limit: 2 }
    expect(listed(await w.ledger.actors.open(page))).toEqual([5, 3])
    expect(listed(await w.ledger.actors.open({ ...page, before: ids[2]! }))).toEqual([1])
    expect(listed(await w.ledger.actors.finished(page))).toEqual([4, 2])
    expect(listed(await w.ledger.actors.finished({ ...page, before: ids[3]! }))).toEqual([2])
    expect(await w.ledger.actors.open({ ...page, tenant: 'nobody' })).toEqual([])
  })

  test('many rows are found at once, unknown ids left out', async () => {
    const w = given()
    const ids = [await w.actor(), await w.actor()]
    await w.act({ id: ids[1]!, version: 1, finished: true })
    const rows = await w.ledger.actors.findMany([...ids, `a-${uuidv7()}`])
    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    expect(await w.ledger.actors.findMany([])).toEqual([])
  })
}

import { describe, expect, test } from 'vitest'
import { digestOf } from '../../schema/digest.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { GEM, pay, place, refusal, type Given } from './world.ts'

export function idempotencySpec(given: Given): void {
  describe('ids', () => {
    replaying(given)
    conflicting(given)
    refusedFirst(given)
  })
}

function replaying(given: Given): void {
  test('the same outcome again gets the same receipt and changes nothing', async () => {
    const w = given()
    const outcome = w.outcome({ transfers: [pay('world', 'user:a', 10n), pay('user:a', 'user:b', 3n)] })
    const first = await w.ledger.commit(outcome)
    await w.fund('user:a', 90n)
    const before = await w.store.dump(w.tenant)
    expect(await w.ledger.commit(outcome)).toEqual({ ...first, replayed: true })
    expect(await w.store.dump(w.tenant)).toBe(before)
  })

  test('the same outcome again gets its receipt even when it would be refused by now', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const outcome = w.outcome({ transfers: [pay('user:a', 'user:b', 10n)] })
    const first = await w.ledger.commit(outcome)
    await w.freeze('user:a')
    expect(await w.ledger.commit(outcome)).toEqual({ ...first, replayed: true })
  })

  test('twice in one batch it commits once', async () => {
    const w = given()
    const outcome = w.outcome({ transfers: [pay('world', 'user:a', 10n)] })
    const [first, again] = await Promise.all([w.ledger.commit(outcome), w.ledger.commit(outcome)])
    expect(first.replayed).toBe(false)
    expect(again).toEqual({ ...first, replayed: true })
    expect(await w.balance('user:a')).toBe(10n)
  })

  test('submitted on two nodes at once it commits once', async () => {
    const w = given()
    const other = await w.store.open()
    const outcomes = Array.from({ length: 20 }, () => w.outcome({ transfers: [pay('world', 'user:a', 1n)] }))
    const both = await Promise.all(outcomes.flatMap((o) => [w.ledger.commit(o), other.ledger.commit(o)]))
    await other.close()
    expect(both.filter(({ replayed }) => !replayed)).toHaveLength(20)
    expect(await w.balance('user:a')).toBe(20n)
    for (const [i, receipt] of both.entries()) expect(receipt.first_seq).toBe(both[i ^ 1]!.first_seq)
  })

  test('a receipt is the same on another node, after others have moved the same accounts', async () => {
    const w = given()
    const outcome = w.outcome({
      owner: 'user:a',
      transfers: [pay('world', 'user:a', 10n), pay('issue:items', 'user:a', 2n, GEM), pay('user:a', 'user:b', 3n)],
    })
    const first = await w.ledger.commit(outcome)
    await w.pay(pay('user:a', 'user:b', 7n))
    const other = await w.store.open()
    expect(await other.ledger.commit(outcome)).toEqual({ ...first, replayed: true })
    expect(await other.ledger.reader.receipt(w.tenant, 'user:a', outcome.id)).toEqual({ ...first, replayed: true })
    await other.close()
  })

  test('an outcome that only places a hold is replayed too', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const outcome = w.outcome({ holds: [place('user:a', 'user:b', 4n)] })
    const first = await w.ledger.commit(outcome)
    expect(await w.ledger.commit(outcome)).toEqual({ ...first, replayed: true })
    expect(await w.held('user:a')).toBe(4n)
  })

  test('an outcome of an actor is replayed before the fence is asked', async () => {
    const w = given()
    const id = await w.actor()
    const outcome = w.outcome({ actor: { id, kind: 'thing', epoch: 0, version: 1 } })
    const first = await w.ledger.commit(outcome)
    await w.act({ id, version: 2 })
    expect(await w.ledger.commit(outcome)).toEqual({ ...first, replayed: true })
  })
}

function conflicting(given: Given): void {
  test('the same id for something else is a conflict', async () => {
    const w = given()
    const outcome = w.outcome({ transfers: [pay('world', 'user:a', 10n)] })
    await w.ledger.commit(outcome)
    expect(await refusal(w.ledger.commit({ ...outcome, request: digestOf('else') }))).toBe('ledger/conflict')
  })

  test('the same id for something else within one batch is a conflict', async () => {
    const w = given()
    const outcome = w.outcome({ transfers: [pay('world', 'user:a', 10n)] })
    const first = w.ledger.commit(outcome)
    expect(await refusal(w.ledger.commit({ ...outcome, request: digestOf('else') }))).toBe('ledger/conflict')
    expect((await first).replayed).toBe(false)
  })

  test('the request decides and not the content: a replay never moves more', async () => {
    const w = given()
    const outcome = w.outcome({ transfers: [pay('world', 'user:a', 10n)] })
    await w.ledger.commit(outcome)
    const other = { ...outcome, transfers: [pay('world', 'user:a', 99n)] }
    expect((await w.ledger.commit(other)).replayed).toBe(true)
    expect(await w.balance('user:a')).toBe(10n)
  })
}

function refusedFirst(given: Given): void {
  test('a refused outcome leaves no row, and its id can be used again', async () => {
    const w = given()
    const outcome = w.outcome({ owner: 'user:a', transfers: [pay('user:a', 'user:b', 5n)] })
    expect(await refusal(w.ledger.commit(outcome))).toBe('ledger/insufficient')
    expect(await w.ledger.reader.receipt(w.tenant, 'user:a', outcome.id)).toBeUndefined()
    await w.fund('user:a', 5n)
    expect((await w.ledger.commit(outcome)).replayed).toBe(false)
    expect(await w.balance('user:b')).toBe(5n)
  })

  test('a refused id can be used again for something else', async () => {
    const w = given()
    const id = uuidv7()
    expect(await refusal(w.commit({ id, transfers: [pay('user:a', 'user:b', 5n)] }))).toBe('ledger/insufficient')
    const receipt = await w.commit({ id, request: digestOf('else'), transfers: [pay('world', 'user:b', 5n)] })
    expect(receipt.replayed).toBe(false)
  })

  test('refused and then accepted within one batch', async () => {
    const w = given()
    const outcome = w.outcome({ owner: 'user:a', transfers: [pay('user:a', 'user:b', 5n)] })
    const first = w.ledger.commit(outcome)
    const funded = w.commit({ owner: 'user:a', transfers: [pay('world', 'user:a', 5n)] })
    const second = w.ledger.commit(outcome)
    expect(await refusal(first)).toBe('ledger/insufficient')
    await funded
    expect((await second).replayed).toBe(false)
  })
}

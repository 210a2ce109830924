import { describe, expect, test } from 'vitest'
import { uuidv7 } from '../../schema/uuid.ts'
import { EVENT, pay, place, refusal, type Given } from './world.ts'

export function groupSpec(given: Given): void {
  describe('group commit', () => {
    together(given)
    poison(given)
    limits(given)
  })
}

function together(given: Given): void {
  test('one refused outcome does not sink its neighbours', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const results = await Promise.allSettled([
      w.pay(pay('user:a', 'user:b', 1n)),
      w.pay(pay('user:poor', 'user:b', 1n)),
      w.commit({ events: [] }),
      w.commit({ holds: [{ type: 'void', hold: uuidv7() }] }),
      w.pay(pay('user:a', 'user:b', 2n)),
    ])
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, false, false, false, true])
    expect(await w.balance('user:b')).toBe(3n)
  })

  test('a thousand outcomes of one turn all commit, each once', async () => {
    const w = given()
    const receipts = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => w.pay(pay('world', `user:${i % 50}`, 1n))),
    )
    expect(new Set(receipts.map(({ first_seq }) => first_seq)).size).toBe(1_000)
    const accounts = await w.store.accounts(w.tenant)
    expect(accounts.filter(({ owner }) => owner.startsWith('user:')).every(({ balance }) => balance === 20n)).toBe(true)
    expect(await w.total()).toBe(0n)
  })

  test('hot accounts on two nodes at once: every cent is where it belongs', async () => {
    const w = given()
    const other = await w.store.open()
    await w.fund('user:hot', 1_000n)
    const pays = Array.from({ length: 300 }, (_, i) =>
      (i % 2 === 0 ? w.ledger : other.ledger).commit(
        w.outcome({ transfers: [pay('user:hot', `user:${i % 7}`, 2n), pay(`user:${i % 7}`, 'user:hot', 1n)] }),
      ),
    )
    await Promise.all(pays)
    await other.close()
    expect(await w.balance('user:hot')).toBe(700n)
    expect(await w.total()).toBe(0n)
  })
}

function poison(given: Given): void {
  /** Its id carries a time of which no partition keeps outcomes. */
  const ancient = () => uuidv7(86_400_000)

  test('an outcome that the store itself refuses is refused', async () => {
    const w = given()
    const before = await w.store.dump(w.tenant)
    expect(await refusal(w.commit({ id: ancient() }))).toBe('ledger/poisoned')
    expect(await w.store.dump(w.tenant)).toBe(before)
  })

  test('it is found among its neighbours, which commit', async () => {
    const w = given()
    const commits = Array.from({ length: 33 }, (_, i) =>
      w.commit({ ...(i === 20 ? { id: ancient() } : {}), transfers: [pay('world', 'user:a', 1n)] }),
    )
    const results = await Promise.allSettled(commits)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(32)
    expect(results[20]).toMatchObject({ reason: { code: 'ledger/poisoned' } })
    expect(await w.balance('user:a')).toBe(32n)
  })

  test('two of them among actors and holds', async () => {
    const w = given()
    await w.fund('user:a', 100n)
    const id = await w.actor()
    const results = await Promise.allSettled([
      w.act({ id, version: 1 }),
      w.commit({ id: ancient(), holds: [place('user:a', 'user:b', 60n)] }),
      w.act({ id, version: 2 }),
      w.hold(place('user:a', 'user:b', 70n)),
      w.commit({ id: ancient() }),
      w.act({ id, version: 3 }),
    ])
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, false, true])
    expect(await w.held('user:a')).toBe(70n)
  })
}

function limits(given: Given): void {
  test('past the queue’s limit a caller is told at once, and what was taken in commits', async () => {
    const w = given()
    const small = await w.store.open({ queue_outcomes_max: 10 })
    const commits = Array.from({ length: 25 }, () => small.ledger.commit(w.outcome()))
    const results = await Promise.allSettled(commits)
    await small.close()
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect(results.at(-1)).toMatchObject({ reason: { code: 'ledger/overloaded', retry: true } })
    expect(await w.events()).toHaveLength(10)
  })

  test('the queue is bounded in bytes as well', async () => {
    const w = given()
    const small = await w.store.open({ queue_bytes_max: 100_000 })
    const state = JSON.stringify('x'.repeat(60_000))
    const create = () =>
      small.ledger.commit(
        w.outcome({ actor: { id: `a-${uuidv7()}`, kind: 'thing', epoch: 0, version: 0, state }, events: [EVENT] }),
      )
    const [first, second] = await Promise.allSettled([create(), create()])
    await small.close()
    expect([first, second]).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'ledger/overloaded' } }])
  })

  test('a closed ledger has committed what it took and takes nothing more', async () => {
    const w = given()
    const other = await w.store.open()
    const commits = Array.from({ length: 30 }, () => other.ledger.commit(w.outcome()))
    await other.close()
    expect(await Promise.all(commits)).toHaveLength(30)
    expect(await refusal(other.ledger.commit(w.outcome()))).toBe('ledger/unavailable')
  })
}

import { describe, expect, test } from 'vitest'
import type { StatementEntry, StatementKey, StatementQuery } from '../ledger.ts'
import { GEM, pay, place, post, USD, type Given, type World } from './world.ts'

export function readerSpec(given: Given): void {
  describe('reading', () => {
    balances(given)
    statements(given)
    narrowedStatements(given)
    past(given)
    receipts(given)
  })
}

function balances(given: Given): void {
  test('an owner’s balances are all of theirs, by asset', async () => {
    const w = given()
    await w.pay(pay('world', 'user:a', 10n), pay('issue:items', 'user:a', 2n, GEM), pay('world', 'user:ab', 5n))
    const rest = { owner: 'user:a', kind: 'user', held: 0n, frozen: false }
    expect(await w.ledger.reader.balances(w.tenant, 'user:a')).toEqual([
      { ...rest, asset: GEM, balance: 2n },
      { ...rest, asset: USD, balance: 10n },
    ])
    expect(await w.ledger.reader.balances(w.tenant, 'user:nobody')).toEqual([])
  })

  test('an emptied account of a user stays, with nothing in it', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    await w.pay(pay('user:a', 'user:b', 10n))
    expect(await w.ledger.reader.balance(w.tenant, 'user:a', USD)).toMatchObject({ balance: 0n })
    expect(await w.ledger.reader.balance(w.tenant, 'user:a', GEM)).toBeUndefined()
  })

  test('an underscore in a name is an underscore', async () => {
    const w = given()
    await w.pay(pay('world', 'user:a_b', 1n), pay('world', 'user:axb', 2n))
    expect(await w.balance('user:a_b')).toBe(1n)
  })
}

/** Every page of `limit` entries, newest first. */
async function pages(w: World, owner: string, limit: number): Promise<StatementEntry[]> {
  const all: StatementEntry[] = []
  let before: StatementKey | undefined
  for (;;) {
    const query = { tenant: w.tenant, owner, limit }
    const page = await w.ledger.reader.statement(before === undefined ? query : { ...query, before })
    all.push(...page)
    if (page.length < limit) return all
    before = page.at(-1)!
  }
}

function narrowedStatements(given: Given): void {
  test('a statement can be of one kind, and of a time', async () => {
    const w = given()
    const [odd, even] = [[] as number[], [] as number[]]
    for (let i = 0; i < 6; i++) {
      const transfers = [pay('world', 'user:a', 10n), pay('user:a', 'user:b', BigInt(i + 1))]
      const { at_ms } = await w.commit({ kind: i % 2 ? 'odd' : 'even', transfers })
      ;(i % 2 ? odd : even).push(at_ms)
      await w.pay(pay('user:b', 'user:c', 1n))
      await w.store.pass(3)
    }
    const of = async (narrowed: Partial<StatementQuery>) =>
      (await w.ledger.reader.statement({ tenant: w.tenant, owner: 'user:a', limit: 100, ...narrowed })).map(
        ({ kind, amount, at_ms }) => [kind, amount, at_ms] as const,
      )
    expect((await of({ kind: 'odd' })).map(([, amount]) => amount)).toEqual([-6n, 10n, -4n, 10n, -2n, 10n])
    expect(await of({ kind: 'odd', limit: 2 })).toEqual((await of({ kind: 'odd' })).slice(0, 2))
    expect(await of({ kind: 'neither' })).toEqual([])
    const all = await of({})
    const [since_ms, until_ms] = [even[1]!, odd[2]!]
    const within = all.filter(([, , at_ms]) => at_ms >= since_ms && at_ms < until_ms)
    expect(within.length).toBeGreaterThan(0)
    expect(await of({ since_ms, until_ms })).toEqual(within)
    expect(await of({ since_ms: until_ms, kind: 'even' })).toEqual([])
  })
}

function statements(given: Given): void {
  test('a statement tells what went out and came in, newest first, with the balance after each', async () => {
    const w = given()
    const paid = w.outcome({ kind: 'first', transfers: [pay('world', 'user:a', 10n), pay('user:a', 'user:b', 4n)] })
    const first = await w.ledger.commit(paid)
    const second = await w.pay(pay('user:b', 'user:a', 1n))
    const entries = await w.ledger.reader.statement({ tenant: w.tenant, owner: 'user:a', limit: 10 })
    expect(entries.map(({ seq, n, amount, balance }) => ({ seq, n, amount, balance }))).toEqual([
      { seq: second.first_seq, n: 0, amount: 1n, balance: 7n },
      { seq: first.first_seq, n: 1, amount: -4n, balance: 6n },
      { seq: first.first_seq, n: 0, amount: 10n, balance: 10n },
    ])
    expect(entries[2]).toMatchObject({ kind: 'first', outcome: paid.id, asset: USD, actor: null, at_ms: first.at_ms })
  })

  for (const limit of [1, 2, 3, 7])
    test(`pages of ${limit} leave nothing out and tell nothing twice`, async () => {
      const w = given()
      for (let i = 1n; i <= 4n; i++)
        await w.pay(pay('world', 'user:a', i), pay('user:a', 'user:b', 1n), pay('issue:items', 'user:a', i, GEM))
      const entries = await pages(w, 'user:a', limit)
      expect(entries).toHaveLength(12)
      expect(entries).toEqual(await w.ledger.reader.statement({ tenant: w.tenant, owner: 'user:a', limit: 100 }))
      for (const asset of [USD, GEM]) {
        let running = 0n
        for (const entry of entries.filter((each) => each.asset === asset).toReversed())
          expect(entry.balance).toBe((running += entry.amount))
      }
    })

  test('a statement can be of one asset', async () => {
    const w = given()
    await w.pay(pay('world', 'user:a', 10n), pay('issue:items', 'user:a', 2n, GEM))
    const entries = await w.ledger.reader.statement({ tenant: w.tenant, owner: 'user:a', asset: GEM, limit: 10 })
    expect(entries.map(({ asset, amount }) => [asset, amount])).toEqual([[GEM, 2n]])
  })

  test('a posted hold is in the statement, a placed one is not', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const placing = place('user:a', 'user:b', 5n)
    await w.hold(placing)
    await w.hold(post(placing.hold, 3n))
    const entries = await w.ledger.reader.statement({ tenant: w.tenant, owner: 'user:a', limit: 10 })
    expect(entries.map(({ amount }) => amount)).toEqual([-3n, 10n])
  })

  test('another tenant’s statement is empty', async () => {
    const [w, other] = [given(), given()]
    await w.fund('user:a', 10n)
    expect(await other.ledger.reader.statement({ tenant: other.tenant, owner: 'user:a', limit: 10 })).toEqual([])
  })
}

function past(given: Given): void {
  test('a past balance is the one right after that seq', async () => {
    const w = given()
    const { reader } = w.ledger
    const at = (seq: bigint) => reader.balanceAt(w.tenant, 'user:a', USD, seq)
    const first = await w.fund('user:a', 10n)
    const second = await w.commit({ transfers: [pay('user:a', 'user:b', 3n), pay('user:a', 'user:b', 1n)] })
    const third = await w.pay(pay('user:b', 'user:a', 2n))
    expect(await at(first.first_seq - 1n)).toBe(0n)
    expect(await at(first.first_seq)).toBe(10n)
    expect(await at(second.last_seq)).toBe(6n)
    expect(await at(third.last_seq)).toBe(8n)
    expect(await at(third.last_seq + 1_000n)).toBe(8n)
  })

  test('of an account that never was it is nothing', async () => {
    const w = given()
    expect(await w.ledger.reader.balanceAt(w.tenant, 'user:nobody', USD, 1_000n)).toBe(0n)
  })
}

function receipts(given: Given): void {
  test('a receipt is read by its owner, and by nobody else', async () => {
    const [w, other] = [given(), given()]
    const outcome = w.outcome({ owner: 'user:a', transfers: [pay('world', 'user:a', 10n)] })
    const receipt = await w.ledger.commit(outcome)
    const { reader } = w.ledger
    expect(await reader.receipt(w.tenant, 'user:a', outcome.id)).toEqual({ ...receipt, replayed: true })
    expect(await reader.receipt(w.tenant, 'user:b', outcome.id)).toBeUndefined()
    expect(await reader.receipt(other.tenant, 'user:a', outcome.id)).toBeUndefined()
  })

  test('a receipt without an owner is read by nobody', async () => {
    const w = given()
    const { id } = await w.fund('user:a', 10n)
    expect(await w.ledger.reader.receipt(w.tenant, 'user:a', id)).toBeUndefined()
  })

  test('the head names the lineage and moves its hash with every batch', async () => {
    const w = given()
    const before = await w.ledger.reader.head()
    const { last_seq, at_ms } = await w.commit()
    const after = await w.ledger.reader.head()
    expect(after.lineage).toBe(w.opened.tail.lineage)
    expect(after).toMatchObject({ seq: last_seq, at_ms })
    expect(after.hash).toHaveLength(32)
    expect(Buffer.from(after.hash).equals(before.hash)).toBe(false)
  })
}

import { describe, expect, test } from 'vitest'
import { HOUSE } from '../../schema/account.ts'
import { AMOUNT_MAX } from '../../schema/amount.ts'
import { pay, refusal, USD, type Given, type World } from './world.ts'

/** Spreads the house over two stripes, one of this ledger and one of another node's. */
async function spread(w: World, here: bigint, there: bigint): Promise<void> {
  const legs = (amount: bigint) => [pay('world', HOUSE, amount)]
  const other = await w.store.open({ lanes: 1 })
  await w.ledger.commit(w.outcome({ transfers: legs(here) }))
  await other.ledger.commit(w.outcome({ transfers: legs(there) }))
  await other.close()
}

const stripes = async (w: World) =>
  (await w.store.accounts(w.tenant)).filter(({ owner }) => owner.startsWith(`${HOUSE}#`))

export function stripeSpec(given: Given): void {
  describe('the striped house', () => {
    test('stands on a stripe for each lane and is read as one', async () => {
      const w = given()
      await spread(w, 10n, 5n)
      expect(await stripes(w)).toHaveLength(2)
      expect(await w.balance(HOUSE)).toBe(15n)
    })

    test('a short stripe draws on the others, so that only the sum can refuse', async () => {
      const w = given()
      await spread(w, 10n, 30n)
      await w.pay(pay(HOUSE, 'user:a', 35n))
      expect(await w.balance(HOUSE)).toBe(5n)
      expect(await refusal(w.pay(pay(HOUSE, 'user:a', 6n)))).toBe('ledger/insufficient')
      await w.pay(pay(HOUSE, 'user:a', 5n))
      expect(await w.balance(HOUSE)).toBe(0n)
      expect(await w.total()).toBe(0n)
    })

    test('a draw that is not enough after all leaves the stripes as they were', async () => {
      const w = given()
      await spread(w, 10n, 30n)
      const before = await w.store.dump(w.tenant)
      const legs = [pay(HOUSE, 'user:a', 35n), pay('user:poor', 'user:a', 1n)]
      expect(await refusal(w.pay(...legs))).toBe('ledger/insufficient')
      expect(await w.store.dump(w.tenant)).toBe(before)
    })

    test('several spends of one batch share what there is', async () => {
      const w = given()
      await spread(w, 10n, 30n)
      const spends = await Promise.allSettled(
        Array.from({ length: 5 }, (_, i) => w.commit({ owner: 'user:a', transfers: [pay(HOUSE, `user:${i}`, 9n)] })),
      )
      expect(spends.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
      expect(await w.balance(HOUSE)).toBe(4n)
    })

    test('receipts leave stripes out, today and on every replay', async () => {
      const w = given()
      await spread(w, 10n, 30n)
      const outcome = w.outcome({ owner: 'user:a', transfers: [pay(HOUSE, 'user:a', 40n)] })
      const receipt = await w.ledger.commit(outcome)
      expect(receipt.balances).toEqual([{ owner: 'user:a', asset: USD, balance: 40n }])
      expect(await w.ledger.commit(outcome)).toEqual({ ...receipt, replayed: true })
    })

    test('the house’s past balance is the sum over its stripes', async () => {
      const w = given()
      await spread(w, 10n, 30n)
      const paid = await w.pay(pay(HOUSE, 'user:a', 35n))
      const at = (seq: bigint) => w.ledger.reader.balanceAt(w.tenant, HOUSE, USD, seq)
      expect([await at(paid.first_seq - 1n), await at(paid.last_seq)]).toEqual([40n, 5n])
    })

    test('the sum over stripes may be more than one account can count', async () => {
      const w = given()
      const other = await w.store.open({ lanes: 1 })
      await w.fund('user:a', AMOUNT_MAX)
      const { last_seq } = await other.ledger.commit(w.outcome({ transfers: [pay('world', 'user:b', AMOUNT_MAX)] }))
      await other.close()
      expect(await w.balance('world')).toBe(-2n * AMOUNT_MAX)
      expect(await w.ledger.reader.balanceAt(w.tenant, 'world', USD, last_seq)).toBe(-2n * AMOUNT_MAX)
    })

    test('the house’s statement tells what came and went, not what moved between stripes', async () => {
      const w = given()
      await spread(w, 10n, 30n)
      await w.pay(pay(HOUSE, 'user:a', 35n))
      for (const limit of [1, 10]) {
        const newest = await w.ledger.reader.statement({ tenant: w.tenant, owner: HOUSE, limit })
        expect(newest.map(({ amount }) => amount)).toEqual([-35n, 30n, 10n].slice(0, limit))
      }
    })
  })
}

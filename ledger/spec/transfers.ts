import { describe, expect, test } from 'vitest'
import { AMOUNT_MAX } from '../../schema/amount.ts'
import type { AssetId } from '../../schema/asset.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { EVENT, GEM, pay, refusal, USD, type Given } from './world.ts'

export function transferSpec(given: Given): void {
  describe('transfers', () => {
    moving(given)
    order(given)
    amounts(given)
    shapes(given)
  })
}

function moving(given: Given): void {
  test('money leaves one account and arrives in the other', async () => {
    const w = given()
    await w.fund('user:a', 100n)
    const receipt = await w.pay(pay('user:a', 'user:b', 30n))
    expect(await w.balance('user:a')).toBe(70n)
    expect(await w.balance('user:b')).toBe(30n)
    expect(receipt.balances).toEqual([
      { owner: 'user:a', asset: USD, balance: 70n },
      { owner: 'user:b', asset: USD, balance: 30n },
    ])
    expect(receipt.replayed).toBe(false)
  })

  test('many legs in many assets commit as one', async () => {
    const w = given()
    await w.pay(pay('world', 'user:a', 100n), pay('issue:items', 'user:b', 3n, GEM))
    const receipt = await w.pay(
      pay('user:a', 'user:b', 60n),
      pay('user:b', 'user:a', 2n, GEM),
      pay('user:a', 'user:c', 40n),
    )
    expect(receipt.last_seq - receipt.first_seq).toBe(0n)
    expect(await w.balance('user:a')).toBe(0n)
    expect(await w.balance('user:a', GEM)).toBe(2n)
    expect(await w.balance('user:b', GEM)).toBe(1n)
    expect(await w.balance('user:c')).toBe(40n)
    expect([await w.total(), await w.total(GEM)]).toEqual([0n, 0n])
  })

  test('a leg that cannot pay leaves nothing of the others', async () => {
    const w = given()
    await w.fund('user:a', 100n)
    const before = await w.store.dump(w.tenant)
    const legs = [pay('user:a', 'user:b', 60n), pay('user:a', 'user:c', 60n), pay('world', 'user:a', 500n)]
    expect(await refusal(w.pay(...legs))).toBe('ledger/insufficient')
    expect(await w.store.dump(w.tenant)).toBe(before)
  })

  test('the last cent can be spent, one more cannot', async () => {
    const w = given()
    await w.fund('user:a', 100n)
    expect(await refusal(w.pay(pay('user:a', 'user:b', 101n)))).toBe('ledger/insufficient')
    await w.pay(pay('user:a', 'user:b', 100n))
    expect(await refusal(w.pay(pay('user:a', 'user:b', 1n)))).toBe('ledger/insufficient')
  })

  test('an account that never was has nothing to spend', async () => {
    const w = given()
    expect(await refusal(w.pay(pay('user:nobody', 'user:b', 1n)))).toBe('ledger/insufficient')
    expect(await w.ledger.reader.balance(w.tenant, 'user:nobody', USD)).toBeUndefined()
    expect(await w.store.accounts(w.tenant)).toEqual([])
  })
}

function order(given: Given): void {
  test('legs apply in order: money that comes in first can go out after', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    await w.pay(pay('user:a', 'user:b', 10n), pay('user:b', 'user:c', 10n))
    expect(await w.balance('user:c')).toBe(10n)
  })

  test('legs apply in order: money that would come in later cannot go out before', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const legs = [pay('user:b', 'user:c', 10n), pay('user:a', 'user:b', 10n)]
    expect(await refusal(w.pay(...legs))).toBe('ledger/insufficient')
  })

  test('a receipt tells each balance as the last leg left it', async () => {
    const w = given()
    const receipt = await w.pay(pay('world', 'user:a', 10n), pay('user:a', 'user:b', 4n), pay('user:b', 'user:a', 1n))
    expect(receipt.balances).toEqual([
      { owner: 'user:a', asset: USD, balance: 7n },
      { owner: 'user:b', asset: USD, balance: 3n },
    ])
  })

  test('outcomes of one turn decide in the order of submission against what those before left', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const spend = (to: string) => w.commit({ owner: 'user:a', transfers: [pay('user:a', to, 6n)] })
    const [first, second] = await Promise.allSettled([spend('user:b'), spend('user:c')])
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected'])
    expect(await w.balance('user:c')).toBe(0n)
  })
}

function amounts(given: Given): void {
  for (const amount of [0n, -1n, -AMOUNT_MAX])
    test(`an amount of ${amount} is refused`, async () => {
      const w = given()
      expect(await refusal(w.pay(pay('world', 'user:a', amount)))).toBe('ledger/invalid')
    })

  test('2^63 − 1 can be moved, 2^63 is an overflow', async () => {
    const w = given()
    expect(await refusal(w.pay(pay('world', 'user:a', 2n ** 63n)))).toBe('ledger/overflow')
    await w.pay(pay('world', 'user:a', AMOUNT_MAX))
    expect(await w.balance('user:a')).toBe(AMOUNT_MAX)
    expect((await w.ledger.reader.balance(w.tenant, 'world', USD))?.balance).toBe(-AMOUNT_MAX)
    await w.pay(pay('user:a', 'user:b', AMOUNT_MAX))
    expect(await w.balance('user:b')).toBe(AMOUNT_MAX)
  })

  test('a balance does not grow past 2^63 − 1', async () => {
    const w = given()
    await w.fund('user:a', AMOUNT_MAX)
    await w.commit({ transfers: [pay('debt:user:b', 'user:b', 1n)] })
    expect(await refusal(w.pay(pay('user:b', 'user:a', 1n)))).toBe('ledger/overflow')
    expect(await w.balance('user:b')).toBe(1n)
  })

  test('a balance does not fall below −(2^63 − 1)', async () => {
    const w = given()
    await w.pay(pay('debt:user:a', 'user:a', AMOUNT_MAX))
    expect(await refusal(w.pay(pay('debt:user:a', 'user:b', 1n)))).toBe('ledger/overflow')
  })
}

function shapes(given: Given): void {
  test('nobody pays themselves', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    expect(await refusal(w.pay(pay('user:a', 'user:a', 1n)))).toBe('ledger/invalid')
  })

  for (const owner of ['nobody', 'pirate:a', 'user:', 'user:a b', 'house:main#0', 'User:a', ''])
    test(`"${owner}" is not an owner`, async () => {
      const w = given()
      expect(await refusal(w.pay(pay('world', owner, 1n)))).toBe('ledger/invalid')
    })

  test('an asset needs the shape of one', async () => {
    const w = given()
    expect(await refusal(w.pay(pay('world', 'user:a', 1n, 'US DOLLARS' as AssetId)))).toBe('ledger/invalid')
  })

  test('an outcome needs an event, a digest, a kind and an id of ours', async () => {
    const w = given()
    expect(await refusal(w.commit({ events: [] }))).toBe('ledger/invalid')
    expect(await refusal(w.commit({ request: 'abc' }))).toBe('ledger/invalid')
    expect(await refusal(w.commit({ kind: 'No Kind' }))).toBe('ledger/invalid')
    expect(await refusal(w.commit({ id: '6f9619ff-8b86-4011-b42d-00cf4fc964ff' as never }))).toBe('ledger/invalid')
    expect(await refusal(w.commit({ events: [{ ...EVENT, type: 'no.such' as never }] }))).toBe('ledger/invalid')
  })

  test('2,000 legs are taken, 2,001 are not', async () => {
    const w = given()
    const leg = pay('world', 'user:a', 1n)
    expect(await refusal(w.commit({ transfers: Array.from({ length: 2_001 }, () => leg) }))).toBe('ledger/invalid')
    await w.commit({ transfers: Array.from({ length: 2_000 }, () => leg) })
    expect(await w.balance('user:a')).toBe(2_000n)
  })

  test('an id more than 60 s ahead is refused, one just ahead is not', async () => {
    const w = given()
    const far = uuidv7(await w.in_ms(65_000))
    expect(await refusal(w.commit({ id: far }))).toBe('ledger/too-far-ahead')
    await w.commit({ id: uuidv7(await w.in_ms(50_000)) })
  })
}

import { describe, expect, test } from 'vitest'
import { AMOUNT_MAX } from '../../schema/amount.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { pay, place, post, refusal, type Given } from './world.ts'

export function holdSpec(given: Given): void {
  describe('holds', () => {
    placing(given)
    posting(given)
    reusing(given)
  })
}

function placing(given: Given): void {
  test('a placed hold reserves: the balance stays, what can be spent does not', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const receipt = await w.hold(place('user:a', 'user:b', 6n))
    expect(receipt.balances).toEqual([])
    expect([await w.balance('user:a'), await w.held('user:a')]).toEqual([10n, 6n])
    expect(await refusal(w.pay(pay('user:a', 'user:c', 5n)))).toBe('ledger/insufficient')
    await w.pay(pay('user:a', 'user:c', 4n))
  })

  test('more than can be spent cannot be reserved', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 6n))
    expect(await refusal(w.hold(place('user:a', 'user:b', 5n)))).toBe('ledger/insufficient')
    await w.hold(place('user:a', 'user:b', 4n))
    expect(await w.held('user:a')).toBe(10n)
  })

  test('what is reserved has the shape of a transfer', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    expect(await refusal(w.hold(place('user:a', 'user:b', 0n)))).toBe('ledger/invalid')
    expect(await refusal(w.hold(place('user:a', 'user:a', 1n)))).toBe('ledger/invalid')
    expect(await refusal(w.hold(place('user:a', 'user:b', 2n ** 63n)))).toBe('ledger/overflow')
    expect(await refusal(w.hold(place('user:a', 'user:b', 1n, { hold: 'h1' as never })))).toBe('ledger/invalid')
    for (const expires_at_ms of [1.5, Number.NaN, Infinity, -1])
      expect(await refusal(w.hold(place('user:a', 'user:b', 1n, { expires_at_ms })))).toBe('ledger/invalid')
  })

  test('reserving past 2^63 − 1 in all is an overflow, also where there is no floor', async () => {
    const w = given()
    await w.hold(place('debt:user:a', 'user:b', AMOUNT_MAX))
    expect(await refusal(w.hold(place('debt:user:a', 'user:b', 1n)))).toBe('ledger/overflow')
  })

  test('a hold may be placed and posted in one outcome', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 6n, { hold }), post(hold))
    expect([await w.balance('user:a'), await w.held('user:a'), await w.balance('user:b')]).toEqual([4n, 0n, 6n])
  })
}

function posting(given: Given): void {
  test('posting moves all of it', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 6n, { hold }))
    const receipt = await w.hold(post(hold))
    expect(receipt.balances.map(({ owner, balance }) => [owner, balance])).toEqual([
      ['user:a', 4n],
      ['user:b', 6n],
    ])
    expect(await w.held('user:a')).toBe(0n)
  })

  test('posting a part moves the part and frees the rest', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 6n, { hold }))
    await w.hold(post(hold, 2n))
    expect([await w.balance('user:a'), await w.held('user:a'), await w.balance('user:b')]).toEqual([8n, 0n, 2n])
    expect(await refusal(w.hold(post(hold, 1n)))).toBe('ledger/hold-gone')
  })

  test('no more than is reserved can be posted, and the hold stays', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 6n, { hold }))
    expect(await refusal(w.hold(post(hold, 7n)))).toBe('ledger/hold-exceeded')
    expect(await refusal(w.hold(post(hold, 0n)))).toBe('ledger/invalid')
    expect(await w.held('user:a')).toBe(6n)
    await w.hold(post(hold, 6n))
  })

  test('voiding frees it', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 6n, { hold }))
    await w.hold({ type: 'void', hold })
    expect([await w.balance('user:a'), await w.held('user:a')]).toEqual([10n, 0n])
    expect(await refusal(w.hold({ type: 'void', hold }))).toBe('ledger/hold-gone')
    expect(await refusal(w.hold(post(hold)))).toBe('ledger/hold-gone')
  })

  test('a hold that never was is gone', async () => {
    const w = given()
    expect(await refusal(w.hold(post(uuidv7())))).toBe('ledger/hold-gone')
  })

  test('another tenant’s hold is gone', async () => {
    const [w, other] = [given(), given()]
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 6n, { hold }))
    expect(await refusal(other.hold(post(hold)))).toBe('ledger/hold-gone')
    expect(await refusal(other.hold({ type: 'void', hold }))).toBe('ledger/hold-gone')
    expect(await w.held('user:a')).toBe(6n)
  })

  test('a refused outcome leaves the holds it would have closed', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 6n, { hold }))
    const before = await w.store.dump(w.tenant)
    expect(await refusal(w.hold(post(hold), post(uuidv7())))).toBe('ledger/hold-gone')
    expect(await w.store.dump(w.tenant)).toBe(before)
    await w.hold(post(hold))
  })
}

function reusing(given: Given): void {
  test('the id of an open hold cannot be used again', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 1n, { hold }))
    expect(await refusal(w.hold(place('user:a', 'user:b', 1n, { hold })))).toBe('ledger/conflict')
  })

  test('the id of a closed hold cannot be used again', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 1n, { hold }))
    await w.hold(post(hold))
    expect(await refusal(w.hold(place('user:a', 'user:b', 1n, { hold })))).toBe('ledger/conflict')
    expect(await w.held('user:a')).toBe(0n)
  })

  test('the id of a hold that one outcome placed and voided cannot be used again', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 1n, { hold }), { type: 'void', hold })
    expect(await refusal(w.hold(place('user:a', 'user:b', 1n, { hold })))).toBe('ledger/conflict')
  })

  test('a hold on the house is posted from the stripe it was placed on', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('house:main', 10n)
    await w.hold(place('house:main', 'user:b', 6n, { hold }))
    await w.hold(post(hold, 5n))
    expect([await w.balance('house:main'), await w.held('house:main')]).toEqual([5n, 0n])
  })
}

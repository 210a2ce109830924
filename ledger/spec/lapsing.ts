import { describe, expect, test } from 'vitest'
import { uuidv7, type OutcomeId } from '../../schema/uuid.ts'
import { pay, place, post, refusal, type Given, type World } from './world.ts'

const TTL_MS = 10_000

/** `user:a` has 10, of which 6 are held for `user:b` until 10 s from now. */
async function heldFor10s(w: World): Promise<OutcomeId> {
  const hold = uuidv7()
  await w.fund('user:a', 10n)
  await w.hold(place('user:a', 'user:b', 6n, { hold, expires_at_ms: await w.in_ms(TTL_MS) }))
  return hold
}

export function lapsingSpec(given: Given): void {
  describe('holds that lapse', () => {
    freeing(given)
    telling(given)
    refusing(given)
  })
}

function freeing(given: Given): void {
  test('before its time a hold holds', async () => {
    const w = given()
    const hold = await heldFor10s(w)
    await w.store.pass(TTL_MS / 2)
    expect(await refusal(w.pay(pay('user:a', 'user:c', 5n)))).toBe('ledger/insufficient')
    await w.hold(post(hold))
    expect(await w.balance('user:b')).toBe(6n)
  })

  test('from its time on its money can be spent, nobody having asked', async () => {
    const w = given()
    await heldFor10s(w)
    await w.store.pass(TTL_MS)
    await w.pay(pay('user:a', 'user:c', 10n))
    expect([await w.balance('user:a'), await w.held('user:a')]).toEqual([0n, 0n])
  })

  test('from its time on readers see its money free', async () => {
    const w = given()
    await heldFor10s(w)
    expect(await w.held('user:a')).toBe(6n)
    await w.store.pass(TTL_MS)
    expect(await w.held('user:a')).toBe(0n)
    expect((await w.ledger.reader.balances(w.tenant, 'user:a'))[0]).toMatchObject({ balance: 10n, held: 0n })
  })

  test('money of a lapsed hold on the house is free as well', async () => {
    const w = given()
    await w.fund('house:main', 10n)
    await w.hold(place('house:main', 'user:b', 10n, { expires_at_ms: await w.in_ms(TTL_MS) }))
    await w.store.pass(TTL_MS)
    await w.pay(pay('house:main', 'user:c', 10n))
    expect(await w.balance('user:c')).toBe(10n)
  })

  test('several holds of one account lapse each in its time', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 3n, { expires_at_ms: await w.in_ms(TTL_MS) }))
    await w.hold(place('user:a', 'user:b', 4n, { expires_at_ms: await w.in_ms(2 * TTL_MS) }))
    await w.hold(place('user:a', 'user:b', 2n))
    await w.store.pass(TTL_MS)
    expect(await w.held('user:a')).toBe(6n)
    await w.store.pass(TTL_MS)
    expect(await w.held('user:a')).toBe(2n)
  })
}

function telling(given: Given): void {
  test('the spend that frees the money tells of the lapse, exactly once', async () => {
    const w = given()
    const hold = await heldFor10s(w)
    await w.store.pass(TTL_MS)
    await w.pay(pay('user:a', 'user:c', 10n))
    await w.opened.expire()
    expect((await w.events('hold.expired')).map(({ payload }) => payload)).toEqual([{ hold }])
  })

  test('the lapse is told with nobody touching the account, exactly once', async () => {
    const w = given()
    const hold = await heldFor10s(w)
    await w.opened.expire()
    expect(await w.events('hold.expired')).toEqual([])
    await w.store.pass(TTL_MS)
    await Promise.all([w.opened.expire(), w.opened.expire(), w.opened.expire()])
    expect((await w.events('hold.expired')).map(({ payload }) => payload)).toEqual([{ hold }])
  })

  test('a refused outcome still lets the lapse be told', async () => {
    const w = given()
    await heldFor10s(w)
    await w.store.pass(TTL_MS)
    expect(await refusal(w.pay(pay('user:a', 'user:c', 11n)))).toBe('ledger/insufficient')
    await w.opened.expire()
    expect(await w.events('hold.expired')).toHaveLength(1)
  })

  test('an old hold id, or one from far ahead, lapses like any other', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const expires_at_ms = await w.in_ms(TTL_MS)
    for (const hold of [uuidv7(1), uuidv7(Date.now() + 3_600_000)])
      await w.hold(place('user:a', 'user:b', 5n, { hold, expires_at_ms }))
    await w.store.pass(TTL_MS)
    await w.pay(pay('user:a', 'user:c', 10n))
    await w.opened.expire()
    expect(await w.events('hold.expired')).toHaveLength(2)
  })

  test('a hold that was posted is never told to have lapsed', async () => {
    const w = given()
    const hold = await heldFor10s(w)
    await w.hold(post(hold))
    await w.store.pass(TTL_MS)
    await w.opened.expire()
    expect(await w.events('hold.expired')).toEqual([])
  })
}

function refusing(given: Given): void {
  test('a lapsed hold can neither be posted nor voided', async () => {
    const w = given()
    const hold = await heldFor10s(w)
    await w.store.pass(TTL_MS)
    expect(await refusal(w.hold(post(hold)))).toBe('ledger/hold-gone')
    expect(await refusal(w.hold({ type: 'void', hold }))).toBe('ledger/hold-gone')
    expect(await w.balance('user:b')).toBe(0n)
  })

  test('a hold cannot be expired before its time, and one without a time never', async () => {
    const w = given()
    const hold = await heldFor10s(w)
    expect(await refusal(w.hold({ type: 'expire', hold }))).toBe('ledger/invalid')
    const forever = uuidv7()
    await w.hold(place('user:a', 'user:b', 1n, { hold: forever }))
    await w.store.pass(TTL_MS)
    expect(await refusal(w.hold({ type: 'expire', hold: forever }))).toBe('ledger/invalid')
  })

  test('a hold that would have lapsed already is not placed', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const late = place('user:a', 'user:b', 1n, { expires_at_ms: (await w.in_ms(0)) - 1 })
    expect(await refusal(w.hold(late))).toBe('ledger/invalid')
  })

  test('the id of a lapsed hold cannot be used again', async () => {
    const w = given()
    const hold = await heldFor10s(w)
    await w.store.pass(TTL_MS)
    await w.opened.expire()
    expect(await refusal(w.hold(place('user:a', 'user:b', 1n, { hold })))).toBe('ledger/conflict')
  })
}

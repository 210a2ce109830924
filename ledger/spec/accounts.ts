import { describe, expect, test } from 'vitest'
import { CELL_TENANT } from '../book.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { pay, place, post, refusal, USD, type Given, type World } from './world.ts'

export function accountSpec(given: Given): void {
  describe('accounts', () => {
    kinds(given)
    tenants(given)
    freezing(given)
    closing(given)
  })
}

function kinds(given: Given): void {
  for (const owner of ['user:a', 'escrow:battle-1', 'stock:box', 'budget:user:a', 'settlement:partner', 'house:main'])
    test(`${owner} may not go below zero`, async () => {
      const w = given()
      expect(await refusal(w.pay(pay(owner, 'user:b', 1n)))).toBe('ledger/insufficient')
    })

  for (const owner of ['world', 'issue:items', 'faucet:play', 'debt:user:a'])
    test(`${owner} may go below zero`, async () => {
      const w = given()
      await w.pay(pay(owner, 'user:b', 5n))
      expect(await w.balance(owner)).toBe(-5n)
    })

  test('a charge-back the user cannot cover goes to their debt, which they pay back later', async () => {
    const w = given()
    await w.fund('user:a', 30n)
    await w.pay(pay('user:a', 'world', 30n), pay('debt:user:a', 'world', 70n))
    expect(await w.balance('debt:user:a')).toBe(-70n)
    await w.fund('user:a', 100n)
    await w.pay(pay('user:a', 'debt:user:a', 70n))
    expect([await w.balance('debt:user:a'), await w.balance('user:a')]).toEqual([0n, 30n])
  })

  test('a budget refuses what goes past the limit that a person set', async () => {
    const w = given()
    await w.pay(pay('world', 'user:a', 100n), pay('issue:budget', 'budget:user:a', 50n))
    const stake = (amount: bigint) =>
      w.pay(pay('user:a', 'house:main', amount), pay('budget:user:a', 'issue:budget', amount))
    await stake(50n)
    expect(await refusal(stake(1n))).toBe('ledger/insufficient')
    expect(await w.balance('user:a')).toBe(50n)
  })
}

function tenants(given: Given): void {
  test('the same name in two tenants is two accounts', async () => {
    const [w, other] = [given(), given()]
    await w.fund('user:a', 10n)
    expect(await other.balance('user:a')).toBe(0n)
    expect(await refusal(other.pay(pay('user:a', 'user:b', 1n)))).toBe('ledger/insufficient')
  })

  test('money crosses tenants over a named settlement account', async () => {
    const [w, other] = [given(), given()]
    const bridge = `settlement:${w.tenant}`
    await w.fund('user:a', 10n)
    await w.pay(pay('user:a', bridge, 10n))
    await other.pay(pay(bridge, 'user:b', 4n))
    expect(await other.balance('user:b')).toBe(4n)
    expect((await w.ledger.reader.balance(CELL_TENANT, bridge, USD))?.balance).toBe(6n)
    expect(await refusal(other.pay(pay(bridge, 'user:b', 7n)))).toBe('ledger/insufficient')
    expect([await w.total(), await other.total()]).toEqual([-10n, 4n])
  })

  test('a receipt says nothing of what stands between tenants', async () => {
    const w = given()
    const bridge = `settlement:${w.tenant}`
    await w.fund('user:a', 10n)
    const outcome = w.outcome({ owner: 'user:a', transfers: [pay('user:a', bridge, 10n)] })
    const receipt = await w.ledger.commit(outcome)
    expect(receipt.balances).toEqual([{ owner: 'user:a', asset: USD, balance: 0n }])
    const stored = await w.ledger.reader.receipt(w.tenant, 'user:a', outcome.id)
    expect(stored?.balances).toEqual(receipt.balances)
  })

  test('one batch may mix tenants', async () => {
    const worlds = [given(), given(), given()]
    await Promise.all(worlds.map((w, i) => w.fund('user:a', BigInt(i + 1))))
    expect(await Promise.all(worlds.map((w) => w.balance('user:a')))).toEqual([1n, 2n, 3n])
  })
}

function freezing(given: Given): void {
  test('money may come in to a frozen account and none may go out', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    await w.freeze('user:a')
    await w.fund('user:a', 5n)
    expect(await refusal(w.pay(pay('user:a', 'user:b', 1n)))).toBe('ledger/frozen')
    expect(await w.ledger.reader.balance(w.tenant, 'user:a', USD)).toMatchObject({ balance: 15n, frozen: true })
    await w.freeze('user:a', false)
    await w.pay(pay('user:a', 'user:b', 15n))
  })

  test('a hold is neither placed on nor posted from a frozen account, but it can be voided', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 4n, { hold }))
    await w.freeze('user:a')
    expect(await refusal(w.hold(place('user:a', 'user:b', 1n)))).toBe('ledger/frozen')
    expect(await refusal(w.hold(post(hold)))).toBe('ledger/frozen')
    await w.hold({ type: 'void', hold })
    expect(await w.held('user:a')).toBe(0n)
  })

  test('freezing within an outcome holds for the outcomes after it', async () => {
    const w = given()
    await w.fund('user:a', 10n)
    const freezes = [{ owner: 'user:a', asset: USD, frozen: true }]
    await w.commit({ transfers: [pay('user:a', 'user:b', 4n)], freezes })
    expect(await refusal(w.pay(pay('user:a', 'user:b', 1n)))).toBe('ledger/frozen')
  })

  test('an outcome that frees and freezes takes from an account that stays frozen for everyone else', async () => {
    const w = given()
    const hold = uuidv7()
    await w.fund('user:a', 10n)
    await w.hold(place('user:a', 'user:b', 4n, { hold }))
    await w.freeze('user:a')
    const through = [true, false].map((frozen) => ({ owner: 'user:a', asset: USD, frozen }))
    await w.commit({ transfers: [pay('user:a', 'user:b', 3n)], holds: [post(hold)], freezes: through })
    expect(await w.balance('user:a')).toBe(3n)
    expect(await refusal(w.pay(pay('user:a', 'user:b', 1n)))).toBe('ledger/frozen')
  })

  test('an account can be frozen before it has ever had money', async () => {
    const w = given()
    await w.freeze('user:new')
    await w.fund('user:new', 5n)
    expect(await refusal(w.pay(pay('user:new', 'user:b', 1n)))).toBe('ledger/frozen')
  })

  test('a hot account cannot be frozen', async () => {
    const w = given()
    expect(await refusal(w.freeze('house:main'))).toBe('ledger/invalid')
  })
}

function closing(given: Given): void {
  const escrow = 'escrow:battle-1'

  async function settled(w: World): Promise<string> {
    const id = await w.actor()
    await w.fund('user:a', 10n)
    await w.act({ id, version: 1 }, { transfers: [pay('user:a', escrow, 10n)] })
    await w.act({ id, version: 2, finished: true }, { transfers: [pay(escrow, 'user:b', 10n)] })
    return id
  }

  test('the emptied escrow of a finished actor leaves the hot accounts', async () => {
    const w = given()
    await settled(w)
    expect(await w.ledger.reader.balance(w.tenant, escrow, USD)).toBeUndefined()
    expect((await w.store.accounts(w.tenant)).map(({ owner }) => owner)).not.toContain(escrow)
    expect(await w.total()).toBe(0n)
  })

  test('a closed escrow keeps its statement and its past balances', async () => {
    const w = given()
    await settled(w)
    const entries = await w.ledger.reader.statement({ tenant: w.tenant, owner: escrow, limit: 10 })
    expect(entries.map(({ amount, balance }) => [amount, balance])).toEqual([
      [-10n, 0n],
      [10n, 10n],
    ])
    expect(await w.ledger.reader.balanceAt(w.tenant, escrow, USD, entries[1]!.seq)).toBe(10n)
  })

  test('an escrow that is not empty stays', async () => {
    const w = given()
    const id = await w.actor()
    await w.fund(escrow, 10n)
    await w.act({ id, version: 1, finished: true }, { transfers: [pay(escrow, 'user:b', 9n)] })
    expect(await w.balance(escrow)).toBe(1n)
  })

  test('a closed escrow opens anew when money comes', async () => {
    const w = given()
    await settled(w)
    await w.fund(escrow, 3n)
    expect(await w.balance(escrow)).toBe(3n)
    expect(await w.ledger.reader.statement({ tenant: w.tenant, owner: escrow, limit: 10 })).toHaveLength(3)
  })

  test('a hold for a closed escrow can no longer be posted, only voided, in the same batch as later', async () => {
    const w = given()
    const [id, hold] = [await w.actor(), uuidv7()]
    await w.pay(pay('world', 'user:a', 10n), pay('world', escrow, 5n))
    await w.hold(place('user:a', escrow, 10n, { hold }))
    const closing = w.act({ id, version: 1, finished: true }, { transfers: [pay(escrow, 'user:b', 5n)] })
    const posting = w.commit({ owner: 'user:a', holds: [post(hold)] }) // a caller that waits for nothing: the same batch
    expect(await refusal(posting)).toBe('ledger/hold-gone')
    await closing
    expect(await refusal(w.hold(post(hold)))).toBe('ledger/hold-gone')
    await w.hold({ type: 'void', hold })
    expect(await w.held('user:a')).toBe(0n)
  })

  test('an escrow that one outcome both fills and empties closes with its actor', async () => {
    const w = given()
    const transfers = [pay('world', escrow, 5n), pay(escrow, 'user:a', 5n)]
    await w.act({ id: `a-${uuidv7()}`, version: 0, state: '{}', finished: true }, { transfers })
    expect(await w.ledger.reader.balance(w.tenant, escrow, USD)).toBeUndefined()
  })
}

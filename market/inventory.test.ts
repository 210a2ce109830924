import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureHandle } from '../access/user.ts'
import { itemAsset, PLAY_CREDIT, toAsset } from '../schema/asset.ts'
import { maskedUser } from '../schema/masked-user.ts'
import { balanceOf, codeOf, give, newDealer, otherMarket, PENNY, type Dealer } from '../test/market.ts'
import { openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const pennies = (who: Dealer) => balanceOf(node, who, PENNY)
let keys = 0
const key = () => `k${++keys}`
async function owner(count: bigint): Promise<Dealer> {
  const made = await newDealer(node)
  await give(node, made, PENNY, count)
  return made
}
const mark = ({ principal }: Dealer, marks: Parameters<TestNode['market']['mark']>[3], asset = PENNY) =>
  node.market.mark(principal, key(), asset, marks)
const lock = async (who: Dealer, locked: number) => (await mark(who, { locked })).item
const sell = ({ principal }: Dealer, count: number) => node.openings.sell(principal, key(), { asset: PENNY, count })
const send = ({ principal }: Dealer, to: Dealer | string, count: number, asset = PENNY) =>
  node.market.transfer(principal, key(), { to: typeof to === 'string' ? to : to.id, asset, count })
const list = ({ principal }: Dealer) => node.market.open(principal, key(), { asset: PENNY, price: '100' })
const offer = ({ principal }: Dealer, to: Dealer, count: number) =>
  node.market.offer(principal, key(), {
    to: to.id,
    gives: { items: [{ asset: PENNY, count }], money: null },
    wants: { items: [], money: null },
  })

describe('a locked item', () => {
  test('cannot be sold back, given away, listed or traded until it is unlocked; what is not locked can', async () => {
    const [ann, bob] = [await owner(5n), await newDealer(node)]
    expect(await lock(ann, 4)).toMatchObject({ count: '5', held: '4', locked: 4 })
    await list(ann)
    for (const refused of [() => sell(ann, 1), () => send(ann, bob, 1), () => list(ann), () => offer(ann, bob, 1)])
      expect(await codeOf(refused())).toBe('item/locked')
    expect(await lock(ann, 2)).toMatchObject({ held: '2', locked: 2 })
    await sell(ann, 1)
    await send(ann, bob, 1)
    expect(await codeOf(sell(ann, 1))).toBe('item/locked')
    expect(await lock(ann, 0)).toMatchObject({ count: '2', held: '0', locked: 0 })
    await sell(ann, 2)
    expect([await pennies(ann), await pennies(bob)]).toEqual([0n, 1n])
    // Without a lock there is just too little.
    expect(await codeOf(sell(ann, 1))).toBe('ledger/insufficient')
  })

  test('is one that one has: no more can be locked than that', async () => {
    const ann = await owner(2n)
    expect(await codeOf(lock(ann, 3))).toBe('ledger/insufficient')
    await lock(ann, 2)
    expect(await codeOf(lock(ann, 3))).toBe('ledger/insufficient')
    expect(await lock(ann, 2)).toMatchObject({ locked: 2, held: '2' })
  })

  test('stays, whatever is done at the same moment: no interleaving leaves less than what was locked', async () => {
    const doing = fc.constantFrom('sell', 'send', 'list', 'lock', 'less')
    await fc.assert(
      fc.asyncProperty(fc.array(doing, { minLength: 6, maxLength: 14 }), async (all) => {
        const [ann, bob] = [await owner(6n), await newDealer(node)]
        const done = { sell: () => sell(ann, 1), send: () => send(ann, bob, 1), list: () => list(ann) }
        const work = { ...done, lock: () => lock(ann, 4), less: () => lock(ann, 3) }
        const codes = await Promise.all(all.map((what) => codeOf(work[what]())))
        for (const code of codes) expect(['no refusal', 'item/locked', 'ledger/insufficient']).toContain(code)
        const { items } = await node.market.inventory(ann.principal, ann.id)
        const [item] = items
        const have = await pennies(ann)
        expect(have).toBe(6n - BigInt(all.filter((what, i) => what in done && codes[i] === 'no refusal').length))
        if (item) expect([item.held, item.count]).toEqual([`${item.locked}`, `${have}`])
        expect(have).toBeGreaterThanOrEqual(BigInt(item?.locked ?? 0))
      }),
      { numRuns: 12 },
    )
  }, 60_000)

  test('is marked once for a key, and marks of one moment are all kept', async () => {
    const ann = await owner(9n)
    const other = otherMarket(node)
    const feather = itemAsset('paper-boat', PLAY_CREDIT)
    await give(node, ann, feather, 1n)
    await Promise.all([
      node.market.mark(ann.principal, 'a', PENNY, { locked: 3 }),
      other.mark(ann.principal, 'a', PENNY, { locked: 3 }),
      other.mark(ann.principal, 'b', feather, { shown: true }),
      node.market.mark(ann.principal, 'c', PENNY, { shown: true }),
    ])
    const { items } = await node.market.inventory(ann.principal, ann.id)
    expect(items.map(({ asset, locked, shown, held }) => [asset, locked, shown, held])).toEqual([
      [PENNY, 3, true, '3'],
      [feather, 0, true, '0'],
    ])
    expect(await codeOf(node.market.mark(ann.principal, 'a', PENNY, { locked: 4 }))).toBe('request/key-reused')
    await other.close()
  })
})

describe('an inventory', () => {
  test('is all of it to its owner; others see what is shown, under a masked name, and nothing of what is locked', async () => {
    const [ann, bob] = [await owner(3n), await newDealer(node)]
    const boat = itemAsset('paper-boat', PLAY_CREDIT)
    await give(node, ann, boat, 1n)
    await mark(ann, { shown: true, locked: 2 })
    const own = await node.market.inventory(ann.principal, ann.id)
    expect(own).toMatchObject({ own: true, user: { id: ann.id } })
    expect(own.items.map(({ asset }) => asset)).toEqual([PENNY, boat])
    const seen = await node.market.inventory(bob.principal, ann.id)
    expect(seen).toMatchObject({ own: false, user: { id: null, name: maskedUser(ann.id) } })
    expect(seen.items).toHaveLength(1)
    expect(seen.items[0]).toMatchObject({ asset: PENNY, count: '3', held: '0', locked: 0, shown: true })
    expect(JSON.stringify(seen)).not.toContain(ann.id)
    await mark(ann, { shown: false })
    expect((await node.market.inventory(bob.principal, ann.id)).items).toEqual([])
  })

  test('of nobody, or of somebody of another tenant, is not there', async () => {
    const ann = await owner(1n)
    const { user } = await ensureHandle(node.pool, 'elsewhere', 'zoe', Date.now())
    for (const whose of [user.id, '0199c1f0-5f00-7a1b-9c3d-2f6e8a4b0c11'])
      expect(await codeOf(node.market.inventory(ann.principal, whose))).toBe('user/unknown')
    expect(await codeOf(send(ann, user.id, 1))).toBe('user/unknown')
    expect(await pennies(ann)).toBe(1n)
  })
})

describe('a gift', () => {
  test('goes to the other, once for a key, and both are told', async () => {
    const [ann, bob] = [await owner(3n), await newDealer(node)]
    const wanted = { to: bob.id, asset: PENNY, count: 2 }
    const { seq: since } = await node.ledger.reader.head()
    const given = await node.market.transfer(ann.principal, 'gift', wanted)
    expect(given).toEqual({ ...wanted, left: '1' })
    expect(await node.market.transfer(ann.principal, 'gift', wanted)).toEqual(given)
    expect([await pennies(ann), await pennies(bob)]).toEqual([1n, 2n])
    for (const { id } of [ann, bob]) {
      const told = await node.ledger.reader.events({ since, limit: 10, tenant: 'main', user: id, type: 'item.moved' })
      expect(told.map(({ payload }) => payload)).toEqual([{ user: id, from: ann.id, ...wanted }])
    }
  })

  test('is not made to oneself, nor of what one has not', async () => {
    const [ann, bob] = [await owner(1n), await newDealer(node)]
    expect(await codeOf(send(ann, ann, 1))).toBe('market/own')
    expect(await codeOf(send(ann, bob, 2))).toBe('ledger/insufficient')
    expect([await pennies(ann), await pennies(bob)]).toEqual([1n, 0n])
  })

  test('of something real above the limit, or of unknown worth, needs a fresh proof of who one is', async () => {
    const [ann, bob] = [await newDealer(node), await newDealer(node)]
    const bar = toAsset('item:gold-bar')
    await give(node, ann, bar, 1n)
    expect(await codeOf(send(ann, bob, 1, bar))).toBe('auth/confirm')
    await node.pool.query('update session set confirmed_until_ms = $2 where id = $1', [
      ann.principal.session,
      Date.now() + 60_000,
    ])
    await send(ann, bob, 1, bar)
    expect(await balanceOf(node, bob, bar)).toBe(1n)
  })
})

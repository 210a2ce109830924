import { afterAll, beforeAll, expect, test } from 'vitest'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { codeOf, give, PENNY } from '../test/market.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import type { RollingDrop } from './api.ts'
import { connect } from './connect.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

/** A guest at the node, without a socket. */
async function guest(): Promise<Readonly<{ sdk: RollingDrop; id: string }>> {
  const direct: typeof fetch = async (input, init) => node.app.request(input, init, {})
  const sdk = connect('http://site.test', { fetch: direct })
  return { sdk, id: (await sdk.user()).id }
}

test('items are listed, ordered, shown, given and traded by the SDK', async () => {
  const [{ sdk: ann, id }, { sdk: bob, id: other }] = [await guest(), await guest()]
  await give(node, { id }, PENNY, 6n)

  const { item } = await ann.inventory.mark(PENNY, { locked: 1, shown: true })
  expect(item).toMatchObject({ count: '6', locked: 1, shown: true })
  expect((await bob.inventory.of(id)).items).toMatchObject([{ asset: PENNY, count: '6', held: '0' }])
  expect((await ann.inventory.own()).items[0]!.count).toBe('6')

  const listing = await ann.market.sell({ asset: PENNY, price: '300' })
  const { listings } = await bob.market.listings({ asset: PENNY, sort: 'newest', maxPrice: '300' })
  expect(listings.map((each) => each.id)).toEqual([listing.id])
  expect(await codeOf(bob.market.buy(listing.id, '299'))).toBe('market/other-price')
  expect((await bob.market.buy(listing.id, '300')).listing).toMatchObject({ phase: 'sold', bought: true })
  expect((await ann.market.listing(listing.id)).own).toBe(true)

  const order = await bob.market.order({ asset: PENNY, price: '250', quantity: 2 })
  expect((await ann.market.sell({ asset: PENNY, price: '200' })).price).toBe('250')
  expect(await bob.market.cancelOrder(order.id)).toMatchObject({ phase: 'cancelled', left: 1, spent: '250' })
  const back = await ann.market.sell({ asset: PENNY, price: '900' })
  expect((await ann.market.cancelListing(back.id)).phase).toBe('cancelled')
  expect((await bob.market.ownListings({ role: 'bought' })).listings).toHaveLength(2)
  expect((await bob.market.ownOrders()).orders).toHaveLength(1)
  expect((await ann.market.item(PENNY)).last).toBe('250')
  expect((await ann.market.prices(PENNY)).sales.map(({ price }) => price)).toEqual(['250', '300'])

  expect(await ann.inventory.transfer(other, PENNY, 1)).toMatchObject({ left: '3' })
  const gives = { items: [{ asset: PENNY, count: 2 }] }
  const trade = await ann.trades.offer({ to: other, gives, wants: { money: { asset: PLAY_CREDIT, amount: '40' } } })
  expect((await bob.trades.list({ status: 'open' })).trades.map((each) => each.id)).toEqual([trade.id])
  expect((await bob.trades.accept(trade.id)).phase).toBe('accepted')
  for (const [what, phase] of [
    ['decline', 'declined'],
    ['cancel', 'cancelled'],
  ] as const) {
    const again = await bob.trades.offer({ to: id, gives: { items: [{ asset: PENNY, count: 1 }] }, wants: {} })
    expect((await (what === 'decline' ? ann : bob).trades[what](again.id)).phase).toBe(phase)
    expect((await ann.trades.get(again.id)).phase).toBe(phase)
  }
  await Promise.all([ann.close(), bob.close()])
})

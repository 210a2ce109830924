import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { escrowOf } from '../game/market/decision.ts'
import { auditLedger } from '../ledger/audit/audit.ts'
import { userOwner } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT, type AssetId } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import type { MarketListing } from '../schema/market.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { balanceOf, codeOf, give, newDealer, otherMarket, PENNY, type Dealer } from '../test/market.ts'
import { FAUCET_CREDITS, openTestNode, type TestNode } from '../test/node.ts'
import type { Market } from './market.ts'

const FAUCET = BigInt(FAUCET_CREDITS)
let node: TestNode
let other: Market
beforeAll(async () => {
  node = await openTestNode()
  other = otherMarket(node)
})
afterAll(async () => {
  await other.close()
  await node.close()
})

const credits = (who: Parameters<typeof balanceOf>[1]) => balanceOf(node, who)
const pennies = (who: Parameters<typeof balanceOf>[1]) => balanceOf(node, who, PENNY)
let keys = 0
const key = () => `k${++keys}`
async function dealer(items = 0n): Promise<Dealer> {
  const made = await newDealer(node)
  if (items > 0n) await give(node, made, PENNY, items)
  return made
}
const list = ({ principal }: Dealer, price: bigint, on = node.market) =>
  on.open(principal, key(), { asset: PENNY, price: `${price}` })
const order = ({ principal }: Dealer, price: bigint, quantity = 1, on = node.market) =>
  on.place(principal, key(), { asset: PENNY, price: `${price}`, quantity })

describe('an order', () => {
  test('buys the cheapest listings first, each at what it asks, and gets the rest of its price back', async () => {
    const [ann, bob] = [await dealer(3n), await dealer()]
    for (const price of [300n, 100n, 200n]) await list(ann, price)
    const placed = await order(bob, 200n, 3)
    expect(placed).toMatchObject({ phase: 'open', quantity: 3, left: 1, spent: '300', price: '200' })
    expect([await pennies(bob), await credits(bob)]).toEqual([2n, FAUCET - 300n - 200n])
    expect(await credits(escrowOf(`order-${placed.id}`))).toBe(200n)
    expect(await credits(ann)).toBe(FAUCET + 95n + 190n)
    const ended = await node.market.cancelOrder(bob.principal, key(), placed.id)
    expect(ended).toMatchObject({ phase: 'cancelled', left: 1 })
    expect(await credits(bob)).toBe(FAUCET - 300n)
    const { listings } = await node.market.ownListings(ann.principal, { role: 'sold', limit: 9 })
    const open = listings.find(({ phase }) => phase === 'open')!
    await node.market.cancel(ann.principal, key(), open.id)
  })

  test('that waits is filled at its own price by a cheaper listing; the best one first, of the same price the oldest', async () => {
    const [ann, low, old, young] = [await dealer(3n), await dealer(), await dealer(), await dealer()]
    const waiting = [await order(low, 300n), await order(old, 400n), await order(young, 400n)]
    const got: bigint[][] = []
    for (let i = 0; i < 3; i++) {
      expect(await list(ann, 250n)).toMatchObject({ phase: 'sold', price: i < 2 ? '400' : '300' })
      got.push(await Promise.all([low, old, young].map(pennies)))
    }
    expect(got).toEqual([
      [0n, 1n, 0n],
      [0n, 1n, 1n],
      [1n, 1n, 1n],
    ])
    for (const [i, who] of [low, old, young].entries()) {
      const known = await node.market.order(who.principal, waiting[i]!.id)
      expect(known).toMatchObject({ phase: 'filled', left: 0, spent: known.price })
      expect(await credits(who)).toBe(FAUCET - BigInt(known.price))
      expect(await codeOf(node.market.cancelOrder(who.principal, key(), known.id))).toBe('market/ended')
    }
  })

  test('never buys from its own user', async () => {
    const ann = await dealer(1n)
    const listing = await list(ann, 100n)
    const placed = await order(ann, 150n)
    expect([placed.left, (await node.market.listing(ann.principal, listing.id)).phase]).toEqual([1, 'open'])
    await node.market.cancel(ann.principal, key(), listing.id)
    await node.market.cancelOrder(ann.principal, key(), placed.id)
  })

  test('and a listing that a dead node left unmatched are matched by the next one that starts', async () => {
    const [ann, bob] = [await dealer(1n), await dealer()]
    // As if the one that opened the listing had died before it looked.
    const placed = await order(bob, 500n)
    await node.pool.query(`update market_order set expires_at = now() - interval '1 s' where id = $1`, [placed.id])
    const listing = await list(ann, 450n)
    expect(listing.phase).toBe('open')
    await node.pool.query(`update market_order set expires_at = now() + interval '1 h' where id = $1`, [placed.id])
    const third = otherMarket(node)
    await third.close()
    expect((await node.market.order(bob.principal, placed.id)).phase).toBe('filled')
    expect([await pennies(bob), await credits(ann)]).toEqual([1n, FAUCET + 500n - 25n])
  })
})

describe('what is bought from others', () => {
  test('counts against the limit one has set: a purchase or an order beyond it is refused, and nobody pays', async () => {
    const [ann, bob] = [await dealer(2n), await dealer()]
    await node.limits.set(bob.principal, key(), { kind: 'loss', asset: PLAY_CREDIT, amount: '500' })
    const [cheap, dear] = [await list(ann, 300n), await list(ann, 301n)]
    const buy = ({ id, price }: MarketListing) => codeOf(node.market.buy(bob.principal, key(), { listing: id, price }))
    expect(await buy(cheap)).toBe('no refusal')
    expect(await buy(dear)).toBe('limit/exceeded')
    expect(await codeOf(order(bob, 101n, 2))).toBe('limit/exceeded')
    expect([await credits(bob), await credits(ann)]).toEqual([FAUCET - 300n, FAUCET + 285n])
    const within = await order(bob, 100n, 2)
    expect(within.left).toBe(2)
    expect(await codeOf(order(bob, 1n))).toBe('limit/exceeded')
    await node.market.cancel(ann.principal, key(), dear.id)
    await node.market.cancelOrder(bob.principal, key(), within.id)
    expect(await credits(bob)).toBe(FAUCET - 300n)
  })

  test('counts as what was paid: what an order or a trade did not spend can be spent again', async () => {
    const [ann, bob] = [await dealer(3n), await dealer()]
    await node.limits.set(bob.principal, key(), { kind: 'loss', asset: PLAY_CREDIT, amount: '1000' })
    await list(ann, 60n)
    // Bought for 60, of 500 that were offered.
    expect(await order(bob, 500n)).toMatchObject({ phase: 'filled', spent: '60' })
    const wants = { items: [{ asset: PENNY, count: 1 }], money: null }
    const gives = { items: [], money: { asset: PLAY_CREDIT, amount: '940' } }
    const offer = () => node.market.offer(bob.principal, key(), { to: ann.id, gives, wants })
    const trade = await offer()
    expect(await codeOf(order(bob, 1n))).toBe('limit/exceeded')
    await node.market.endTrade(ann.principal, key(), { trade: trade.id, how: 'declined' })
    const placed = await order(bob, 470n, 2)
    expect(await codeOf(order(bob, 1n))).toBe('limit/exceeded')
    await list(ann, 470n)
    await node.market.cancelOrder(bob.principal, key(), placed.id)
    expect(await codeOf(order(bob, 471n))).toBe('limit/exceeded')
    const last = await order(bob, 470n)
    await node.market.cancelOrder(bob.principal, key(), last.id)
    expect(await credits(bob)).toBe(FAUCET - 530n)
  })
})

test('an audit finds what an escrow holds too much or too little', async () => {
  const [ann, bob] = [await dealer(2n), await dealer()]
  const ended = await list(ann, 900n)
  await node.market.cancel(ann.principal, key(), ended.id)
  const placed = await order(bob, 50n, 2)
  const pay = async (asset: AssetId, debit: string, credit: string) => {
    const id = uuidv7()
    const transfers = [{ asset, debit, credit, amount: toAmount(1n) }]
    const events = [{ type: 'money.moved', payload: {} }] as const
    await node.ledger.commit({ id, kind: 'test.pay', tenant: 'main', request: digestOf(id), transfers, events })
  }
  await pay(PLAY_CREDIT, userOwner(bob.id), escrowOf(`order-${placed.id}`))
  expect(await auditLedger({ databaseUrl: node.url })).toMatchObject({
    finding: { what: 'offer/stakes', actor: `order-${placed.id}`, expected: '100', found: '101' },
  })
  await pay(PLAY_CREDIT, escrowOf(`order-${placed.id}`), userOwner(bob.id))
  await pay(PENNY, userOwner(ann.id), escrowOf(`listing-${ended.id}`))
  expect(await auditLedger({ databaseUrl: node.url })).toMatchObject({ finding: { what: 'offer/escrow' } })
})

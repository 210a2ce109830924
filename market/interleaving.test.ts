import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { escrowOf } from '../game/market/decision.ts'
import { auditLedger } from '../ledger/audit/audit.ts'
import { HOUSE } from '../schema/account.ts'
import type { ListingSold, MarketListing, MarketOrder } from '../schema/market.ts'
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
async function dealer(items: bigint): Promise<Dealer> {
  const made = await newDealer(node)
  await give(node, made, PENNY, items)
  return made
}

type Step = Readonly<{
  type: 'list' | 'order' | 'buy' | 'cancel' | 'cancel-order'
  who: number
  price: bigint
  quantity: number
  which: number
}>
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    type: fc.constantFrom<Step['type']>('list', 'order', 'list', 'order', 'buy', 'cancel', 'cancel-order'),
    who: fc.nat(3),
    price: fc.bigInt(1n, 12n).map((price) => price * 10n),
    quantity: fc.integer({ min: 1, max: 4 }),
    which: fc.nat(40),
  }),
  { minLength: 20, maxLength: 40 },
)
const ITEMS = 12n
let matched = 0

test('in whatever order listings, orders, purchases and their ends meet on two nodes, nothing is lost or doubled and nobody gets a worse price', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const dealers = await Promise.all(Array.from({ length: 4 }, () => dealer(ITEMS)))
      const [house, seq] = [await credits(HOUSE), (await node.ledger.reader.head()).seq]
      const listings: MarketListing[] = []
      const orders: MarketOrder[] = []
      await Promise.all(
        all.map(async (step, i) => {
          // Some at the same moment, some a little later.
          await new Promise((resolve) => setTimeout(resolve, (i % 7) * 15))
          const code = await codeOf(run(step, dealers, listings, orders, i % 2 ? other : node.market))
          expect([
            'no refusal',
            'market/ended',
            'market/own',
            'market/unknown',
            'market/not-yours',
            'ledger/insufficient',
          ]).toContain(code)
        }),
      )
      await check(dealers, listings, orders, { house, seq })
      await Promise.all(dealers.map((each) => endAll(each)))
    }),
    { numRuns: 12 },
  )
  expect(matched).toBeGreaterThan(50)
  expect(node.logged).toEqual([])
  expect(await auditLedger({ databaseUrl: node.url })).toMatchObject({ audit: 'ok' })
}, 120_000)

async function run(
  { type, who, price, quantity, which }: Step,
  dealers: readonly Dealer[],
  listings: MarketListing[],
  orders: MarketOrder[],
  on: Market,
): Promise<void> {
  const { principal } = dealers[who]!
  const listing = listings[which % Math.max(1, listings.length)]
  const placed = orders[which % Math.max(1, orders.length)]
  if (type === 'list') listings.push(await on.open(principal, key(), { asset: PENNY, price: `${price}` }))
  if (type === 'order') orders.push(await on.place(principal, key(), { asset: PENNY, price: `${price}`, quantity }))
  if (type === 'buy' && listing) await on.buy(principal, key(), { listing: listing.id, price: listing.price })
  if (type === 'cancel' && listing) await on.cancel(principal, key(), listing.id)
  if (type === 'cancel-order' && placed) await on.cancelOrder(principal, key(), placed.id)
}

type Before = Readonly<{ house: bigint; seq: bigint }>

async function check(
  dealers: readonly Dealer[],
  opened: readonly MarketListing[],
  placed: readonly MarketOrder[],
  { house, seq }: Before,
): Promise<void> {
  const nobody = dealers[0]!.principal
  const listings = await Promise.all(opened.map(({ id }) => node.market.listing(nobody, id)))
  const byUser = await Promise.all(
    dealers.map(({ principal }) => node.market.ownOrders(principal, { limit: 100 }).then((page) => page.orders)),
  )
  const orders = byUser.flat()
  expect(orders).toHaveLength(placed.length)
  // Every escrow holds what it is there for, and nothing once its offer has ended.
  for (const { id, phase } of listings)
    expect(await pennies(escrowOf(`listing-${id}`))).toBe(phase === 'open' ? 1n : 0n)
  for (const { id, phase, price, left } of orders) {
    expect(await credits(escrowOf(`order-${id}`))).toBe(phase === 'open' ? BigInt(price) * BigInt(left) : 0n)
    expect(phase === 'filled').toBe(left === 0)
  }
  // Nothing that fits is left.
  const asks = listings.filter(({ phase }) => phase === 'open')
  for (const [i, own] of byUser.entries())
    for (const bid of own.filter(({ phase }) => phase === 'open'))
      for (const ask of asks)
        if (BigInt(ask.price) <= BigInt(bid.price))
          expect((await node.market.listing(dealers[i]!.principal, ask.id)).own).toBe(true)
  const sales = await salesSince(seq)
  expect(new Set(sales.map(({ listing }) => listing)).size).toBe(sales.length)
  matched += sales.filter(({ order: id }) => id !== null).length
  checkPrices(sales, opened, orders)
  await checkSums(dealers, sales, house)
}

async function salesSince(since: bigint): Promise<readonly ListingSold[]> {
  const events = await node.ledger.reader.events({ since, limit: 10_000, tenant: 'main', type: 'listing.sold' })
  return events.map(({ payload }) => payload as ListingSold)
}

/** No seller gets less than asked, no buyer pays more than offered, and no order buys more than it wants. */
function checkPrices(
  sales: readonly ListingSold[],
  opened: readonly MarketListing[],
  orders: readonly MarketOrder[],
): void {
  for (const { listing, price, order: id } of sales) {
    const asked = opened.find((each) => each.id === listing)
    // What was sold at once answers with what was paid.
    if (asked?.phase === 'open') expect(BigInt(price)).toBeGreaterThanOrEqual(BigInt(asked.price))
    const bid = orders.find((each) => each.id === id)
    if (bid) expect(BigInt(price)).toBeLessThanOrEqual(BigInt(bid.price))
    if (id === null) expect(price).toBe(asked!.price)
  }
  for (const { id, quantity, left, spent } of orders) {
    const filled = sales.filter((sale) => sale.order === id)
    expect(filled).toHaveLength(quantity - left)
    expect(filled.reduce((sum, { price }) => sum + BigInt(price), 0n)).toBe(BigInt(spent))
  }
}

/** What everyone has is what they had, and what sales say; the rest is in escrow. */
async function checkSums(dealers: readonly Dealer[], sales: readonly ListingSold[], house: bigint): Promise<void> {
  for (const each of dealers) {
    const own = await node.market.ownListings(each.principal, { role: 'sold', limit: 100 })
    const bids = (await node.market.ownOrders(each.principal, { limit: 100 })).orders
    const open = own.listings.filter(({ phase }) => phase === 'open')
    const kept = bids.filter(({ phase }) => phase === 'open')
    const [sold, bought] = [
      sales.filter(({ user }) => user === each.id),
      sales.filter(({ buyer }) => buyer === each.id),
    ]
    const aside = kept.reduce((sum, { price, left }) => sum + BigInt(price) * BigInt(left), 0n)
    const earned = sold.reduce((sum, { price, fee }) => sum + BigInt(price) - BigInt(fee), 0n)
    const paid = bought.reduce((sum, { price }) => sum + BigInt(price), 0n)
    expect(await credits(each)).toBe(FAUCET + earned - paid - aside)
    expect(await pennies(each)).toBe(ITEMS - BigInt(sold.length) + BigInt(bought.length) - BigInt(open.length))
  }
  const fees = sales.reduce((sum, { fee }) => sum + BigInt(fee), 0n)
  expect((await credits(HOUSE)) - house).toBe(fees)
}

async function endAll({ principal }: Dealer): Promise<void> {
  const { listings } = await node.market.ownListings(principal, { role: 'sold', limit: 100 })
  const { orders } = await node.market.ownOrders(principal, { limit: 100 })
  for (const { id, phase } of listings) if (phase === 'open') await node.market.cancel(principal, key(), id)
  for (const { id, phase } of orders) if (phase === 'open') await node.market.cancelOrder(principal, key(), id)
}

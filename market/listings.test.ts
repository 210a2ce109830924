import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { escrowOf } from '../game/market/decision.ts'
import { HOUSE } from '../schema/account.ts'
import { itemAsset, PLAY_CREDIT, toAsset } from '../schema/asset.ts'
import { maskedUser } from '../schema/masked-user.ts'
import { balanceOf, codeOf, give, newDealer, otherMarket, PENNY, type Dealer } from '../test/market.ts'
import { FAUCET_CREDITS, openTestNode, type TestNode } from '../test/node.ts'

const FAUCET = BigInt(FAUCET_CREDITS)
let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const credits = (who: Dealer | string) => balanceOf(node, who)
const pennies = (who: Dealer | string) => balanceOf(node, who, PENNY)
let keys = 0
const key = () => `k${++keys}`

async function seller(count = 1n): Promise<Dealer> {
  const dealer = await newDealer(node)
  await give(node, dealer, PENNY, count)
  return dealer
}
const list = ({ principal }: Dealer, price = '1000', expiresIn?: number) =>
  node.market.open(principal, key(), { asset: PENNY, price, expiresIn })

describe('a listing', () => {
  test('keeps the item aside; bought, the buyer pays, the seller gets the price less the fee, the house the fee', async () => {
    const [ann, bob] = [await seller(), await newDealer(node)]
    const house = await credits(HOUSE)
    const listing = await list(ann)
    expect(listing).toMatchObject({ phase: 'open', price: '1000', fee: '50', money: PLAY_CREDIT, own: true })
    expect([await pennies(ann), await pennies(escrowOf(`listing-${listing.id}`))]).toEqual([0n, 1n])
    const bought = await node.market.buy(bob.principal, key(), { listing: listing.id, price: '1000' })
    expect(bought).toMatchObject({ balance: `${FAUCET - 1000n}`, listing: { phase: 'sold', bought: true, own: false } })
    expect(bought.listing.seller).toBe(maskedUser(ann.id))
    expect([await credits(ann), await credits(bob), await pennies(bob)]).toEqual([FAUCET + 950n, FAUCET - 1000n, 1n])
    expect((await credits(HOUSE)) - house).toBe(50n)
    // Each of the two is told, also when they were not here.
    const { rows } = await node.pool.query('select user_id from concern where user_id = any ($1)', [[ann.id, bob.id]])
    expect(rows).toHaveLength(2)
    expect(await pennies(escrowOf(`listing-${listing.id}`))).toBe(0n)
  })

  test('of a thousand buyers at once over two nodes one wins, and nobody else pays', async () => {
    const other = otherMarket(node)
    const ann = await seller()
    const { id } = await list(ann)
    const buyers = await Promise.all(Array.from({ length: 50 }, () => newDealer(node)))
    const before = await credits(HOUSE)
    const since = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, i) =>
        codeOf((i % 2 ? other : node.market).buy(buyers[i % 50]!.principal, key(), { listing: id, price: '1000' })),
      ),
    )
    const took_ms = Math.round(performance.now() - since)
    process.stdout.write(`1000 buyers of one listing: ${took_ms} ms\n`)
    expect(answers.filter((code) => code === 'no refusal')).toHaveLength(1)
    expect(answers.filter((code) => code === 'market/ended')).toHaveLength(999)
    const balances = await Promise.all(buyers.map(credits))
    const paid = balances.map((balance) => FAUCET - balance)
    expect(paid.filter((each) => each !== 0n)).toEqual([1000n])
    const got = await Promise.all(buyers.map(pennies))
    expect(got.indexOf(1n)).toBe(paid.indexOf(1000n))
    expect(got.reduce((sum, each) => sum + each)).toBe(1n)
    expect([await credits(ann), (await credits(HOUSE)) - before]).toEqual([FAUCET + 950n, 50n])
    await other.close()
  })

  test('is bought at the price that was seen and at no other, by somebody else, with money one has', async () => {
    const [ann, bob] = [await seller(2n), await newDealer(node)]
    const { id } = await list(ann)
    const buy = (who: Dealer, price: string, listing = id) =>
      codeOf(node.market.buy(who.principal, key(), { listing, price }))
    expect(await buy(bob, '999')).toBe('market/other-price')
    expect(await buy(bob, '1001')).toBe('market/other-price')
    expect(await buy(ann, '1000')).toBe('market/own')
    const dear = await list(ann, `${FAUCET + 1n}`)
    expect(await buy(bob, dear.price, dear.id)).toBe('ledger/insufficient')
    expect(await buy(bob, '1000', '0199c1f0-5f00-7a1b-9c3d-2f6e8a4b0c11')).toBe('market/unknown')
    expect([await credits(bob), await pennies(bob)]).toEqual([FAUCET, 0n])
    expect((await node.market.listing(bob.principal, id)).phase).toBe('open')
  })

  test('is opened, bought and taken back once for a key, whichever node is asked again', async () => {
    const other = otherMarket(node)
    const [ann, bob] = [await seller(2n), await newDealer(node)]
    const wanted = { asset: PENNY, price: '1000' }
    const asked = [node.market, other, node.market].map((each) => each.open(ann.principal, 'same', wanted))
    const [listing, ...same] = await Promise.all(asked)
    for (const each of same) expect(each.id).toBe(listing!.id)
    expect(await pennies(ann)).toBe(1n)
    const order = { listing: listing!.id, price: '1000' }
    const first = await node.market.buy(bob.principal, 'buy', order)
    expect(await other.buy(bob.principal, 'buy', order)).toEqual(first)
    expect(await credits(bob)).toBe(FAUCET - 1000n)
    const taken = await list(ann)
    const gone = await node.market.cancel(ann.principal, 'back', taken.id)
    expect(gone.phase).toBe('cancelled')
    expect(await other.cancel(ann.principal, 'back', taken.id)).toEqual(gone)
    expect(await pennies(ann)).toBe(1n)
    await other.close()
  })

  test('comes back to its seller, and to nobody else, while it is open', async () => {
    const [ann, bob] = [await seller(), await newDealer(node)]
    const { id } = await list(ann)
    expect(await codeOf(node.market.cancel(bob.principal, key(), id))).toBe('market/not-yours')
    await node.market.cancel(ann.principal, key(), id)
    expect(await pennies(ann)).toBe(1n)
    expect(await codeOf(node.market.cancel(ann.principal, key(), id))).toBe('market/ended')
    expect(await codeOf(node.market.buy(bob.principal, key(), { listing: id, price: '1000' }))).toBe('market/ended')
  })

  test('expires by itself, with nobody asking, and cannot be bought from that moment on', async () => {
    const [ann, bob] = [await seller(), await newDealer(node)]
    const listing = await list(ann, '1000', 1)
    await vi.waitFor(async () => expect((await node.market.listing(ann.principal, listing.id)).phase).toBe('expired'), {
      timeout: 5_000,
    })
    const { endedAt, expiresAt } = await node.market.listing(ann.principal, listing.id)
    expect(endedAt! - expiresAt).toBeLessThan(500)
    expect(endedAt!).toBeGreaterThanOrEqual(expiresAt)
    expect(await pennies(ann)).toBe(1n)
    expect(await codeOf(node.market.buy(bob.principal, key(), { listing: listing.id, price: '1000' }))).toBe(
      'market/ended',
    )
  })

  test('must have a price that can be asked, and an item that its seller has', async () => {
    const ann = await seller()
    for (const price of ['100000001', '999999999999']) expect(await codeOf(list(ann, price))).toBe('market/price')
    const none = { asset: itemAsset('glow-worm', PLAY_CREDIT), price: '10' }
    expect(await codeOf(node.market.open(ann.principal, key(), none))).toBe('ledger/insufficient')
    const few = otherMarket(node, { offersPerUser: 1 })
    await few.open(ann.principal, key(), { asset: PENNY, price: '10' })
    expect(await codeOf(few.open(ann.principal, key(), { asset: PENNY, price: '10' }))).toBe('market/too-many')
    await few.close()
  })

  test('of a real item is for real money, and keeps the fee it was opened with', async () => {
    const real = toAsset('item:gold-bar')
    const ann = await newDealer(node)
    await give(node, ann, real, 1n)
    const cheap = otherMarket(node, { fee_bps: 250 })
    const listing = await cheap.open(ann.principal, key(), { asset: real, price: '4000' })
    expect(listing).toMatchObject({ money: 'USD', fee: '100' })
    const { listings } = await node.market.listings(ann.principal, { asset: real, limit: 10 })
    expect(listings.map(({ id, fee }) => [id, fee])).toEqual([[listing.id, '100']])
    expect((await node.market.listings(ann.principal, { limit: 100 })).listings.map(({ id }) => id)).not.toContain(
      listing.id,
    )
    await cheap.close()
  })
})

describe('what was paid', () => {
  test('stands in the history of the item: the last sales, and the day from its first to its last', async () => {
    const glow = itemAsset('glow-worm', PLAY_CREDIT)
    const [ann, bob] = [await newDealer(node), await newDealer(node)]
    await give(node, ann, glow, 5n)
    for (const price of ['500', '300', '900', '400']) {
      const { id } = await node.market.open(ann.principal, key(), { asset: glow, price })
      await node.market.buy(bob.principal, key(), { listing: id, price })
    }
    // What is not sold counts for nothing.
    const { id } = await node.market.open(ann.principal, key(), { asset: glow, price: '1' })
    await node.market.cancel(ann.principal, key(), id)
    const { sales, days } = await node.market.prices(ann.principal, glow)
    expect(sales.map(({ price }) => price)).toEqual(['400', '900', '300', '500'])
    const volume = days.reduce((sum, day) => sum + day.volume, 0)
    expect(volume).toBe(4)
    if (days.length === 1)
      expect(days[0]).toMatchObject({ open: '500', high: '900', low: '300', close: '400', turnover: '2100' })
    expect((await node.market.item(ann.principal, glow)).last).toBe('400')
  })
})

describe('lists', () => {
  test('go on page by page, cheapest or newest first, narrowed by item, rarity and price', async () => {
    const feather = itemAsset('paper-boat', PLAY_CREDIT)
    const ann = await newDealer(node)
    await give(node, ann, feather, 20n)
    const prices = [700, 100, 300, 300, 900, 200, 300]
    const made: string[] = []
    for (const price of prices) {
      const opened = await node.market.open(ann.principal, key(), { asset: feather, price: `${price}` })
      made.push(opened.id)
    }
    const all = async (query: object) => {
      const found: { id: string; price: string }[] = []
      for (let cursor: string | undefined; ;) {
        const page = await node.market.listings(ann.principal, { asset: feather, limit: 2, ...query, cursor })
        found.push(...page.listings)
        if (page.next === null) return found
        cursor = page.next
      }
    }
    const cheapest = await all({})
    expect(cheapest.map(({ price }) => price)).toEqual(['100', '200', '300', '300', '300', '700', '900'])
    expect(new Set(cheapest.map(({ id }) => id)).size).toBe(7)
    expect((await all({ sort: 'newest' })).map(({ id }) => id)).toEqual(made.toReversed())
    expect((await all({ minPrice: '200', maxPrice: '300' })).map(({ price }) => price)).toEqual([
      '200',
      '300',
      '300',
      '300',
    ])
    expect(await all({ rarity: 'legendary' })).toEqual([])
    const { asks } = await node.market.item(ann.principal, feather)
    expect(asks.slice(0, 3)).toEqual([
      { price: '100', count: 1 },
      { price: '200', count: 1 },
      { price: '300', count: 3 },
    ])
  })
})

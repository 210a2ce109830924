import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { escrowOf } from '../game/market/decision.ts'
import { HOUSE } from '../schema/account.ts'
import { itemAsset, PLAY_CREDIT, toAsset } from '../schema/asset.ts'
import { maskedUser } from '../schema/masked-user.ts'
import { balanceOf, codeOf, give, newDealer, otherMarket, PENNY, type Dealer } from '../test/market.ts'
import { FAUCET_CREDITS, MARKET_RULES, openTestNode, type TestNode } from '../test/node.ts'

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
})

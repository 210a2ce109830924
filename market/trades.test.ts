import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { escrowOf } from '../game/market/decision.ts'
import { itemAsset, PLAY_CREDIT, toAsset } from '../schema/asset.ts'
import type { TradeSide } from '../schema/trade.ts'
import { balanceOf, codeOf, give, newDealer, otherMarket, PENNY, type Dealer } from '../test/market.ts'
import { FAUCET_CREDITS, openTestNode, type TestNode } from '../test/node.ts'
import type { Market } from './market.ts'

const FAUCET = BigInt(FAUCET_CREDITS)
const BOAT = itemAsset('paper-boat', PLAY_CREDIT)
const NOTHING: TradeSide = { items: [], money: null }
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

let keys = 0
const key = () => `k${++keys}`
const items = (count: number, asset = PENNY): TradeSide => ({ items: [{ asset, count }], money: null })
const money = (amount: bigint, asset: string = PLAY_CREDIT): TradeSide => ({
  items: [],
  money: { asset, amount: `${amount}` },
})
/** Ann with five pennies, Bob with three boats. */
async function two(): Promise<readonly [Dealer, Dealer]> {
  const [ann, bob] = [await newDealer(node), await newDealer(node)]
  await give(node, ann, PENNY, 5n)
  await give(node, bob, BOAT, 3n)
  return [ann, bob]
}
const offer = ({ principal }: Dealer, to: Dealer, gives: TradeSide, wants: TradeSide, expiresIn?: number) =>
  node.market.offer(principal, key(), { to: to.id, gives, wants, expiresIn })
const accept = ({ principal }: Dealer, id: string, on = node.market) => on.accept(principal, key(), id)
const end = ({ principal }: Dealer, trade: string, how: 'declined' | 'cancelled', on = node.market) =>
  on.endTrade(principal, key(), { trade, how })
const holdings = async (who: Dealer) => [
  await balanceOf(node, who, PENNY),
  await balanceOf(node, who, BOAT),
  (await balanceOf(node, who)) - FAUCET,
]

describe('a trade', () => {
  test('moves both sides at once when it is accepted', async () => {
    const [ann, bob] = await two()
    const trade = await offer(ann, bob, { ...items(2), money: { asset: PLAY_CREDIT, amount: '70' } }, items(1, BOAT))
    expect(trade).toMatchObject({ phase: 'open', own: true, from: { id: ann.id }, to: { id: bob.id } })
    expect(await holdings(ann)).toEqual([3n, 0n, -70n])
    expect(await balanceOf(node, escrowOf(`trade-${trade.id}`), PENNY)).toBe(2n)
    const accepted = await accept(bob, trade.id)
    expect(accepted).toMatchObject({ phase: 'accepted', own: false })
    expect(accepted.endedAt).not.toBeNull()
    expect([await holdings(ann), await holdings(bob)]).toEqual([
      [3n, 1n, -70n],
      [2n, 2n, 70n],
    ])
    for (const { principal } of [ann, bob]) {
      const { trades } = await node.market.trades(principal, { status: 'ended' })
      expect(trades.map(({ id, phase }) => [id, phase])).toEqual([[trade.id, 'accepted']])
    }
  })

  test('gives everything back when it is declined, cancelled or expires by itself', async () => {
    const [ann, bob] = await two()
    const declined = await offer(ann, bob, items(1), money(10n))
    expect((await end(bob, declined.id, 'declined')).phase).toBe('declined')
    const cancelled = await offer(ann, bob, items(1), money(10n))
    expect((await end(ann, cancelled.id, 'cancelled')).phase).toBe('cancelled')
    const short = await offer(ann, bob, items(1), money(10n), 1)
    await vi.waitFor(async () => expect((await node.market.trade(ann.principal, short.id)).phase).toBe('expired'), {
      timeout: 5_000,
    })
    expect(await holdings(ann)).toEqual([5n, 0n, 0n])
    for (const { id } of [declined, cancelled, short]) {
      expect(await codeOf(accept(bob, id))).toBe('trade/ended')
      expect(await codeOf(end(ann, id, 'cancelled'))).toBe('trade/ended')
    }
    expect(await holdings(bob)).toEqual([0n, 3n, 0n])
  })

  test('is accepted by whom it was offered to, if they have what is wanted; strangers find nothing', async () => {
    const [ann, bob] = await two()
    const eve = await newDealer(node)
    const { id } = await offer(ann, bob, items(1), items(4, BOAT))
    expect(await codeOf(accept(bob, id))).toBe('ledger/insufficient')
    expect(await codeOf(accept(ann, id))).toBe('market/own')
    for (const refused of [
      () => accept(eve, id),
      () => end(eve, id, 'declined'),
      () => end(eve, id, 'cancelled'),
      () => end(ann, id, 'declined'),
      () => end(bob, id, 'cancelled'),
      () => node.market.trade(eve.principal, id),
    ])
      expect(await codeOf(refused())).toBe('trade/unknown')
    expect((await node.market.trades(eve.principal, {})).trades).toEqual([])
    expect([await holdings(ann), await holdings(bob)]).toEqual([
      [4n, 0n, 0n],
      [0n, 3n, 0n],
    ])
  })

  test('is done once for a key, on whichever node it is asked again', async () => {
    const [ann, bob] = await two()
    const wanted = { to: bob.id, gives: items(1), wants: items(1, BOAT) }
    const [first, again] = await Promise.all([
      node.market.offer(ann.principal, 'same', wanted),
      other.offer(ann.principal, 'same', wanted),
    ])
    expect(again).toEqual(first)
    const accepted = await Promise.all([
      node.market.accept(bob.principal, 'yes', first.id),
      other.accept(bob.principal, 'yes', first.id),
    ])
    expect(accepted[1]).toEqual(accepted[0])
    expect(await holdings(ann)).toEqual([4n, 1n, 0n])
  })

  test('moves an item, from each side or as a gift, and never play for real', async () => {
    const [ann, bob] = await two()
    const bar = toAsset('item:gold-bar')
    for (const asset of [bar, toAsset('USD')]) await give(node, ann, asset, 5n)
    const refused: [TradeSide, TradeSide, string][] = [
      [NOTHING, NOTHING, 'trade/empty'],
      [money(5n), NOTHING, 'trade/empty'],
      [money(5n), money(6n), 'trade/empty'],
      [NOTHING, items(1, BOAT), 'trade/empty'],
      [{ ...items(1), money: { asset: PLAY_CREDIT, amount: '5' } }, NOTHING, 'trade/empty'],
      [items(1, bar), items(1, BOAT), 'market/mixed'],
      [items(1), money(5n, 'USD'), 'market/mixed'],
      [{ ...items(1), money: { asset: 'USD', amount: '5' } }, items(1, BOAT), 'market/mixed'],
    ]
    for (const [gives, wants, code] of refused) expect(await codeOf(offer(ann, bob, gives, wants))).toBe(code)
    expect(await codeOf(offer(ann, ann, items(1), NOTHING))).toBe('market/own')
    const gift = await offer(ann, bob, items(1), NOTHING)
    await accept(bob, gift.id)
    expect([await holdings(ann), await holdings(bob)]).toEqual([
      [4n, 0n, 0n],
      [1n, 3n, 0n],
    ])
  })

  test('of real things above the limit needs a fresh proof from both; below it, or in play, none', async () => {
    const [ann, bob] = await two()
    const usd = toAsset('USD')
    const bar = toAsset('item:gold-bar')
    await give(node, ann, bar, 1n)
    await give(node, bob, usd, 50_000n)
    const confirm = ({ principal }: Dealer) =>
      node.pool.query('update session set confirmed_until_ms = $2 where id = $1', [
        principal.session,
        Date.now() + 60_000,
      ])
    expect(await codeOf(offer(ann, bob, items(1, bar), money(20_000n, 'USD')))).toBe('auth/confirm')
    await confirm(ann)
    const { id } = await offer(ann, bob, items(1, bar), money(20_000n, 'USD'))
    expect(await codeOf(accept(bob, id))).toBe('auth/confirm')
    await offer(ann, bob, items(5), money(99_000n))
  })

  test('ends once, however many accept, decline and cancel it at one moment; nothing is lost or doubled', async () => {
    const doing = fc.constantFrom('accept', 'declined', 'cancelled')
    await fc.assert(
      fc.asyncProperty(fc.array(doing, { minLength: 2, maxLength: 8 }), async (all) => {
        const [ann, bob] = await two()
        const { id } = await offer(
          ann,
          bob,
          { ...items(2), money: { asset: PLAY_CREDIT, amount: '30' } },
          items(3, BOAT),
        )
        const codes = await Promise.all(
          all.map((what, i) => {
            const on = i % 2 ? other : node.market
            if (what === 'accept') return codeOf(accept(bob, id, on))
            return codeOf(end(what === 'declined' ? bob : ann, id, what, on))
          }),
        )
        expect(codes.filter((code) => code === 'no refusal')).toHaveLength(1)
        expect(codes.filter((code) => code === 'trade/ended')).toHaveLength(all.length - 1)
        const isAccepted = all[codes.indexOf('no refusal')] === 'accept'
        expect(await holdings(ann)).toEqual(isAccepted ? [3n, 3n, -30n] : [5n, 0n, 0n])
        expect(await holdings(bob)).toEqual(isAccepted ? [2n, 0n, 30n] : [0n, 3n, 0n])
      }),
      { numRuns: 12 },
    )
  }, 60_000)
})

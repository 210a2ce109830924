import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUSE, partnerOwner } from '../../schema/account.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import { commissionOn, valueOf } from './commission.ts'

const partner = '0199aaaa-ac96-774b-bcce-b302099a8057'
const openedOf = (price: bigint, values: readonly bigint[]): OpeningOpened => ({
  opening: '0199aaaa-0000-774b-bcce-b302099a8057',
  user: 'u',
  box: 'b',
  version: 1,
  boxHash: '',
  asset: 'USD',
  price: `${price}`,
  seeds: '',
  seedHash: '',
  clientSeed: '',
  drops: values.map((value, nonce) => ({ nonce, sku: 's', name: 'S', rarity: 'common', value: `${value}` })),
  payouts: [],
})
const amountOn = (opened: OpeningOpened, of: 'price' | 'revenue', basisPoints: number) =>
  commissionOn(opened, { partner, rule: { of, basisPoints } }).transfers[0]?.amount ?? 0n

test('it is the basis points of the price, rounded down, from the house to the partner, and told with what it is of', () => {
  const effects = commissionOn(openedOf(999n, [5000n]), { partner, rule: { of: 'price', basisPoints: 250 } })
  expect(effects.transfers).toEqual([{ asset: 'USD', debit: HOUSE, credit: partnerOwner(partner), amount: 24n }])
  expect(effects.events).toEqual([
    {
      type: 'commission.posted',
      payload: {
        partner,
        opening: '0199aaaa-0000-774b-bcce-b302099a8057',
        of: 'price',
        basisPoints: 250,
        asset: 'USD',
        base: '999',
        amount: '24',
      },
    },
  ])
})

test('of the revenue it is of what the opening leaves the house, and a loss carries nothing', () => {
  expect(amountOn(openedOf(1000n, [300n, 200n]), 'revenue', 5000)).toBe(250n)
  expect(amountOn(openedOf(1000n, [1000n]), 'revenue', 5000)).toBe(0n)
  expect(amountOn(openedOf(1000n, [90_000n]), 'revenue', 5000)).toBe(0n)
})

test('nothing moves and nothing is told where it comes to less than the smallest unit', () => {
  expect(commissionOn(openedOf(3n, []), { partner, rule: { of: 'price', basisPoints: 100 } })).toEqual({
    transfers: [],
    events: [],
  })
})

test('whatever was paid and won, it is never more than the house has left of it by its rule', () => {
  const cents = fc.bigInt({ min: 0n, max: 10n ** 12n })
  fc.assert(
    fc.property(cents, fc.array(cents, { maxLength: 5 }), fc.nat(10_000), (price, values, basisPoints) => {
      const opened = openedOf(price, values)
      const [ofPrice, ofRevenue] = [amountOn(opened, 'price', basisPoints), amountOn(opened, 'revenue', basisPoints)]
      expect(ofPrice >= 0n && ofPrice <= price).toBe(true)
      const left = price - valueOf(opened)
      expect(ofRevenue >= 0n && ofRevenue <= (left > 0n ? left : 0n)).toBe(true)
      expect(ofRevenue <= ofPrice).toBe(true)
    }),
  )
})

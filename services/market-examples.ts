import type { MarketItem, MarketListing, MarketOrder } from '../schema/market.ts'

/** What the document shows of the market. */
const penny = { asset: 'play:item:lucky-penny', sku: 'lucky-penny', name: 'Lucky Penny', rarity: 'common' } as const
const times = { createdAt: 1_760_000_000_000, expiresAt: 1_762_592_000_000, endedAt: null }

export const exampleListing: MarketListing = {
  id: '0199c1f0-5f00-7a1b-9c3d-2f6e8a4b0c11',
  phase: 'open',
  ...penny,
  money: 'play:CREDIT',
  price: '150',
  fee: '7',
  seller: '3fa•••',
  own: false,
  bought: false,
  ...times,
}
export const exampleOrder: MarketOrder = {
  id: '0199c1f0-6a00-7c2d-8e4f-1a5b7c9d3e22',
  phase: 'open',
  ...penny,
  money: 'play:CREDIT',
  price: '140',
  quantity: 3,
  left: 2,
  spent: '135',
  ...times,
}
export const exampleItem: MarketItem = {
  ...penny,
  value: '120',
  money: 'play:CREDIT',
  ask: '150',
  bid: '140',
  last: '135',
  asks: [{ price: '150', count: 2 }],
  bids: [{ price: '140', count: 2 }],
}

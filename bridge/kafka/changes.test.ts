import { expect, test } from 'vitest'
import type { CommittedEvent } from '../../schema/event.ts'
import { changesOf } from './changes.ts'

const PENNY = 'play:item:penny'
const told = (type: CommittedEvent['type'], user: string | null, payload: object) =>
  changesOf({ type, user, payload: payload as CommittedEvent['payload'] }).map(
    ({ userId, itemId, count }) => `${userId} ${itemId} ${count}`,
  )

test('a redemption takes the item when it is asked for, and gives it back when nothing comes of it', () => {
  const redemption = { redemption: 'r', user: 'ann', asset: PENNY, count: 2 }
  expect(told('redemption.held', 'ann', redemption)).toEqual(['ann penny -2'])
  expect(told('redemption.voided', 'ann', redemption)).toEqual(['ann penny 2'])
  expect(told('redemption.shipped', 'ann', redemption)).toEqual([])
})

test('a listing takes the item from its seller and gives it to its buyer, or back', () => {
  const listing = { listing: 'l', user: 'ann', buyer: 'bob', asset: PENNY }
  expect(told('listing.opened', null, listing)).toEqual(['ann penny -1'])
  expect(told('listing.sold', null, listing)).toEqual(['bob penny 1'])
  expect(told('listing.ended', null, listing)).toEqual(['ann penny 1'])
})

test('a gift leaves one and comes to the other, each told of their own side', () => {
  const gift = { from: 'ann', to: 'bob', asset: PENNY, count: 3 }
  expect(told('item.moved', 'ann', gift)).toEqual(['ann penny -3'])
  expect(told('item.moved', 'bob', gift)).toEqual(['bob penny 3'])
})

test('a trade sets aside what is given, and moves both sides or gives it back; money is no item', () => {
  const trade = {
    from: 'ann',
    to: 'bob',
    gives: { items: [{ asset: PENNY, count: 2 }], money: { asset: 'play:CREDIT', amount: '5' } },
    wants: { items: [{ asset: 'play:item:boat', count: 1 }], money: null },
  }
  expect(told('trade.offered', 'ann', trade)).toEqual(['ann penny -2'])
  expect(told('trade.offered', 'bob', trade)).toEqual([])
  expect(told('trade.accepted', 'ann', trade)).toEqual(['ann boat 1'])
  expect(told('trade.accepted', 'bob', trade)).toEqual(['bob boat -1', 'bob penny 2'])
  expect(told('trade.ended', 'ann', trade)).toEqual(['ann penny 2'])
  expect(told('trade.ended', 'bob', trade)).toEqual([])
})

test('what was sold back has left; what was won has come', () => {
  expect(told('item.sold', 'ann', { asset: PENNY, count: 4 })).toEqual(['ann penny -4'])
  expect(told('opening.opened', null, { user: 'ann', payouts: [{ asset: PENNY, amount: '2' }] })).toEqual([
    'ann penny 2',
  ])
  expect(told('order.opened', 'ann', { asset: PENNY })).toEqual([])
})

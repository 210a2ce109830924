import { describe, expect, test } from 'vitest'
import type { ReviewReason } from '../../schema/wallet.ts'
import { reviewReasonsOf, type ReviewFacts } from './review.ts'

const limits = { amount_max: 500n, daily_count_max: 3, daily_amount_max: 1000n }
const harmless: ReviewFacts = {
  amount: 500n,
  owed: 0n,
  paidBefore: 2,
  knowsTarget: true,
  others: { count: 2, amount: 500n },
  deposited: 100n,
  wagered: 100n,
}

describe('a withdrawal', () => {
  test('goes by itself where nothing speaks against it, right up to every limit', () => {
    expect(reviewReasonsOf(harmless, limits)).toEqual([])
  })

  const cases: readonly (readonly [ReviewReason, Partial<ReviewFacts>])[] = [
    ['amount', { amount: 501n, others: { count: 0, amount: 0n } }],
    ['first-withdrawal', { paidBefore: 0 }],
    ['too-many-today', { others: { count: 3, amount: 0n } }],
    ['too-much-today', { others: { count: 1, amount: 501n } }],
    ['debt', { owed: 1n }],
    ['new-target', { knowsTarget: false }],
    ['not-played', { wagered: 99n }],
  ]
  test.each(cases)('is looked at for %s', (reason, changed) => {
    expect(reviewReasonsOf({ ...harmless, ...changed }, limits)).toEqual([reason])
  })

  test('is looked at for all that speaks against it', () => {
    const facts = { ...harmless, paidBefore: 0, knowsTarget: false, wagered: 0n }
    expect(reviewReasonsOf(facts, limits)).toEqual(['first-withdrawal', 'new-target', 'not-played'])
  })
})

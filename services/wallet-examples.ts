/** What the routes of the wallet show as examples. */
const id = '01990a2b-7c41-7d52-8a6f-2f4f0c1d9e77'

export const paymentExample = {
  id,
  direction: 'in',
  state: 'paid',
  asset: 'USD',
  amount: '5000',
  paid: '5000',
  refunded: '0',
  chargedBack: '0',
  at: 1_790_000_000_000,
} as const

export const begunExample = { ...paymentExample, state: 'begun', paid: '0', url: 'https://pay.example/p/7f3a' } as const

export const withdrawalExample = { ...paymentExample, direction: 'out', state: 'waiting', paid: '0' } as const

export const staffWithdrawalExample = {
  ...withdrawalExample,
  user: '01990a2b-1f00-7c11-9d3e-5b6a7c8d9e0f',
  provider: 'sandbox',
  reasons: ['first-withdrawal', 'new-target'],
}

export const redemptionExample = {
  id,
  state: 'held',
  asset: 'item:watch',
  count: 1,
  at: 1_790_000_000_000,
} as const

export const addressExample = {
  name: 'Ann Example',
  lines: ['1 Long Street'],
  postcode: '10115',
  city: 'Berlin',
  country: 'DE',
}

export const staffRedemptionExample = { ...redemptionExample, user: staffWithdrawalExample.user }

export const reconciliationExample = {
  since: 1_790_000_000_000,
  until: 1_790_086_400_000,
  provider: 'sandbox',
  ok: false,
  days: [{ day: '2026-09-21', asset: 'USD', paid: '5000', refunded: '0', chargedBack: '0', paidOut: '0' }],
  differences: [{ payment: id, kind: 'missing-here', type: 'paid', here: null, there: '5000' }],
} as const

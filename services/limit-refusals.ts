/** What keeps somebody from spending, whatever on: limits of their own, and the law for real money. */
export const LIMIT_REFUSALS = [
  'limit/exceeded',
  'limit/session',
  'limit/excluded',
  'person/age-unknown',
  'person/too-young',
  'box/not-sold-here',
] as const

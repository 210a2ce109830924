import type { ReviewReason } from '../../schema/wallet.ts'

/** What a withdrawal is judged by. Amounts in smallest units of its money; `others` are those of the user's last 24 hours. */
export type ReviewFacts = Readonly<{
  amount: bigint
  owed: bigint
  /** Withdrawals of the user that were ever paid. */
  paidBefore: number
  /** Whether one of them went to the same place. */
  knowsTarget: boolean
  others: Readonly<{ count: number; amount: bigint }>
  /** What the user has paid in, less what went back, and what they have wagered, ever. */
  deposited: bigint
  wagered: bigint
}>

/** From which amount on, or the how-many-eth of a day, a person looks at it. */
export type ReviewRules = Readonly<{ amount_max: bigint; daily_count_max: number; daily_amount_max: bigint }>

const rules: Readonly<Record<ReviewReason, (facts: ReviewFacts, limits: ReviewRules) => boolean>> = {
  amount: ({ amount }, { amount_max }) => amount > amount_max,
  'first-withdrawal': ({ paidBefore }) => paidBefore === 0,
  'too-many-today': ({ others }, { daily_count_max }) => others.count + 1 > daily_count_max,
  'too-much-today': ({ amount, others }, { daily_amount_max }) => others.amount + amount > daily_amount_max,
  debt: ({ owed }) => owed > 0n,
  'new-target': ({ knowsTarget }) => !knowsTarget,
  // Money that only passes through is what launderers and stolen cards look like.
  'not-played': ({ deposited, wagered }) => wagered < deposited,
}

/** Why a person should look at a withdrawal before it is paid out; nothing: it goes by itself. */
export function reviewReasonsOf(facts: ReviewFacts, limits: ReviewRules): readonly ReviewReason[] {
  return (Object.keys(rules) as ReviewReason[]).filter((reason) => rules[reason](facts, limits))
}

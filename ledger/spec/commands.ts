import fc from 'fast-check'
import type { OwnerId } from '../../schema/account.ts'
import { AMOUNT_MAX } from '../../schema/amount.ts'
import type { AssetId } from '../../schema/asset.ts'
import { GEM, USD } from './world.ts'

/** Few accounts, so that outcomes get in each other's way. */
export const OWNERS: readonly OwnerId[] = [
  'user:a',
  'user:b',
  'house:main',
  'world',
  'escrow:battle-1',
  'budget:user:a',
  'debt:user:a',
]
export const ASSETS: readonly AssetId[] = [USD, GEM]

export type Leg = Readonly<{ debit: OwnerId; credit: OwnerId; asset: AssetId; amount: bigint }>

/** `nth` counts the open holds, oldest first, or all that were tried so far when it goes past them. */
export type HoldCommand =
  | Readonly<{ type: 'place'; money: Leg; ttl_ms: number | null; again: boolean }>
  | Readonly<{ type: 'post'; nth: number; amount: bigint | undefined }>
  | Readonly<{ type: 'void' | 'expire'; nth: number }>

export type OutcomeCommand = Readonly<{
  legs: readonly Leg[]
  holds: readonly HoldCommand[]
  freeze: Readonly<{ owner: OwnerId; asset: AssetId; frozen: boolean }> | undefined
  actor: Readonly<{ n: number; seen: 'new' | 'last' | 'stale'; finished: boolean }> | undefined
}>

/**
 * A step of a sequence. `node` says over which of two ledgers it goes. Outcomes of one step are submitted in one turn. `look`
 * closes lapsed holds before, so that the store can be compared to the byte.
 */
export type Command =
  | Readonly<{ type: 'submit'; node: number; look: boolean; outcomes: readonly OutcomeCommand[] }>
  | Readonly<{ type: 'retry'; node: number; nth: number; forged: boolean }>
  | Readonly<{ type: 'pass'; ms: number }>

const owner = fc.constantFrom(...OWNERS)
const asset = fc.constantFrom(...ASSETS)
const amount = fc.oneof(
  { weight: 40, arbitrary: fc.bigInt({ min: 1n, max: 110n }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, -5n, 2n ** 63n) },
)

/** Mostly money of users, so that most outcomes have something to decide. Only unstriped accounts go to the limits of `bigint`. */
const leg: fc.Arbitrary<Leg> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ debit: owner, credit: owner, asset, amount }) },
  {
    weight: 20,
    arbitrary: fc
      .tuple(fc.shuffledSubarray([...OWNERS], { minLength: 2, maxLength: 2 }), asset, amount)
      .map(([[debit, credit], asset, amount]) => ({ debit: debit!, credit: credit!, asset, amount })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      debit: fc.constant('debt:user:a'),
      credit: fc.constantFrom('user:a', 'user:b'),
      asset,
      amount: fc.constantFrom(AMOUNT_MAX, AMOUNT_MAX - 50n),
    }),
  },
)

const nth = fc.nat({ max: 3 })
const hold: fc.Arbitrary<HoldCommand> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('place' as const),
      money: leg,
      ttl_ms: fc.constantFrom(null, null, 10_000, 10_000, 20_000, 0),
      again: fc.nat({ max: 15 }).map((n) => n === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('post' as const), nth, amount: fc.option(amount, { nil: undefined }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constantFrom('void' as const, 'void' as const, 'expire' as const), nth }),
  },
)

const frozen = fc.record({ owner, asset, frozen: fc.boolean() })
const plain: fc.Arbitrary<OutcomeCommand> = fc.record({
  legs: fc.array(leg, { maxLength: 3 }),
  holds: fc.oneof(fc.constant([]), fc.array(hold, { minLength: 1, maxLength: 2 })),
  freeze: fc.option(frozen, { nil: undefined, freq: 8 }),
  actor: fc.constant(undefined),
})
const acting: fc.Arbitrary<OutcomeCommand> = fc.record({
  legs: fc.array(leg, { maxLength: 2 }),
  holds: fc.array(hold, { maxLength: 1 }),
  freeze: fc.constant(undefined),
  actor: fc.record({
    n: fc.nat({ max: 1 }),
    seen: fc.constantFrom('new', 'last', 'last', 'last', 'stale'),
    finished: fc.boolean(),
  }),
})

const node = fc.nat({ max: 1 })
const submit = fc.record({
  type: fc.constant('submit' as const),
  node,
  look: fc.boolean(),
  // Those without an actor have one caller, whose outcomes keep their order.
  outcomes: fc.oneof(fc.tuple(plain), fc.tuple(acting), fc.array(plain, { minLength: 2, maxLength: 4 })),
})
const retry = fc.record({ type: fc.constant('retry' as const), node, nth: fc.nat({ max: 9 }), forged: fc.boolean() })
const pass = fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(10_000, 20_000) })

/** Sequences of up to `length_max` steps. */
export function commands(length_max: number): fc.Arbitrary<Command[]> {
  const step = fc.oneof(
    { weight: 8, arbitrary: submit },
    { weight: 1, arbitrary: retry },
    { weight: 1, arbitrary: pass },
  )
  return fc.array(step, { minLength: 3, maxLength: length_max, size: 'max' })
}

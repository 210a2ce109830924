import { isAsset, type AssetId } from '../schema/asset.ts'
import { kindOf, type OwnerId } from '../schema/account.ts'
import type { Outcome } from '../schema/outcome.ts'
import { isOutcomeId, type OutcomeId } from '../schema/uuid.ts'
import { accountKey, hasStripes, stripeOwner } from './book.ts'

/** What a batch must have locked and loaded before it can be decided. Sorted, so that every store locks in one order. */
export type Needs = Readonly<{
  /** Keys as `accountKey` makes them, stripes named. */
  accounts: readonly string[]
  /** Plain keys of striped owners of whom all stripes are wanted. */
  wide: readonly string[]
  actors: readonly string[]
  holds: readonly OutcomeId[]
  outcomes: readonly OutcomeId[]
  /** Ids the batch gives out: of actors it would create, and of holds it would place. */
  created: readonly string[]
  placed: readonly OutcomeId[]
}>

/** What `outcomes` need on the writer's `stripe`; for the striped owners in `wide`, all their stripes. */
export function needsOf(outcomes: readonly Outcome[], stripe: number, wide: ReadonlySet<string>): Needs {
  const accounts = new Set<string>()
  const actors = new Set<string>()
  const holds = new Set<OutcomeId>()
  const ids = new Set<OutcomeId>()
  const created = new Set<string>()
  const placed = new Set<OutcomeId>()
  const want = (outcome: Outcome, owner: OwnerId, asset: AssetId): void => {
    if (kindOf(owner) === undefined || !isAsset(asset)) return
    accounts.add(accountKey(outcome.tenant, hasStripes(owner) ? stripeOwner(owner, stripe) : owner, asset))
  }
  for (const outcome of outcomes) {
    if (isOutcomeId(outcome.id)) ids.add(outcome.id)
    if (outcome.actor !== undefined) actors.add(outcome.actor.id)
    if (outcome.actor?.epoch === 0 && outcome.actor.version === 0) created.add(outcome.actor.id)
    for (const { asset, debit, credit } of outcome.transfers) {
      want(outcome, debit, asset)
      want(outcome, credit, asset)
    }
    for (const step of outcome.holds ?? []) {
      if (isOutcomeId(step.hold)) holds.add(step.hold)
      if (step.type !== 'place') continue
      if (isOutcomeId(step.hold)) placed.add(step.hold)
      want(outcome, step.debit, step.asset)
      want(outcome, step.credit, step.asset)
    }
    for (const { owner, asset } of outcome.freezes ?? []) want(outcome, owner, asset)
  }
  return {
    accounts: [...accounts].toSorted(),
    wide: [...wide].toSorted(),
    actors: [...actors].toSorted(),
    holds: [...holds].toSorted(),
    outcomes: [...ids].toSorted(),
    created: [...created].toSorted(),
    placed: [...placed].toSorted(),
  }
}
